"""Who leads at a school on a day, and who of them had a one-to-one: a part of the report `agenda`."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from services.reporting.reports.school_weeks import SchoolWeeks
from services.reporting.reports.sql import Connection, fetch
from shared.contracts.talent.register import HEADS

_weeks = 6
_Person = tuple[str, UUID]
"""A trust and somebody in it."""


@dataclass(frozen=True, slots=True)
class Engagement:
    """Somebody's work at a school. `terms`: from when on which role, or whether it pauses; the later ones last."""

    person_id: UUID
    event_id: UUID
    started_on: date
    ended_on: date | None
    terms: Sequence[dict[str, Any]]

    def on(self, day: date) -> bool:
        """Whether somebody is there on a day, and not away for a while."""
        return (
            self.started_on <= day
            and (self.ended_on is None or day <= self.ended_on)
            and self._as_of(day, "role") is not None
            and not self._as_of(day, "paused")
        )

    def leads_on(self, day: date) -> bool:
        """Whether it is the school's head."""
        return self._as_of(day, "role") in HEADS

    def _as_of(self, day: date, column: str) -> Any:
        told = [term[column] for term in self.terms if term["from_on"] <= day and term[column] is not None]
        return told[-1] if told else None


@dataclass(slots=True)
class Dated:
    """Events and their days, in the order of these."""

    days: list[date] = field(default_factory=list)
    events: list[UUID] = field(default_factory=list)

    def last(self, day: date) -> tuple[date, UUID] | None:
        """The last one up to a day."""
        up_to = bisect_right(self.days, day)
        return (self.days[up_to - 1], self.events[up_to - 1]) if up_to else None


@dataclass(frozen=True, slots=True)
class OneToOnes:
    """Who works where, for whom one-to-ones were planned, and when they were held."""

    weeks: SchoolWeeks
    engagements: dict[tuple[str, str | None], list[Engagement]]
    planned: dict[_Person, Dated]
    held: dict[_Person, Dated]

    @classmethod
    async def read(cls, conn: Connection, at: datetime, urns: Sequence[str] | None, trust: str | None) -> OneToOnes:
        asked = (at, urns, trust, sorted(HEADS))
        planned: dict[_Person, Dated] = defaultdict(Dated)
        held: dict[_Person, Dated] = defaultdict(Dated)
        told = await fetch(conn, "one_to_ones", *asked)
        for row in told:
            one = planned[row["trustuid"], row["person_id"]]
            one.days.append(row["from_on"])
            one.events.append(row["planned_event_id"])
        for row in sorted((row for row in told if row["held_on"]), key=itemgetter("held_on")):
            one = held[row["trustuid"], row["person_id"]]
            one.days.append(row["held_on"])
            one.events.append(row["held_event_id"])
        engagements = _engagements(await fetch(conn, "leaders", *asked))
        return cls(await SchoolWeeks.read(conn, trust), engagements, planned, held)

    def of(self, trustuid: str, urn: str, day: date | None) -> dict[str, Any]:
        """The columns of a school on a day; None: on a day that is still to come."""
        leaders = self._leaders(trustuid, urn, day) if day else {}
        since = self.weeks.since(trustuid, urn, day, _weeks) if day and leaders else None
        had = [
            last[1]
            for person_id in leaders
            if day and since and (last := self.held[trustuid, person_id].last(day)) and last[0] >= since
        ]
        return {
            "leaders": len(leaders) or None,
            "leaders__events": list(leaders.values()),
            "leaders_with_one_to_one": len(had) if since else None,
            "leaders_with_one_to_one__events": had,
        }

    def _leaders(self, trustuid: str, urn: str, day: date) -> dict[UUID, UUID]:
        """Of each leader the event that made a one-to-one expected: its planning; of a head without one, their work."""
        found: dict[UUID, UUID] = {}
        for one in self.engagements.get((trustuid, urn), ()):
            plan = self.planned[trustuid, one.person_id].last(day)
            if (plan or one.leads_on(day)) and one.on(day):
                found.setdefault(one.person_id, plan[1] if plan else one.event_id)
        return found


def _engagements(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str | None], list[Engagement]]:
    """By trust and URN; `rows` are those of `leaders.sql`."""
    found: dict[tuple[str, str | None], list[Engagement]] = defaultdict(list)
    for _, terms in groupby(rows, key=itemgetter("trustuid", "urn", "event_id", "engagement_id")):
        told = list(terms)
        columns = ("person_id", "event_id", "started_on", "ended_on")
        one = Engagement(**{column: told[0][column] for column in columns}, terms=told)
        found[told[0]["trustuid"], told[0]["urn"]].append(one)
    return found
