"""The forecast: what a history lets one expect of the coming years, by playing them out many times.

A run draws its own rates (see `rates`), so not knowing them is part of the interval, and plays the rest of this
academic year and then the years asked for. The same history and seed give the same numbers, with the same version of
numpy.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import chain, combinations

import numpy as np
import numpy.typing as npt

from services.talent.forecast.facts import first_day, year_of, years
from services.talent.forecast.history import History
from services.talent.forecast.ladder import rungs
from services.talent.forecast.rates import Floats, Rates, drawn_rates
from shared.contracts.talent.posts import Scenario, YearForecast
from shared.contracts.vocabulary import Code

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

runs = 1_000  # another seed moves the middle by a tenth of a post
_interval = (0.1, 0.5, 0.9)
_most_types = 6  # of posts that share leaders: what they take from each other is looked at in every combination
_READY, _OFF = rungs.index("ready_now"), len(rungs)
_bad_years, _busy_years = 25.0, 9.0  # a year differs by a fifth in how many leave, by a third in how many are looked at
_halvings = 5  # a period is 32 short steps, in each of which a leader moves at most once


def forecast(
    history: History, post_type: Code, scenario: Scenario, horizon_years: int, seed: int
) -> tuple[YearForecast, ...]:
    """The coming academic years, the first being the one that begins next.

    Args:
        history: with posts of this type.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    types = _that_share_leaders(history, post_type)
    rates = drawn_rates(rng, history, types, scenario, runs)
    play = _Play(rng, rates, history, types)
    this_year = year_of(history.on)
    play.period(this_year, years(history.on, first_day(this_year + 1)))
    return tuple(play.year(year) for year in range(this_year + 1, this_year + 1 + horizon_years))


def _that_share_leaders(history: History, post_type: Code) -> tuple[Code, ...]:
    """The type asked for, and those that some of its leaders are on the ladder to as well, most of them first."""
    shared = Counter(
        other
        for leader in history.ladder.leaders
        if post_type in leader.rungs
        for other in leader.rungs
        if other != post_type and other in history.posts
    )
    others = sorted(shared, key=lambda other: (-shared[other], other))
    return (post_type, *others[: _most_types - 1])


class _Play:
    """All runs side by side: the first axis of every array is the run, then leaders, then types of post.

    Leaders who are known are played one by one, since each may be ready for several posts and counts once. Those who
    step on the ladder later are counted by type and rung.
    """

    def __init__(self, rng: np.random.Generator, rates: Rates, history: History, types: tuple[Code, ...]) -> None:
        posts = [history.posts[name] for name in types]
        leaders = [leader for leader in history.ladder.leaders if not leader.rungs.keys().isdisjoint(types)]
        on = [[rungs.index(r) if (r := leader.rungs.get(t)) else _OFF for t in types] for leader in leaders]
        shape = (runs, len(leaders), len(types))
        self.rng, self.rates = rng, rates
        self.moves = cache(lambda part: _after(rates.moves, part))
        self.rung = np.broadcast_to(np.array(on, dtype=np.int64).reshape(shape[1:]), shape).copy()
        self.leaves = np.array([year_of(x.last_day) if x.last_day else 9_999 for x in leaders], dtype=np.int64)
        self.newcomers = np.zeros((runs, len(types), len(rungs)), dtype=np.int64)
        self.posts = np.broadcast_to(np.array([p.posts for p in posts]), (runs, len(types))).copy()
        self.waiting = np.broadcast_to(np.array([p.vacant for p in posts]), (runs, len(types))).copy()
        self.leaving = [Counter(year_of(day) for day in p.leaving) for p in posts]
        self.a_school = np.array([p.at_schools / max(len(history.schools.members), 1) for p in posts])
        self.stages = history.stages if history.stages and history.stages.senior else None
        self.senior = np.full(runs, self.stages.senior if self.stages else 1)

    def year(self, year: int) -> YearForecast:
        """One academic year, played: what falls vacant in it, and who is ready when it begins."""
        ready, newcomers = self.rung == _READY, self.newcomers[:, :, _READY].copy()
        demand = self.period(year, 1.0)
        supply = spare(ready, newcomers, demand)
        low, middle, high = self._quantiles(demand[:, 0] - supply)
        return YearForecast(
            academic_year_starts_on=first_day(year),
            demand_hundredths=max(self._quantiles(demand[:, 0])[1], 0),
            supply_hundredths=max(self._quantiles(supply)[1], 0),
            gap_hundredths=middle,
            gap_low_hundredths=low,
            gap_high_hundredths=high,
        )

    def _quantiles(self, counts: Ints) -> list[int]:
        """In hundredths. A count stands for everything nearer to it than to the next, or 8 of 10 would often be 9."""
        spread = counts + self.rng.random(runs) - 0.5
        return [round(100 * quantile) for quantile in np.quantile(spread, _interval).tolist()]

    def period(self, year: int, part: float) -> Ints:
        """A part of a year goes by; the vacancies of it."""
        vacancies = self._vacancies(year, part)
        self._appoint(vacancies + self.waiting)
        self.waiting[:] = 0
        self._move(part)
        self._leave(year, part)
        self._enter(part)
        self._join(part)
        return vacancies

    def _vacancies(self, year: int, part: float) -> Ints:
        """Those that are expected, and those that happen to the other posts."""
        found = np.empty_like(self.posts)
        shock = self._shock(_bad_years)
        for k, leaving in enumerate(self.leaving):
            spoken_for = sum(n for when, n in leaving.items() if when >= year)
            chance = -np.expm1(-self.rates.vacancy[:, k] * shock * part)
            by_chance = self.rng.binomial(np.maximum(self.posts[:, k] - spoken_for, 0), chance)
            found[:, k] = by_chance + self.rng.binomial(leaving[year], self.rates.kept)
        return found

    def _shock(self, shape: float) -> Floats:
        """How much more or less happens in a year than in others, to all alike."""
        return self.rng.gamma(shape, 1 / shape, runs)

    def _appoint(self, vacancies: Ints) -> None:
        """Some vacancies are filled by somebody who is ready; who that is, is left to chance."""
        for k in range(vacancies.shape[1]):
            ready = self.rung[:, :, k] == _READY
            known, new = ready.sum(axis=1), self.newcomers[:, k, _READY]
            wanted = np.minimum(self.rng.binomial(vacancies[:, k], self.rates.appointed[:, k]), known + new)
            of_known = self.rng.hypergeometric(known, new, wanted)
            order = np.where(ready, self.rng.random(ready.shape), 2).argsort(axis=1).argsort(axis=1)
            self.rung[:, :, k][order < of_known[:, None]] = _OFF
            new -= wanted - of_known

    def _move(self, part: float) -> None:
        chances = self.moves(part)
        passed = np.cumsum(chances, axis=2)[:, :, :-1]
        for k in range(self.rung.shape[2]):
            here = self.rung[:, :, k]
            of_mine = np.take_along_axis(passed, here[:, :, None], axis=1)
            self.rung[:, :, k] = (self.rng.random(here.shape)[:, :, None] > of_mine).sum(axis=2)
        moved = [self.rng.multinomial(self.newcomers[:, :, r], chances[:, None, r, :]) for r in range(len(rungs))]
        self.newcomers = np.sum(moved, axis=0)[:, :, :_OFF]

    def _leave(self, year: int, part: float) -> None:
        stays = np.exp(-self.rates.exit * part)
        gone = self.rng.random(self.rung.shape[:2]) > stays[:, None]
        self.rung[gone | (self.leaves <= year)] = _OFF
        self.newcomers = self.rng.binomial(self.newcomers, stays[:, None, None])

    def _enter(self, part: float) -> None:
        """New people step on the ladder; where stages are known, as many as there are to come from."""
        pace = self.rates.entering * (self.senior * self._shock(_busy_years))[:, None]
        entering = self.rng.poisson(pace * part)
        self.newcomers += self.rng.multinomial(entering, self.rates.entry_mix[:, None, :])
        if self.stages is not None:
            stayed = self.rng.binomial(self.senior, np.exp(-self.rates.leaving * part))
            risen = self.rng.binomial(self.stages.below, -np.expm1(-self.rates.rising * part))
            self.senior = stayed + risen + self.rng.poisson(self.rates.arriving * part)

    def _join(self, part: float) -> None:
        """Schools join, and bring posts with whoever holds them."""
        schools = self.rng.poisson(self.rates.joining * part)
        for k, a_school in enumerate(self.a_school.tolist()):
            whole, rest = divmod(a_school, 1)
            self.posts[:, k] += int(whole) * schools + self.rng.binomial(schools, rest)


def _after(moves: Floats, part: float) -> Floats:
    """The chances of each rung after a part of a year, from the rates of going from one to another."""
    chances: Floats = np.eye(moves.shape[1]) + moves * (part / 2**_halvings)
    for _ in range(_halvings):
        chances = np.einsum("nij,njk->nik", chances, chances)
    return chances


def spare(ready: Flags, newcomers: Ints, demand: Ints) -> Ints:
    """Leaders who are ready for the first type of post, but for those whom the vacancies of the others need.

    Each leader counts once: the others' vacancies are filled as well as can be, first by whom they alone can use.

    Args:
        ready: run x leader x type.
        newcomers: run x type: more leaders, each ready for one type.
        demand: run x type: vacancies.
    """
    others = ready & ~ready[:, :, :1]
    needed = most_filled(ready[:, :, 1:], newcomers[:, 1:], demand[:, 1:])
    needed -= most_filled(others[:, :, 1:], newcomers[:, 1:], demand[:, 1:])
    spared: Ints = ready[:, :, 0].sum(axis=1) + newcomers[:, 0] - needed
    return spared


def most_filled(ready: Flags, newcomers: Ints, demand: Ints) -> Ints:
    """The size of the largest matching of leaders to vacancies, in each run.

    By König's theorem it is the smallest cover: over every choice of types, their vacancies and the leaders who are
    ready for any of the others.
    """
    types = range(demand.shape[1])
    covers = []
    for by_vacancies in chain.from_iterable(combinations(types, n) for n in range(len(types) + 1)):
        rest = [t for t in types if t not in by_vacancies]
        leaders = ready[:, :, rest].any(axis=2).sum(axis=1) + newcomers[:, rest].sum(axis=1)
        covers.append(demand[:, list(by_vacancies)].sum(axis=1) + leaders)
    smallest: Ints = np.min(covers, axis=0)
    return smallest
