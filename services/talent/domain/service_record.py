"""A service record: where somebody worked on a day and as what, read from the engagements in their stream.

Nothing else in this service asks an engagement for its days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.talent.domain.leading_roles import HEADS
from services.talent.domain.person import UNPAID, Person
from shared.contracts.talent.register import EngagementStarted
from shared.contracts.vocabulary import Code, Day, Urn


@dataclass(frozen=True, slots=True, kw_only=True)
class Headship:
    """Somebody heads a school. `until_on` is the first day on which they do not, where that is known."""

    urn: Urn
    from_on: Day
    until_on: Day | None = None

    def holds_on(self, day: Day) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


def roles_on(day: Day, person: Person) -> frozenset[Code]:
    """Everything that they were on a day, paid or not."""
    return frozenset(engagement.role for engagement in _engagements_on(day, person))


def places_on(day: Day, person: Person) -> frozenset[Urn | None]:
    """The schools where they worked or served on a day; None is the trust's central office."""
    return frozenset(engagement.urn for engagement in _engagements_on(day, person))


def workplaces_before(day: Day, person: Person) -> frozenset[Urn | None]:
    """Where they worked on the day before; not where they only served: a governor who becomes a head is new here."""
    return frozenset(
        engagement.urn
        for engagement in person.started.values()
        if engagement.kind not in UNPAID and engagement.started_on < day <= (_until(engagement, person) or date.max)
    )


def headships(person: Person) -> tuple[Headship, ...]:
    """Every headship of a school, whatever it is called, also an acting one."""
    return tuple(
        Headship(urn=e.urn, from_on=e.started_on, until_on=_until(e, person))
        for e in person.started.values()
        if e.urn is not None and e.role in HEADS
    )


def last_day(today: Day, person: Person) -> Day | None:
    """The last day of somebody who has left the trust.

    None for whoever works here, is yet to start, or has no engagement on record: the register may lag behind.
    """
    if not person.started or person.started.keys() - person.ended.keys():
        return None
    last = max(ended.ended_on for ended in person.ended.values())
    return last if last < today else None


def _engagements_on(day: Day, person: Person) -> Iterator[EngagementStarted]:
    for engagement in person.started.values():
        until = _until(engagement, person)
        if engagement.started_on <= day and (until is None or day < until):
            yield engagement


def _until(engagement: EngagementStarted, person: Person) -> Day | None:
    """The first day without it: what is recorded of an engagement is its last day."""
    ended = person.ended.get(engagement.engagement_id)
    return None if ended is None else day_after(ended.ended_on)


def day_after(day: Day) -> Day | None:
    """None after the last day that there is."""
    return None if day == date.max else day + timedelta(days=1)
