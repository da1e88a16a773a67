"""Did training change anything? One row a programme that is on offer, or was.

Sessions that were cancelled, with their bookings and all that was said of them, are left out. Who came to a session for
all of it or a part is a participant: each once, at the level and stage of the day of the first session that they came
to. With a school, it is about the people whom it booked for or sent, and about its own evidence; what was said is of
everybody, so that nobody's mean is found out by asking for each school.

A participant has evidence when the programme was shown to have changed something (level 4 or 5) at the school that they
came from: from the day on which they first came to 180 days after they last did.

- trustuid, programme_id, programme, kind: which
- urn, school: whose it is; null when it is the trust's
- sessions: how many there are, past and to come
- places: how many there are in all sessions that have a number; null when none has
- booked: places that are taken; sessions that are open to all take no bookings
- attendance_recorded: how often it was recorded that somebody came, or did not who was expected
- attended: how often they came, for all of it or a part
- attended_percent: `attended` of `attendance_recorded`, rounded down; null before anything is recorded
- participants: how many people came to anything
- level_head, level_senior, level_middle, level_teacher, level_trainee, level_support: of these, how many lead a school,
  help to lead it, lead a part of it, teach, train, or do anything else there; with several posts as the first of these
- level_trust, level_governor: those who do none of it, and work for the trust itself, or else govern
- level_not_known: those for whom the register has no work on that day
- stage_trainee, stage_1, stage_2, stage_3, stage_4, stage_5, stage_late_career: how many were at each stage
- stage_not_known: those whose stage was not assessed by that day
- evaluations_1, evaluations_2, evaluations_3, evaluations_4, evaluations_5: how often somebody said something at each
  level: their reaction, what they learnt, their school's support, what they use, what became of pupils
- mean_1, mean_2, mean_3, mean_4, mean_5: the mean of these, from 1 to 5, to one decimal; null for fewer than five
  people
- with_evidence: how many participants have evidence
- with_evidence_percent: these of all participants, rounded down; null without any
- evidence_may_come: how many have none and came less than 180 days ago, so that there may be some yet
- evidence, evidence_of_disadvantaged: how many measures there are of before and after; how many look at disadvantaged
  pupils
- measures, measured_at: what was measured, and at which school: one for each piece of evidence, in the order of days
- change_thousandths, disadvantaged_change_thousandths: of each, after less before, in thousandths of its unit, of all
  pupils and of disadvantaged ones; null where these were not looked at
- cost_pence: of a place
- cost_per_person_with_impact_pence: what the places of all participants come to for each who has evidence; null when
  nobody has
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from services.reporting.reports.levels import levels
from services.reporting.reports.report import Area, Row
from services.reporting.reports.sql import Connection, fetch, urns
from services.reporting.seeing.suppression import LEAST

title = "What training changed"
about = "Each programme: who comes, what they say of it, what it changed for pupils, and what that costs."
area: Area = "cpd"
key: tuple[str, ...] = ("programme_id",)
needs: tuple[str, ...] = ("register", "people", "leaders", "calendar", "cpd")

_levels = ("head", "senior", "middle", "teacher", "trainee", "support", "trust", "governor", "not_known")
_stages = ("trainee", "1", "2", "3", "4", "5", "late_career", "not_known")
_changes = ("change_thousandths", "disadvantaged_change_thousandths")
by_level = tuple(f"level_{level}" for level in _levels)
by_stage = tuple(f"stage_{stage}" for stage in _stages)
"""The columns that count each participant once."""

Counted = Mapping[str, Row]
"""Of one programme and by figure: how many (`n`) and which (`events`). What is not there is nothing."""


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[Row]:
    asked = (at, await urns(conn, school), trust)
    programmes = await fetch(conn, "impact", *asked, LEAST)
    counted: dict[str, dict[str, Row]] = defaultdict(dict)
    for one in await fetch(conn, "impact_figures", *asked, *await levels(conn)):
        counted[one["programme_id"]][one["figure"]] = one
    return [
        _row(programme, counted[programme["programme_id"]])
        for programme in programmes
        if programme["own"] or counted[programme["programme_id"]].keys() & {"booked", "attendance_recorded", "evidence"}
    ]


def _row(programme: Row, counted: Counted) -> Row:
    attended, recorded = _n(counted, "attended"), _n(counted, "attendance_recorded")
    participants, with_evidence = _n(counted, "participants"), _n(counted, "with_evidence")
    return {
        **{name: programme[name] for name in ("trustuid", "programme_id", "programme", "kind", "urn", "school")},
        **_figures(counted, "sessions"),
        "places": programme["places"],
        **_figures(counted, "booked", "attendance_recorded", "attended"),
        "attended_percent": 100 * attended // recorded if recorded else None,
        **_figures(counted, "participants", *by_level, *by_stage, *(f"evaluations_{level}" for level in range(1, 6))),
        **_means(programme),
        **_figures(counted, "with_evidence"),
        "with_evidence_percent": 100 * with_evidence // participants if participants else None,
        **_figures(counted, "evidence_may_come", "evidence", "evidence_of_disadvantaged"),
        **{name: programme[name] for name in ("measures", "measured_at", *_changes, "cost_pence")},
        "cost_per_person_with_impact_pence": _each(programme["cost_pence"] * participants, with_evidence),
    }


def _n(counted: Counted, figure: str) -> int:
    return counted[figure]["n"] if figure in counted else 0


def _figures(counted: Counted, *figures: str) -> Row:
    found: Row = {}
    for figure in figures:
        found[figure] = _n(counted, figure)
        found[f"{figure}__events"] = counted[figure]["events"] if figure in counted else []
    return found


def _means(programme: Row) -> Row:
    shown = dict(zip(programme["levels"], programme["means"], strict=True))
    return {f"mean_{level}": shown.get(level) for level in range(1, 6)}


def _each(pence: int, people: int) -> int | None:
    """What it comes to for each, to the nearest penny."""
    return (2 * pence + people) // (2 * people) if people else None
