"""Is talent growing, and kept? One row a school and career stage, and the totals of both.

Counted are people whom the trust employs (permanent, for a fixed term or as trainees), each once: at the school where
they work most. Whoever is away for a time, and whoever works at a school that has left the trust, is left out. A stage
is the one of the latest day on which it was assessed. Groups of fewer than five people are hidden, and as many others
as it takes that no total gives them away; a school's own head sees its groups whole.

- trustuid, urn, school: the school, by its URN of today; `trust` is the central team, `all` the whole trust
- stage: trainee, stage_1 to stage_5, late_career, or not_assessed; `all` of them
- people: how many work there and are at this stage today
- year_before: how many worked there and were at this stage twelve months ago; null where nobody's stage is known then.
  Whose stage was not known is in none of these
- moved_up: of these, how many are at a higher stage today, wherever they work; late career is not higher than another
- left: of these, how many are no longer employed by the trust
- filled: posts of the school that somebody took in the last twelve months, not for a time only; in rows of all stages,
  a post of several schools at each. Who holds a post is public, and not hidden
- filled_from_inside: of these, how many by somebody who worked in the trust the day before
- suppressed: the columns of this row that are hidden
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from itertools import product
from typing import Any
from uuid import UUID

from services.reporting.reports.report import Area, Row
from services.reporting.reports.sql import Connection, fetch, urns
from services.reporting.reports.tenures import fills, tenures
from services.reporting.reports.twelve_months import twelve_months_ago
from services.reporting.seeing.suppression import TOTAL, suppress, without
from shared.clock import today

title = "Career stages"
about = "How many people are at each stage of their career, moved up or left, and whether posts are filled from inside."
area: Area = "people"
key: tuple[str, ...] = ("trustuid", "urn", "stage")
needs: tuple[str, ...] = ("register", "people", "leaders", "posts")
wants: tuple[str, ...] = ("whole",)

_ladder = ("trainee", "stage_1", "stage_2", "stage_3", "stage_4", "stage_5")
_stages = (*_ladder, "late_career", "not_assessed", TOTAL)
_not_schools = {"trust": "The central team", TOTAL: "The whole trust"}
_cohort, _filled = ("year_before", "moved_up", "left"), ("filled", "filled_from_inside")

Places = Mapping[tuple[str, str], Row]
Employed = Mapping[tuple[str, UUID], Row]
"""Each person of a trust, as they were on a day."""
Groups = dict[tuple[str, str, str], dict[str, list[UUID]]]
"""By trust, URN and stage: of each column the events that it counts."""


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
    whole: bool = False,
) -> list[Row]:
    """The whole trust's table is hidden in before a school's part is taken (seeing/suppression.py)."""
    every = await _counted(conn, at=at, trust=trust)
    shown = [without(row, ()) for row in every] if whole else _hide(every)
    of_school = await urns(conn, school)
    return [row for row in shown if of_school is None or row["urn"] in of_school]


def _hide(rows: Iterable[Row]) -> list[Row]:
    dimensions = ("urn", "stage")
    today_hidden = suppress(rows, dimensions=dimensions, whole="people")
    return suppress(today_hidden, dimensions=dimensions, whole=_cohort[0], parts=_cohort[1:])


async def _counted(conn: Connection, *, at: datetime, trust: str | None = None) -> list[Row]:
    """Every group, however small."""
    places = {(row["trustuid"], row["urn"]): row for row in await fetch(conn, "pipeline_places", at)}
    then = datetime.combine(twelve_months_ago(today(at)), time(12), UTC)
    now_at, then_at = [_each_once(await fetch(conn, "pipeline", on, trust), places) for on in (at, then)]
    groups = _with_totals(_people(now_at, then_at))
    posts, changes = [await fetch(conn, name, at, trust) for name in ("posts", "post_changes")]
    _add_filled(groups, posts, changes, today(at))
    return _rows(groups, places, have_posts={post["trustuid"] for post in posts})


def _each_once(employed: Iterable[Row], places: Places) -> Employed:
    """Each person with the first of their engagements that is not at a school that has left, by its URN of today."""
    found: dict[tuple[str, UUID], Row] = {}
    for row in employed:
        place = places.get((row["trustuid"], row["urn"]))
        if place is None or not place["has_left"]:
            row["urn"] = place["current_urn"] if place else row["urn"]
            found.setdefault((row["trustuid"], row["person_id"]), row)
    return found


def _people(now_at: Employed, then_at: Employed) -> Groups:
    groups = _groups()
    for (trust, _), now in now_at.items():
        if not now["paused"]:
            groups[trust, now["urn"], now["stage"]]["people"].append(now["event_id"])
    for (trust, person_id), was in then_at.items():
        if was["paused"] or was["stage"] == "not_assessed":
            continue
        group, later = groups[trust, was["urn"], was["stage"]], now_at.get((trust, person_id))
        group["year_before"].append(was["event_id"])
        if later is None:
            group["left"].append(was["engaged_event_id"])
        elif _is_higher(later["stage"], was["stage"]):
            group["moved_up"].append(later["event_id"])
    return groups


def _groups() -> Groups:
    return defaultdict(lambda: defaultdict(list))


def _is_higher(stage: str, than: str) -> bool:
    return stage in _ladder and than in _ladder and _ladder.index(stage) > _ladder.index(than)


def _with_totals(groups: Groups) -> Groups:
    found = _groups()
    for (trust, urn, stage), group in groups.items():
        for total in product((urn, TOTAL), (stage, TOTAL)):
            for column, events in group.items():
                found[trust, *total][column] += events
    return found


def _add_filled(groups: Groups, posts: Iterable[Row], changes: Iterable[Row], day: date) -> None:
    of_post = defaultdict(list)
    for change in changes:
        of_post[change["post_id"]].append(change)
    for post in posts:
        some = tenures(of_post[post["post_id"]])
        for tenure in (one for one in some if fills(one, twelve_months_ago(day), day)):
            for urn in (*(post["urns"] or ("trust",)), TOTAL):
                group = groups[post["trustuid"], urn, TOTAL]
                group["filled"].append(tenure.event_id)
                if tenure.internal:
                    group["filled_from_inside"].append(tenure.event_id)


def _rows(groups: Groups, places: Places, have_posts: set[str]) -> list[Row]:
    names = {(trust, place["current_urn"]): place["name"] for (trust, _), place in places.items()}
    have_cohort = {trust for (trust, _, _), group in groups.items() if "year_before" in group}
    found = []
    for (trust, urn, stage), group in groups.items():
        school = _not_schools.get(urn) or names.get((trust, urn), urn)
        figures = {
            **_figures(group, ("people",), known=True),
            **_figures(group, _cohort, known=trust in have_cohort and stage != "not_assessed"),
            **_figures(group, _filled, known=trust in have_posts and stage == TOTAL),
        }
        found.append({"trustuid": trust, "urn": urn, "school": school, "stage": stage, **figures})
    return sorted(found, key=_order)


def _figures(group: Mapping[str, list[UUID]], columns: Iterable[str], *, known: bool) -> Row:
    found: Row = {}
    for column in columns:
        events = group.get(column, [])
        found |= {column: len(events) if known else None, f"{column}__events": events}
    return found


def _order(row: Row) -> tuple[Any, ...]:
    urn = row["urn"]
    return row["trustuid"], urn == TOTAL, urn == "trust", row["school"], urn, _stages.index(row["stage"])
