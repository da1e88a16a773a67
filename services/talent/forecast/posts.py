"""Posts and schools: how many there are, how often posts fell vacant, and what is known to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from services.talent.forecast.facts import Facts, year_of, years
from shared.contracts.talent.posts import CriticalPostRegistered, PostFilled, PostVacated
from shared.contracts.talent.register import SchoolJoinedTrust, SchoolLeftTrust, SchoolUrnSucceeded
from shared.contracts.vocabulary import Code, Day, Id, Urn

wanted: tuple[type[Any], ...] = (
    SchoolJoinedTrust,
    SchoolLeftTrust,
    SchoolUrnSucceeded,
    CriticalPostRegistered,
    PostVacated,
    PostFilled,
)
_looked_back = timedelta(days=5 * 365)

Change = PostVacated | PostFilled


@dataclass(frozen=True, slots=True, kw_only=True)
class Schools:
    """The schools now, and how many joined in so many years up to now; those that began the trust did not join it."""

    members: frozenset[Urn] = frozenset()
    joined: int = 0
    joining_years: float = 0.0


@dataclass(slots=True, kw_only=True)
class PostHistory:
    """The posts of one type.

    Attributes:
        posts: how many there are; `at_schools` of them belong to schools: new schools bring more.
        vacant: how many wait for somebody now.
        post_years: how long they were held, all together; `vacancies`: how often somebody left one.
        leaving: the days on which somebody will leave, as is recorded; `expected`: on which they were expected to.
        kept, missed: what became of expectations whose academic year is over.
    """

    posts: int = 0
    at_schools: int = 0
    vacant: int = 0
    post_years: float = 0.0
    vacancies: int = 0
    kept: int = 0
    missed: int = 0
    leaving: list[Day] = field(default_factory=list)
    expected: list[Day] = field(default_factory=list)


def schools_of(facts: Facts, on: Day) -> Schools:
    """The schools, each by the URN that it goes by now."""
    joined, left = _joined(facts, on), _left(facts, on)
    if not joined:
        return Schools()
    first = min(day for days in joined.values() for day in days)
    since = max(first, on - _looked_back)
    return Schools(
        members=frozenset(joined.keys() - left.keys()),
        joined=sum(min(days) > since for days in joined.values()),
        joining_years=years(since, on),
    )


def _joined(facts: Facts, on: Day) -> dict[Urn, list[Day]]:
    found: dict[Urn, list[Day]] = defaultdict(list)
    for event in facts.of(SchoolJoinedTrust):
        if event.joined_on <= on:
            found[_now_called(event.urn, facts, on)].append(event.joined_on)
    return found


def _left(facts: Facts, on: Day) -> dict[Urn, Day]:
    """The day that each school which is no member any more left on."""
    joined = _joined(facts, on)
    left = {_now_called(event.urn, facts, on): event.left_on for event in facts.of(SchoolLeftTrust)}
    return {urn: day for urn, day in left.items() if day <= on and all(came < day for came in joined.get(urn, ()))}


def _now_called(urn: Urn, facts: Facts, on: Day) -> Urn:
    """The URN at the end of the successions."""
    successors = {event.from_urn: event.to_urn for event in facts.of(SchoolUrnSucceeded) if event.on <= on}
    seen = {urn}
    while (following := successors.get(urn)) is not None and following not in seen:
        seen.add(following)
        urn = following
    return urn


def posts_of(facts: Facts, on: Day) -> dict[Code, PostHistory]:
    """The posts by their type; one whose schools have all left the trust ended with them."""
    left = _left(facts, on)
    registered: dict[Id, list[CriticalPostRegistered]] = defaultdict(list)
    changes: dict[Id, list[Change]] = defaultdict(list)
    for registration in facts.of(CriticalPostRegistered):
        registered[registration.post_id].append(registration)
    for vacated in facts.of(PostVacated):
        changes[vacated.post_id].append(vacated)
    for filled in facts.of(PostFilled):
        changes[filled.post_id].append(filled)
    found: dict[Code, PostHistory] = defaultdict(PostHistory)
    for post_id, (first, *others) in registered.items():
        if first.registered_on > on:
            continue
        latest = others[-1] if others else first  # registered again: what is expected of it has changed
        history = found[latest.post_type]
        ended_on = max((left.get(_now_called(urn, facts, on), date.max) for urn in latest.urns), default=date.max)
        followed = _Held.since(first, facts).through(changes[post_id], min(on, ended_on))
        followed.tell(history)
        if ended_on > on:
            history.posts += 1
            history.at_schools += bool(latest.urns)
            history.vacant += followed.waiting
            _expect(history, latest.expected_vacancy_on, [_day(c) for c in changes[post_id] if _leaves(c)], on)
    return dict(found)


@dataclass(slots=True)
class _Held:
    """Who holds a post, from day to day."""

    facts: Facts
    day: Day
    holders: set[Id]
    interim: set[Id]
    waiting: int
    years: float = 0.0
    vacancies: int = 0

    @classmethod
    def since(cls, registered: CriticalPostRegistered, facts: Facts) -> _Held:
        holders = {facts.person(i.person_id) for i in registered.incumbents if not i.interim}
        interim = {facts.person(i.person_id) for i in registered.incumbents if i.interim}
        return cls(facts, registered.registered_on, holders, interim, waiting=not holders)

    def through(self, changes: Sequence[Change], until: Day) -> _Held:
        """What happened to it up to a day; of one day, leaving comes first."""
        for change in sorted(changes, key=lambda change: (_day(change), not _leaves(change))):
            if _day(change) > until:
                break
            self._pass(_day(change))
            if isinstance(change, PostVacated):
                self._leave(None if change.person_id is None else self.facts.person(change.person_id))
            else:
                self._fill(self.facts.person(change.person_id), interim=change.interim)
        self._pass(until)
        return self

    def tell(self, history: PostHistory) -> None:
        history.post_years += self.years
        history.vacancies += self.vacancies

    def _pass(self, day: Day) -> None:
        if self.holders:
            self.years += years(self.day, day)
        self.day = max(self.day, day)

    def _leave(self, person_id: Id | None) -> None:
        if person_id in self.interim:  # nobody new is needed for that: the post was vacant before
            self.interim.remove(person_id)
            return
        self.vacancies += 1
        self.waiting += 1
        self.holders -= {person_id} if person_id in self.holders else self.holders

    def _fill(self, person_id: Id, *, interim: bool) -> None:
        if interim:
            self.interim.add(person_id)
            return
        self.waiting = max(self.waiting - 1, 0)
        self.interim.discard(person_id)
        self.holders.add(person_id)


def _expect(history: PostHistory, expected_on: Day | None, leaving: Sequence[Day], on: Day) -> None:
    """Who will leave: as it is recorded, else as it was expected; and whether an expectation came true in its year."""
    announced = [day for day in leaving if day > on]
    history.leaving += announced
    if expected_on is None or announced:
        return
    if any(year_of(day) == year_of(expected_on) for day in leaving):
        history.kept += 1
    elif year_of(expected_on) < year_of(on):
        history.missed += 1
    else:
        history.expected.append(expected_on)


def _leaves(change: Change) -> bool:
    return isinstance(change, PostVacated)


def _day(change: Change) -> Day:
    return change.vacated_on if isinstance(change, PostVacated) else change.filled_on
