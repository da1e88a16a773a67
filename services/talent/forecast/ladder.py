"""The ladder to a post: who was judged how near to being ready, how that changed, and who left it or was appointed.

A leader stands on a rung of the ladder to a type of post from their first assessment on: the rung of the latest one,
and `lapsed` when that is no longer valid. They step off when they hold such a post, when their record is closed, when
they leave the trust, and when a year passes after their assessment lapsed. With one assessor an assessment is
provisional and moves nobody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from services.talent.forecast.facts import Facts, a_year_after, years
from services.talent.forecast.presence import Presence
from services.talent.forecast.tenures import Tenure
from shared.contracts.talent.leaders import (
    LeaderNominationDeclined,
    LeaderRecordClosed,
    LeaderRecordReopened,
    ReadinessAssessed,
)
from shared.contracts.vocabulary import Code, Day, Id

_two_years = timedelta(days=2 * 365)

wanted: tuple[type[Any], ...] = (
    ReadinessAssessed,
    LeaderRecordClosed,
    LeaderRecordReopened,
    LeaderNominationDeclined,
)

Rung = Literal["ready_now", "1_year", "2_3_years", "4_5_years", "not_ready", "lapsed"]
rungs: tuple[Rung, ...] = ("ready_now", "1_year", "2_3_years", "4_5_years", "not_ready", "lapsed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Somebody on a ladder now: their rung on each, and their last day here, where that is known."""

    person_id: Id
    rungs: Mapping[Code, Rung]
    last_day: Day | None = None


@dataclass(slots=True, kw_only=True)
class Ladder:
    """What became of everybody who was assessed, of all types of post together but where a type is named.

    Attributes:
        years: how long leaders stood on each rung; `moves`: how often they went from one to another.
        exits: how often one stepped off without being appointed from the rung `ready_now`, but for those who were
            `forgotten`: a year after their assessment lapsed nobody had made another.
        appointed: by type: how often one was, who was ready; `chances`: how often a post was filled while somebody was.
        entries: by type and rung: who stepped on after the first two years that are known. Until then it may be that
            somebody only was not seen yet; after two years without an assessment they would be forgotten.
        entering_years: how long entries were counted.
        assessed: the types of post that anybody's readiness is known for.
    """

    years: defaultdict[Rung, float] = field(default_factory=lambda: defaultdict(float))
    moves: Counter[tuple[Rung, Rung]] = field(default_factory=Counter)
    exits: int = 0
    forgotten: int = 0
    appointed: Counter[Code] = field(default_factory=Counter)
    chances: Counter[Code] = field(default_factory=Counter)
    entries: Counter[tuple[Code, Rung]] = field(default_factory=Counter)
    entering_years: float = 0.0
    assessed: frozenset[Code] = frozenset()
    leaders: tuple[Leader, ...] = ()


class _Mark(NamedTuple):
    """Something that happened to somebody on a day; of one day, in the order of `what`."""

    day: Day
    what: int
    assessed: ReadinessAssessed | None = None
    post_id: Id | None = None


_RELEASED, _ASSESSED, _APPOINTED, _OFF, _BACK = range(5)


def ladder_of(facts: Facts, presence: Presence, tenures: Mapping[Id, Sequence[Tenure]], on: Day) -> Ladder:
    every = [tenure for of_a_post in tenures.values() for tenure in of_a_post]
    marks = _marks(facts, every, on)
    ladder = Ladder()
    counted_from = min((m.day for ms in marks.values() for m in ms if m.assessed), default=on) + _two_years
    ladder.entering_years = years(counted_from, on)
    ladder.assessed = frozenset(
        post_type for (_, post_type), of_them in marks.items() if any(m.assessed for m in of_them)
    )
    standing: dict[Id, dict[Code, Rung]] = defaultdict(dict)
    ready: dict[Code, list[tuple[Day, Day]]] = defaultdict(list)
    for (person_id, post_type), of_them in marks.items():
        away = [_Mark(day, _OFF) for day in presence.days_gone(person_id, on)]
        climb = _Climb(ladder, post_type, counted_from, ready[post_type])
        rung = climb.through(sorted((*of_them, *away), key=lambda mark: mark[:2]), on)
        if rung is not None:
            standing[person_id][post_type] = rung
    ladder.leaders = tuple(
        Leader(person_id=person_id, rungs=found, last_day=presence.last_day(person_id, on))
        for person_id, found in sorted(standing.items())
    )
    for tenure in every:
        if not tenure.incumbent and not tenure.interim and tenure.from_on <= on:
            spells = ready[tenure.post_type]
            ladder.chances[tenure.post_type] += any(first <= tenure.from_on <= last for first, last in spells)
    return ladder


def _marks(facts: Facts, tenures: Iterable[Tenure], on: Day) -> dict[tuple[Id, Code], list[_Mark]]:
    """What happened to everybody who was assessed, by person and type of post, up to a day."""
    found: dict[tuple[Id, Code], list[_Mark]] = defaultdict(list)
    for assessed in facts.of(ReadinessAssessed):
        if not assessed.provisional:
            key = (facts.person(assessed.leader_id), assessed.post_type)
            found[key].append(_Mark(assessed.assessed_on, _ASSESSED, assessed))
    types_of: dict[Id, list[Code]] = defaultdict(list)
    for person_id, post_type in found:
        types_of[person_id].append(post_type)
    for person_id, post_type, mark in _holding(tenures):
        if (person_id, post_type) in found:
            found[person_id, post_type].append(mark)
    for person_id, mark in _records(facts):
        for post_type in types_of[person_id]:
            found[person_id, post_type].append(mark)
    return {key: [mark for mark in marks if mark.day <= on] for key, marks in found.items()}


def _holding(tenures: Iterable[Tenure]) -> Iterator[tuple[Id, Code, _Mark]]:
    """Who takes a post for good, and who leaves one."""
    for tenure in tenures:
        if not tenure.interim:
            yield tenure.person_id, tenure.post_type, _Mark(tenure.from_on, _APPOINTED, post_id=tenure.post_id)
            if not tenure.goes_on:
                yield tenure.person_id, tenure.post_type, _Mark(tenure.until_on, _RELEASED, post_id=tenure.post_id)


def _records(facts: Facts) -> Iterator[tuple[Id, _Mark]]:
    """Whose record is closed, and opened again."""
    for closed in facts.of(LeaderRecordClosed):
        yield facts.person(closed.leader_id), _Mark(closed.closed_on, _OFF)
    for declined in facts.of(LeaderNominationDeclined):
        yield facts.person(declined.leader_id), _Mark(declined.declined_on, _OFF)
    for reopened in facts.of(LeaderRecordReopened):
        yield facts.person(reopened.leader_id), _Mark(reopened.reopened_on, _BACK)


@dataclass(slots=True)
class _Climb:
    """One leader's way on the ladder to one type of post, counted as it goes."""

    ladder: Ladder
    post_type: Code
    counted_from: Day
    ready: list[tuple[Day, Day]]
    latest: ReadinessAssessed | None = None
    rung: Rung | None = None
    since: Day = date.min
    valid_until: Day = date.min
    holds: set[Id | None] = field(default_factory=set)

    def through(self, marks: Sequence[_Mark], until: Day) -> Rung | None:
        """Where they stand on a day, after all that happened up to it."""
        for mark in marks:
            self._pass(mark.day)
            if mark.assessed is not None:
                self._assessed(mark.assessed)
            elif mark.what == _RELEASED:
                self.holds.discard(mark.post_id)
            elif mark.what == _APPOINTED:
                self._step_off(appointed=True)
                self.holds.add(mark.post_id)
            elif mark.what == _OFF:
                self._step_off(appointed=False)
            else:
                self._step_back_on(mark.day)
        self._pass(until)
        return self.rung

    def _pass(self, day: Day) -> None:
        """Time goes by on the rung; what is no longer valid lapses on the way."""
        if self.rung is None:
            return
        lapses_on = self.valid_until + timedelta(days=1)
        if self.rung != "lapsed" and lapses_on <= day:
            self.ladder.moves[self.rung, "lapsed"] += 1
            self._spend_until(lapses_on)
            self.rung = "lapsed"
        if self.rung == "lapsed" and a_year_after(lapses_on) <= day:
            self.ladder.forgotten += 1
            self._spend_until(a_year_after(lapses_on))
            self.rung = None
            return
        self._spend_until(day)

    def _spend_until(self, day: Day) -> None:
        if self.rung is not None:
            self.ladder.years[self.rung] += years(self.since, day)
            if self.rung == "ready_now":
                self.ready.append((self.since, day))
            self.since = max(self.since, day)

    def _assessed(self, assessed: ReadinessAssessed) -> None:
        if self.holds:  # they have such a post
            return
        if self.rung is None:
            self.ladder.entries[self.post_type, assessed.readiness] += assessed.assessed_on > self.counted_from
        elif self.rung != assessed.readiness:
            self.ladder.moves[self.rung, assessed.readiness] += 1
        self.latest = assessed
        self.rung, self.since, self.valid_until = assessed.readiness, assessed.assessed_on, assessed.valid_until

    def _step_off(self, *, appointed: bool) -> None:
        if appointed and self.rung == "ready_now":
            self.ladder.appointed[self.post_type] += 1
        elif self.rung is not None:
            self.ladder.exits += 1
        self.rung = None

    def _step_back_on(self, day: Day) -> None:
        """What was last said of them stands again, as long as it is valid."""
        if self.latest is not None and self.rung is None and not self.holds:
            self.rung, self.since = self.latest.readiness, day
