"""Who can take over?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.support.fold.history import LONDON, Event, History, Row, instant, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report
from tests.support.fold.staff import Staff
from tests.support.fold.tenures import Spell, spells_of

COLUMN_OF = {
    "ready_now": "ready_now",
    "1_year": "in_1_year",
    "2_3_years": "in_2_3_years",
    "4_5_years": "in_4_5_years",
    "not_ready": "not_ready",
}


def bench(history: History, at: datetime) -> list[Row]:
    """One row a critical post; `history` is what was known at `at`."""
    posts = [
        event for event in of(history, "CriticalPostRegistered") if _places(history, at, event["data"]) is not None
    ]
    told = _Told(history, at)
    successors = {post["data"]["post_id"]: told.successors(post["data"]) for post in posts}
    counted: set[str] = set()
    rows = []
    for post in sorted(posts, key=lambda post: _order(history, at, post["data"])):
        data, own = post["data"], successors[post["data"]["post_id"]]
        places = _places(history, at, data) or []
        counts = dict.fromkeys((*COLUMN_OF.values(), "provisional", "expired", "not_assessed"), 0)
        for person in own:
            counts[told.standing(person, data["post_type"])] += 1
        ready = {person for person in own if told.standing(person, data["post_type"]) == "ready_now"}
        elsewhere = {person for person in own if sum(person in some for some in successors.values()) > 1}
        holds = told.holds(data)
        rows.append(
            {
                "trustuid": data["trustuid"],
                "post_id": data["post_id"],
                "post_type": data["post_type"],
                "urns": [urn for _, urn in places],
                "schools": [name for name, _ in places],
                **holds,
                "successors": len(own),
                **counts,
                "emergency_cover": len(told.cover(data)),
                "over_named": len(elsewhere),
                "ready_now_once": len(ready - counted),
                "not_told_yet": bool(told.not_told(data)),
                "risk": _risk(ready, elsewhere, counts["in_1_year"], soon=holds["vacancy_within_12_months"]),
                "event_id": post["id"],
            }
        )
        counted |= ready
    return rows


def _places(history: History, at: datetime, post: Event) -> list[tuple[str, str]] | None:
    """The name and today's URN of each of its schools in their order; None when all of them have left."""
    register, today = Register(history, at), at.astimezone(LONDON).date()
    named = sorted((register.name(post["trustuid"], urn), urn) for urn in post.get("urns", ()))
    current = [(name, register.current_urn(post["trustuid"], urn)) for name, urn in named]
    here = [(name, urn) for name, urn in current if register.was_member(post["trustuid"], urn, today)]
    return here if here or not named else None


def _order(history: History, at: datetime, post: Event) -> tuple[str, str, bool, list[str], str]:
    schools = [name for name, _ in _places(history, at, post) or []]
    return post["trustuid"], post["post_type"], not schools, schools, post["post_id"]


def _risk(ready: set[str], elsewhere: set[str], in_1_year: int, *, soon: bool) -> str:
    if soon:
        return "red" if not ready else "amber" if ready <= elsewhere else "green"
    return "green" if ready or in_1_year else "amber"


class _Told:
    """What is known of leaders and posts."""

    def __init__(self, history: History, at: datetime) -> None:
        self._history = history
        self._today = at.astimezone(LONDON).date()
        self._staff = Staff(history, at)

    def successors(self, post: Event) -> set[str]:
        return {person for person in self._named(post) if self._is_known_leader(person)}

    def not_told(self, post: Event) -> set[str]:
        return {p for p in self._named(post) if self._is_active(p) and not self._is_known_leader(p)}

    def cover(self, post: Event) -> set[str]:
        return self._standing_nominations(post, cover=True) - self._standing_nominations(post, cover=False)

    def standing(self, person: str, post_type: str) -> str:
        """The column that counts somebody who could follow in a post of this type."""
        all_of_them = [
            event
            for event in of(self._history, "ReadinessAssessed", post_type=post_type)
            if self._staff.person(event["data"]["leader_id"]) == person
        ]
        full = [event for event in all_of_them if not event["data"]["provisional"]]
        if not all_of_them:
            return "not_assessed"
        if not full:
            return "provisional"
        latest = max(full, key=lambda event: (instant(event["happenedat"]), event["logindex"]))["data"]
        expired = date.fromisoformat(latest["valid_until"]) < self._today
        return "expired" if expired else COLUMN_OF[latest["readiness"]]

    def holds(self, post: Event) -> Row:
        spells = spells_of(self._history, post["post_id"])
        now = {self._staff.person(s.person_id): s for s in spells if s.on(self._today)}
        vacant_on, vacant = self._vacancy(spells)
        year = date(self._today.year + 1, self._today.month, self._today.day)
        return {
            "incumbents": len(now),
            "interim": sum(spell.interim for spell in now.values()),
            "vacant_on": vacant_on.isoformat() if vacant_on else None,
            "vacant_hundredths": vacant,
            "vacancy_within_12_months": vacant_on is not None and vacant_on <= year,
        }

    def _vacancy(self, spells: list[Spell]) -> tuple[date | None, int | None]:
        """Day by day, up to the last on which anything is known to change."""
        last = max((s.outside for s in spells if s.outside < date.max), default=self._today)
        day = self._today
        while day <= max(last, self._today):
            held = sum(spell.share for spell in spells if spell.on(day) and not spell.interim)
            if held < 100:
                return day, 100 - held
            day += timedelta(days=1)
        return None, None

    def _named(self, post: Event) -> set[str]:
        return self._standing_nominations(post, cover=False)

    def _standing_nominations(self, post: Event, *, cover: bool) -> set[str]:
        """Of people who do not hold the post, today or later."""
        last: dict[str, Event] = {}
        for event in of(self._history, "SuccessorNominated", "SuccessorRemoved", post_id=post["post_id"]):
            last[event["data"]["leader_id"]] = event["data"]
        spells = spells_of(self._history, post["post_id"])
        holders = {self._staff.person(spell.person_id) for spell in spells if spell.outside > self._today}
        named = {
            self._staff.person(leader)
            for leader, data in last.items()
            if "nominated_on" in data and data.get("emergency_cover", False) == cover
        }
        return named - holders

    def _is_known_leader(self, person: str) -> bool:
        """Somebody with an active record, who knows of it."""
        return self._is_active(person) and any(informed for _, informed in self._records(person))

    def _is_active(self, person: str) -> bool:
        return any(active for active, _ in self._records(person))

    def _records(self, person: str) -> list[tuple[bool, bool]]:
        """Whether each of their records is active, and whether they were told."""
        kinds = ("Identified", "Endorsed", "Informed", "NominationDeclined", "RecordClosed", "RecordReopened")
        streams: dict[str, list[Event]] = {}
        for event in of(self._history, *(f"Leader{kind}" for kind in kinds)):
            if self._staff.person(event["data"]["leader_id"]) == person:
                streams.setdefault(event["data"]["leader_id"], []).append(event)
        return [_record(events) for events in streams.values()]


def _record(events: list[Event]) -> tuple[bool, bool]:
    active = informed = False
    for event in events:
        data = event["data"]
        if "identified_by" in data:
            by_self = data["source"] == "self" or data["identified_by"] == data["leader_id"]
            active, informed = not by_self, by_self or data.get("informed_on") is not None
        elif "reopened_by" in data:
            active = data["reopened_by"] != data["leader_id"]
            informed = informed or not active
        elif "endorsed_by" in data:
            active = True
        elif "informed_by" in data:
            informed = True
        else:
            active = False
            informed = informed or data.get("declined_by") == "person"
    return active, informed


report = Report(bench, ("post_id",))
