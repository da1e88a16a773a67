"""Is talent growing, and kept?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime

from tests.support.fold.history import LONDON, History, Row, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report
from tests.support.fold.staff import Engagement, Staff
from tests.support.fold.tenures import spells_of

LADDER = ["trainee", "stage_1", "stage_2", "stage_3", "stage_4", "stage_5"]
NAMES = {"trust": "The central team", "all": "The whole trust"}

Where = tuple[str, str, str]
"""Trust, URN, stage."""


def pipeline(history: History, at: datetime) -> list[Row]:
    """One row a school and stage, and the totals, as if nothing were hidden; `history` is what was known at `at`."""
    today = at.astimezone(LONDON).date()
    year_ago = date(today.year - 1, today.month, today.day)
    told = _Told(history, at)
    now, then = told.people(today), told.people(year_ago)
    counts: dict[str, Counter[Where]] = {
        "people": Counter(where for where, away in now.values() if not away),
        **{name: Counter() for name in ("year_before", "moved_up", "left", "filled", "filled_from_inside")},
    }
    for person, (where, away) in then.items():
        if away or where[2] == "not_assessed":
            continue
        counts["year_before"][where] += 1
        counts["left"][where] += person not in now
        counts["moved_up"][where] += person in now and _is_up(where[2], now[person][0][2])
    added = {name: _with_totals(counted) for name, counted in counts.items()}
    for where, inside in told.filled(year_ago, today):
        added["filled"][where] += 1
        added["filled_from_inside"][where] += inside

    everywhere = {where for counted in added.values() for where in counted}
    cohorts, posts = {where[0] for where in added["year_before"]}, told.trusts_with_posts()
    return [
        {
            "trustuid": trust,
            "urn": urn,
            "school": NAMES.get(urn) or told.register.name(trust, urn),
            "stage": stage,
            "people": added["people"][trust, urn, stage],
            **{
                name: added[name][trust, urn, stage] if trust in cohorts and stage != "not_assessed" else None
                for name in ("year_before", "moved_up", "left")
            },
            **{
                name: added[name][trust, urn, stage] if trust in posts and stage == "all" else None
                for name in ("filled", "filled_from_inside")
            },
        }
        for trust, urn, stage in everywhere
    ]


def _is_up(before: str, after: str) -> bool:
    return before in LADDER and after in LADDER[LADDER.index(before) + 1 :]


def _with_totals(counted: Counter[Where]) -> Counter[Where]:
    added: Counter[Where] = Counter()
    for (trust, urn, stage), n in counted.items():
        for where in ((trust, urn, stage), (trust, urn, "all"), (trust, "all", stage), (trust, "all", "all")):
            added[where] += n
    return added


class _Told:
    """Who worked where at which stage, and which posts were filled."""

    def __init__(self, history: History, at: datetime) -> None:
        self.register = Register(history, at)
        self._history = history
        self._today = at.astimezone(LONDON).date()

    def people(self, day: date) -> dict[tuple[str, str], tuple[Where, bool]]:
        """Of each person where they work most on a day, at which stage, and whether they are away from all of it."""
        staff = Staff(self._history, datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
        engaged: dict[tuple[str, str], list[Engagement]] = {}
        for one in staff.working():
            if one.kind in ("permanent", "fixed_term", "trainee") and self._is_here(one.trustuid, one.urn):
                engaged.setdefault((one.trustuid, one.person_id), []).append(one)
        found = {}
        for (trust, person), some in engaged.items():
            most = min(some, key=lambda one: (one.paused, -one.fte_hundredths, self._start(one), one.engagement_id))
            urn = self.register.current_urn(trust, most.urn) if most.urn else "trust"
            found[trust, person] = ((trust, urn, self._stage(staff, person, day)), most.paused)
        return found

    def filled(self, after: date, upto: date) -> Iterator[tuple[Where, bool]]:
        """Where posts were filled between two days: at each of their schools and in all; and whether from inside."""
        for post in of(self._history, "CriticalPostRegistered"):
            trust, urns = post["data"]["trustuid"], post["data"].get("urns", [])
            here = [self.register.current_urn(trust, urn) for urn in urns if self._is_here(trust, urn)]
            if urns and not here:
                continue
            for spell in spells_of(self._history, post["data"]["post_id"]):
                taken = spell.event["data"]
                if "filled_on" not in taken or spell.interim or spell.had_it or spell.outside == spell.first:
                    continue
                if after < spell.first <= upto:
                    yield from (((trust, urn, "all"), taken["internal"]) for urn in [*(here or ["trust"]), "all"])

    def trusts_with_posts(self) -> set[str]:
        posts = of(self._history, "CriticalPostRegistered")
        return {
            post["data"]["trustuid"]
            for post in posts
            if not post["data"].get("urns")
            or any(self._is_here(post["data"]["trustuid"], urn) for urn in post["data"]["urns"])
        }

    def _is_here(self, trust: str, urn: str | None) -> bool:
        current = urn and self.register.current_urn(trust, urn)
        return current is None or self.register.was_member(trust, current, self._today)

    def _start(self, engagement: Engagement) -> str:
        started = of(self._history, "EngagementStarted", engagement_id=engagement.engagement_id)
        [own] = [event for event in started if event["id"] == engagement.event_id]
        day: str = own["data"]["started_on"]
        return day

    def _stage(self, staff: Staff, person: str, day: date) -> str:
        looks = [
            event
            for event in of(self._history, "CareerStageAssessed")
            if staff.person(event["data"]["person_id"]) == person and event["data"]["assessed_on"] <= day.isoformat()
        ]
        if not looks:
            return "not_assessed"
        latest = max(looks, key=lambda event: (event["data"]["assessed_on"], event["logindex"]))
        stage: str = latest["data"]["stage"]
        return stage


report = Report(
    pipeline,
    ("trustuid", "urn", "stage"),
    people=frozenset({"people", "year_before", "moved_up", "left"}),
)
