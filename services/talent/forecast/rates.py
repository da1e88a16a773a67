"""How fast things happen, as far as a history tells: one draw a run from what each rate may be.

A rate has a gamma distribution: a guess worth some years of experience, and the trust's own count over its own years
(Gelman et al., Bayesian Data Analysis, section 2.6). With little history the guess decides, widely; with much, the
trust. The guesses are round figures for schools in England; within a few years a trust's own history outweighs each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.talent.forecast.history import History
from services.talent.forecast.ladder import Ladder, Rung, rungs
from services.talent.forecast.posts import PostHistory
from services.talent.forecast.stages import Stages
from shared.contracts.talent.posts import Scenario
from shared.contracts.vocabulary import Code

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Guess:
    """What a rate is taken for before anything is known: so many a year, as if so many years had shown it."""

    a_year: float
    worth: float


_vacancy = Guess(0.12, 15)  # one head or deputy in eight leaves in a year
_exit = Guess(0.12, 10)
_joining = Guess(0.4, 2)
_rise = Guess(0.1, 10)
_entries_a_post = 0.25
_moves: dict[Rung, dict[Rung, float]] = {
    "ready_now": {"1_year": 0.05, "2_3_years": 0.02, "lapsed": 0.1},
    "1_year": {"ready_now": 0.6, "2_3_years": 0.1, "not_ready": 0.02, "lapsed": 0.1},
    "2_3_years": {"ready_now": 0.15, "1_year": 0.4, "4_5_years": 0.05, "not_ready": 0.02, "lapsed": 0.1},
    "4_5_years": {"ready_now": 0.03, "1_year": 0.1, "2_3_years": 0.35, "not_ready": 0.05, "lapsed": 0.1},
    "not_ready": {"ready_now": 0.02, "1_year": 0.03, "2_3_years": 0.1, "4_5_years": 0.15, "lapsed": 0.1},
    "lapsed": {"ready_now": 0.15, "1_year": 0.15, "2_3_years": 0.15, "4_5_years": 0.1, "not_ready": 0.05},
}
_moves_worth = 3.0
_seldom = 0.01
_entry_mix = (0.3, 0.75, 1.05, 0.6, 0.3, 0.01)  # three people, on the rungs in their order
_forgotten = Guess(0.4, 3)
_kept = (9.0, 1.0)
_appointed_worth = 4.0
_pace: dict[Scenario, float] = {"low": 0.0, "expected": 1.0, "high": 2.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """A year's rates and chances, the runs along the first axis; by type of post in the order asked for.

    Attributes:
        vacancy: of a post; exit: of a leader from the ladder; joining: schools.
        moves: from rung to rung and, in the last row and column, off the ladder, where those who are forgotten go. The
            diagonal makes each row sum to zero.
        entering: people who step on the ladder, a senior person where stages are known and else in all.
        entry_mix: the chance of each rung to be where they do.
        appointed: the chance that somebody who is ready fills a vacancy, if there is somebody.
        kept: the chance that an expected vacancy comes about.
        rising, leaving: a person, from stage 3 to the senior stages, and from these out of the trust.
    arriving: people who come senior, in all.
    """

    vacancy: Floats
    exit: Floats
    joining: Floats
    moves: Floats
    entering: Floats
    entry_mix: Floats
    appointed: Floats
    kept: Floats
    rising: Floats
    leaving: Floats
    arriving: Floats


def drawn_rates(
    rng: np.random.Generator, history: History, types: tuple[Code, ...], scenario: Scenario, runs: int
) -> Rates:
    """What each rate may be, so many times over."""
    ladder, schools, stages = history.ladder, history.schools, history.stages or Stages()
    posts = [history.posts[name] for name in types]

    def draw(guess: Guess, count: float, experience: float) -> Floats:
        return rng.gamma(guess.a_year * guess.worth + count, 1 / (guess.worth + experience), runs)

    return Rates(
        vacancy=np.stack([draw(_vacancy_of_others(p, posts), p.vacancies, p.post_years) for p in posts], axis=1),
        exit=draw(_exit, ladder.exits, sum(ladder.years.values())),
        joining=draw(_joining, schools.joined, schools.joining_years) * _pace[scenario],
        moves=_drawn_moves(draw, ladder, runs),
        entering=np.stack([_entering(draw, history, name) for name in types], axis=1),
        entry_mix=rng.dirichlet(_entered(ladder), runs),
        appointed=np.stack([rng.beta(*_appointed(history, name), runs) for name in types], axis=1),
        kept=rng.beta(*_kept, runs),
        rising=draw(_rise, stages.risen, stages.below_years),
        leaving=draw(_exit, stages.left, stages.senior_years),
        arriving=draw(Guess(_exit.a_year * (stages.senior + 1), 1), stages.arrived, stages.counted_years),
    )


_Draw = Callable[[Guess, float, float], Floats]


def _vacancy_of_others(post: PostHistory, posts: Sequence[PostHistory]) -> Guess:
    """What the other types of post of the trust let one think of this one, before it speaks for itself."""
    others = [other for other in posts if other is not post]
    count = _vacancy.a_year * _vacancy.worth + sum(other.vacancies for other in others)
    return Guess(count / (_vacancy.worth + sum(other.post_years for other in others)), _vacancy.worth)


def _drawn_moves(draw: _Draw, ladder: Ladder, runs: int) -> Floats:
    moves = np.zeros((runs, len(rungs) + 1, len(rungs) + 1))
    moves[:, rungs.index("lapsed"), -1] = draw(_forgotten, ladder.forgotten, ladder.years["lapsed"])
    for row, start in enumerate(rungs):
        for column, end in enumerate(rungs):
            if start != end:
                guess = Guess(_moves[start].get(end, _seldom), _moves_worth)
                moves[:, row, column] = draw(guess, ladder.moves[start, end], ladder.years[start])
        moves[:, row, row] = -moves[:, row].sum(axis=1)
    return moves


def _entering(draw: _Draw, history: History, name: Code) -> Floats:
    """Who steps on the ladder: a guess worth one person, who comes at a pace that goes with the number of posts."""
    count = sum(history.ladder.entries[name, rung] for rung in rungs)
    pace = _entries_a_post * max(history.posts[name].posts, 1)
    stages = history.stages
    if stages is None or not stages.senior:
        return draw(Guess(pace, 1 / pace), count, history.ladder.entering_years)
    return draw(Guess(pace / stages.senior, stages.senior / pace), count, stages.senior_years)


def _entered(ladder: Ladder) -> list[float]:
    counts = [sum(n for (_, on), n in ladder.entries.items() if on == rung) for rung in rungs]
    return [guess + count for guess, count in zip(_entry_mix, counts, strict=True)]


def _appointed(history: History, name: Code) -> tuple[float, float]:
    """Of the vacancies that came while somebody was ready: who was filled so, and who otherwise.

    All types of post together make the guess for each.
    """
    ladder = history.ladder
    chance = (1 + sum(ladder.appointed.values())) / (2 + sum((ladder.chances | ladder.appointed).values()))
    ready = ladder.appointed[name]
    others = max(ladder.chances[name] - ready, 0)
    return _appointed_worth * chance + ready, _appointed_worth * (1 - chance) + others
