"""National Support Schools: a school is one while a National Leader of Education heads it, and as long as they do.

It stands in the stream of the leader's designations. A leader carries at most two schools at a time: of three, the two
that they have headed for longest; the third follows when one of these ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import assert_never

from services.talent.domain.service_record import Headship
from shared.contracts.talent.roles import NationalSupportSchoolEnded, NationalSupportSchoolRecognised
from shared.contracts.vocabulary import Day, Id, PersonId, TrustUid, Urn

MOST = 2  # schools of one leader at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A person's designation as a National Leader of Education. `until_on` is the first day without it."""

    trustuid: TrustUid
    person_id: PersonId
    designation_id: Id
    from_on: Day
    until_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """A school is a National Support School because of one leader. `until_on` is the first day on which it is not."""

    urn: Urn
    term: Term
    from_on: Day
    until_on: Day | None = None

    def holds_on(self, day: Day) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


Supports = tuple[Support, ...]
SupportEvent = NationalSupportSchoolRecognised | NationalSupportSchoolEnded


def supported(terms: Iterable[Term], headships: Iterable[Headship]) -> list[Support]:
    """The definition: every stretch of days on which a designated leader heads a school, in their order."""
    headships = list(headships)
    both = sorted(
        (stretch for term in terms for headship in headships for stretch in _overlap(term, headship)),
        key=lambda stretch: (stretch.from_on, stretch.urn),
    )
    joined: list[Support] = []
    for stretch in both:
        before = next((s for s in joined if s.urn == stretch.urn and _reaches(s.until_on, stretch.from_on)), None)
        if before is None:
            joined.append(stretch)
        else:
            joined[joined.index(before)] = replace(before, until_on=_later(before.until_on, stretch.until_on))
    return joined


def to_record(
    terms: Iterable[Term], headships: Iterable[Headship], recorded: Supports, today: Day
) -> list[SupportEvent]:
    """What is true by today and not recorded yet: schools that ended to be one, then those that became one."""
    defined = supported(terms, headships)
    events: list[SupportEvent] = [_ended(support, day) for support, day in _endings(recorded, defined, today)]
    recorded = _folded(recorded, events)
    while (begun := _first_missing(recorded, defined, today)) is not None:
        new: list[SupportEvent] = [_recognised(begun)]
        if begun.until_on is not None and begun.until_on <= today:
            new.append(_ended(begun, begun.until_on))
        recorded = _folded(recorded, new)
        events += new
    return events


def evolve(recorded: Supports, event: SupportEvent) -> Supports:
    match event:
        case NationalSupportSchoolRecognised():
            term = Term(
                trustuid=event.trustuid,
                person_id=event.person_id,
                designation_id=event.designation_id,
                from_on=event.from_on,
            )
            return (*recorded, Support(urn=event.urn, term=term, from_on=event.from_on))
        case NationalSupportSchoolEnded():
            return tuple(
                replace(s, until_on=event.ended_on) if s.urn == event.urn and s.until_on is None else s
                for s in recorded
            )
        case _:
            assert_never(event)


def _endings(recorded: Supports, defined: Sequence[Support], today: Day) -> Iterator[tuple[Support, Day]]:
    """Those that go on by what is recorded and have ended by what is known, each with the day.

    One that begins on a day on which nobody heads the school, as is known now, never was one: it ends as it began.
    """
    for support in recorded:
        if support.until_on is not None:
            continue
        stretch = next(
            (s for s in defined if s.urn == support.urn and (s.holds_on(support.from_on) or s.holds_on(today))), None
        )
        ended_on = support.from_on if stretch is None else stretch.until_on
        if ended_on is not None and ended_on <= today:
            yield support, ended_on


def _first_missing(recorded: Supports, defined: Iterable[Support], today: Day) -> Support | None:
    """The first stretch that has begun by today and is not recorded, from the day on which there is room for it."""
    with_room = (_with_room(stretch, recorded) for stretch in defined)
    return next((begun for begun in with_room if begun is not None and begun.from_on <= today), None)


def _recognised(support: Support) -> NationalSupportSchoolRecognised:
    return NationalSupportSchoolRecognised(
        trustuid=support.term.trustuid,
        urn=support.urn,
        designation_id=support.term.designation_id,
        person_id=support.term.person_id,
        from_on=support.from_on,
    )


def _ended(support: Support, day: Day) -> NationalSupportSchoolEnded:
    return NationalSupportSchoolEnded(
        trustuid=support.term.trustuid,
        urn=support.urn,
        designation_id=support.term.designation_id,
        person_id=support.term.person_id,
        ended_on=day,
    )


def _folded(recorded: Supports, events: Iterable[SupportEvent]) -> Supports:
    return reduce(evolve, events, recorded)


def _overlap(term: Term, headship: Headship) -> Iterator[Support]:
    from_on = max(term.from_on, headship.from_on)
    until_on = min((day for day in (term.until_on, headship.until_on) if day is not None), default=None)
    if until_on is None or from_on < until_on:
        yield Support(urn=headship.urn, term=term, from_on=from_on, until_on=until_on)


def _with_room(stretch: Support, recorded: Supports) -> Support | None:
    """The stretch from the first day on which its school is not recorded, nor are two others, until its end."""
    ends = {s.until_on for s in recorded if s.until_on is not None and stretch.holds_on(s.until_on)}
    for day in sorted({stretch.from_on, *ends}):
        rest = replace(stretch, from_on=day)
        days = {day, *(s.from_on for s in recorded if rest.holds_on(s.from_on))}
        beside = [[s for s in recorded if s.holds_on(one)] for one in days]
        if all(len(some) < MOST and stretch.urn not in {s.urn for s in some} for some in beside):
            return rest
    return None


def _reaches(until_on: Day | None, day: Day) -> bool:
    return until_on is None or day <= until_on


def _later(one: Day | None, other: Day | None) -> Day | None:
    return None if one is None or other is None else max(one, other)
