"""A service record: which schools somebody headed and when, where they come from, whether they have left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.talent.domain.engagement import UNPAID, Engagement
from services.talent.domain.person import Person
from shared.contracts.talent.register import HEADS
from shared.contracts.vocabulary import Day, Urn


@dataclass(frozen=True, slots=True, kw_only=True)
class Headship:
    """Somebody heads a school. `until_on` is the first day on which they do not, where that is known."""

    urn: Urn
    from_on: Day
    until_on: Day | None = None

    def holds_on(self, day: Day) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


def workplaces_before(day: Day, person: Person) -> frozenset[Urn | None]:
    """Where they worked on the day before; not where they only served: a governor who becomes a head is new here."""
    return frozenset(
        one.started.urn
        for one in person.engagements.values()
        if one.started is not None
        and one.started.kind not in UNPAID
        and one.started.started_on < day <= (_until(one) or date.max)
    )


def headships(person: Person) -> tuple[Headship, ...]:
    """Every headship of a school, whatever it is called, also an acting one."""
    return tuple(headship for one in person.engagements.values() for headship in _headships(one))


def _headships(one: Engagement) -> Iterator[Headship]:
    """An engagement may become a headship when its role changes, and stop being one."""
    if one.started is None or one.started.urn is None:
        return
    terms = [(one.started.role, one.started.started_on), *((change.role, change.from_on) for change in one.changes)]
    from_on: Day | None = None
    for role, on in terms:
        if role in HEADS:
            from_on = from_on or on
        elif from_on is not None:
            yield Headship(urn=one.started.urn, from_on=from_on, until_on=on)
            from_on = None
    if from_on is not None:
        yield Headship(urn=one.started.urn, from_on=from_on, until_on=_until(one))


def last_day(today: Day, person: Person) -> Day | None:
    """The last day of somebody who has left the trust.

    None for whoever works here, is yet to start, or has no engagement on record: the register may lag behind.
    """
    if not person.started or person.started.keys() - person.ended.keys():
        return None
    last = max(ended.ended_on for ended in person.ended.values())
    return last if last < today else None


def _until(one: Engagement) -> Day | None:
    """The first day without it: what is recorded of an engagement is its last day."""
    return None if one.ended is None else day_after(one.ended.ended_on)


def day_after(day: Day) -> Day | None:
    """None after the last day that there is."""
    return None if day == date.max else day + timedelta(days=1)
