"""What the forecast makes of a history: what has to be so whatever the figures are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.forecast.history import History, history_of
from services.talent.forecast.ladder import Ladder, Leader
from services.talent.forecast.model import forecast, most_filled, spare
from services.talent.forecast.posts import PostHistory, Schools
from services.talent.forecast.reading import Basis
from services.talent.forecast.stages import Stages
from services.talent.intake.forecast import Question, answered
from shared.contracts import codec
from shared.contracts.talent.posts import YearForecast
from tests.support.story import Plain
from tests.support.trusts import tell

ON = date(2026, 11, 22)
HEAD, DEPUTY = "headteacher", "deputy_headteacher"
QUESTION = Question(forecast_id=UUID(int=1), trustuid="99001", post_type=HEAD, horizon_years=3)


def trust(
    posts: Mapping[str, PostHistory] | None = None, leaders: Sequence[Mapping[str, Any]] = (), **more: Any
) -> History:
    """A trust of 20 schools without much of a history."""
    return History(
        on=ON,
        schools=more.pop("schools", Schools(members=frozenset(f"{900_001 + n}" for n in range(20)))),
        posts=posts or {HEAD: heads()},
        stages=more.pop("stages", None),
        ladder=Ladder(
            leaders=tuple(Leader(person_id=UUID(int=n), rungs=rungs) for n, rungs in enumerate(leaders, start=1)),
            **more,
        ),
    )


def heads(posts: int = 20, **more: Any) -> PostHistory:
    return PostHistory(posts=posts, at_schools=posts, **more)


def years(history: History, scenario: Any = "expected", horizon: int = 3, seed: int = 1) -> tuple[YearForecast, ...]:
    return forecast(history, HEAD, scenario, horizon, seed)


def stored(events: Sequence[Any]) -> list[tuple[str, bytes]]:
    """Events as they stand in the store."""
    return [(codec.type_name(event), codec.encode(event, stream="s", event_id="e", sealer=Plain())) for event in events]


def width(year: YearForecast) -> int:
    return year.gap_high_hundredths - year.gap_low_hundredths


def test_the_years_are_those_that_begin_next() -> None:
    assert [year.academic_year_starts_on for year in years(trust())] == [date(y, 9, 1) for y in (2027, 2028, 2029)]
    assert years(replace(trust(), on=date(2027, 8, 31)))[0].academic_year_starts_on == date(2027, 9, 1)
    assert years(replace(trust(), on=date(2027, 9, 1)))[0].academic_year_starts_on == date(2028, 9, 1)


def test_the_same_history_and_seed_give_the_same_forecast_and_another_seed_nearly_so() -> None:
    told = tell(1)
    history = history_of(told.history(), told.on)

    one, same, other = (forecast(history, told.post_type, "expected", 5, seed) for seed in (7, 7, 8))

    assert one == same != other
    assert all(abs(a.gap_hundredths - b.gap_hundredths) < 50 for a, b in zip(one, other, strict=True))


def test_a_longer_forecast_begins_as_a_shorter_one() -> None:
    assert years(trust(), horizon=5)[:3] == years(trust(), horizon=3)


def test_the_same_events_give_the_same_forecast_to_the_bit() -> None:
    told = tell(2)
    records = stored(told.history())
    question = replace(QUESTION, post_type=told.post_type)

    one, same, later = (answered(question, Basis(records, index), told.on) for index in (41, 41, 42))

    assert one == same
    assert (one.posts_known, one.readiness_known, len(one.years)) == (True, True, 3)
    assert one.seed != later.seed


def test_a_seed_that_is_given_is_taken() -> None:
    assert answered(replace(QUESTION, seed=7), Basis((), -1), ON).seed == 7


def test_what_a_trust_has_not_recorded_is_not_forecast() -> None:
    nothing = answered(QUESTION, Basis((), -1), ON)
    told = tell(3)
    posts = [event for event in told.history() if type(event).__name__ == "CriticalPostRegistered"]
    only_posts = answered(QUESTION, Basis(stored(posts), 9), told.on)

    assert (nothing.posts_known, nothing.readiness_known, nothing.years) == (False, False, ())
    assert (only_posts.posts_known, only_posts.readiness_known, only_posts.years) == (True, False, ())


def test_little_history_gives_a_wide_interval_and_no_error() -> None:
    little = trust({HEAD: heads(post_years=20, vacancies=2)}, [{HEAD: "ready_now"}] * 2)
    much = trust(
        {HEAD: heads(post_years=400, vacancies=40)},
        [{HEAD: "ready_now"}] * 2,
        entering_years=20.0,
        entries=Counter({(HEAD, "1_year"): 20}),
    )

    assert width(years(little)[0]) > width(years(much)[0]) > 0
    assert all(width(later) > width(sooner) for sooner, later in pairwise(years(little, horizon=5)))


def test_a_trust_that_loses_many_heads_needs_many() -> None:
    few = years(trust({HEAD: heads(post_years=100, vacancies=2)}))[0]
    many = years(trust({HEAD: heads(post_years=100, vacancies=30)}))[0]

    assert few.demand_hundredths < 200
    assert many.demand_hundredths > 450


def test_a_type_without_history_of_its_own_learns_from_the_others() -> None:
    shared = [{HEAD: "not_ready", DEPUTY: "not_ready"}]
    calm = trust({HEAD: heads(), DEPUTY: heads(post_years=200, vacancies=4)}, shared)
    restless = trust({HEAD: heads(), DEPUTY: heads(post_years=200, vacancies=60)}, shared)

    assert years(calm)[0].demand_hundredths < years(restless)[0].demand_hundredths


def test_scenarios_differ_by_the_schools_that_join() -> None:
    schools = Schools(members=frozenset(f"{900_001 + n}" for n in range(20)), joined=15, joining_years=5)
    history = trust({HEAD: heads(post_years=100, vacancies=15)}, schools=schools)

    low, expected, high = (years(history, s, horizon=5)[-1].demand_hundredths for s in ("low", "expected", "high"))

    assert low < expected < high


def test_what_is_expected_mostly_comes_about() -> None:
    before, then, after = years(trust({HEAD: heads(post_years=10_000.0, leaving=[date(2028, 9, 1)] * 10)}))

    assert (before.demand_hundredths, after.demand_hundredths) == (0, 0)
    assert 800 < then.demand_hundredths < 1_000


def test_who_is_ready_is_supply_and_who_nearly_is_follows() -> None:
    quiet = {HEAD: heads(post_years=10_000.0, vacancies=0)}

    now = years(trust(quiet, [{HEAD: "ready_now"}] * 20))
    soon = years(trust(quiet, [{HEAD: "1_year"}] * 20))
    late = years(trust(quiet, [{HEAD: "4_5_years"}] * 20))

    assert now[0].supply_hundredths > soon[0].supply_hundredths > late[0].supply_hundredths
    assert late[0].supply_hundredths < late[2].supply_hundredths
    assert now[0].gap_hundredths < -1_000


def test_who_is_known_to_leave_is_no_supply_after_their_last_day() -> None:
    history = trust({HEAD: heads(post_years=10_000.0, vacancies=0)}, [{HEAD: "ready_now"}] * 20)
    for_good = tuple(replace(leader, last_day=date(2028, 8, 31)) for leader in history.ladder.leaders)
    history.ladder.leaders = for_good

    first, second, _ = years(history)

    assert first.supply_hundredths > 1_000
    assert second.supply_hundredths < 500  # those who are new


def test_more_people_at_the_senior_stages_become_more_leaders() -> None:
    known: dict[str, Any] = {"senior_years": 100.0, "counted_years": 5.0, "below": 0, "arrived": 12, "left": 12}
    entries: dict[str, Any] = {"entries": Counter({(HEAD, "ready_now"): 10}), "entering_years": 5.0}

    few = years(trust(stages=Stages(senior=10, **known), **entries))[-1]
    many = years(trust(stages=Stages(senior=60, **known), **entries))[-1]

    assert few.supply_hundredths < many.supply_hundredths


def test_a_trust_whose_leaders_have_all_gone_has_none_but_new_ones() -> None:
    assert years(trust(leaders=()))[0].supply_hundredths < 500


# Each leader counts once

_TYPES = 3
_ready = st.lists(st.lists(st.booleans(), min_size=_TYPES, max_size=_TYPES), max_size=6)
_few = st.lists(st.integers(0, 3), min_size=_TYPES, max_size=_TYPES)


def by_trying(ready: Sequence[Sequence[bool]], demand: Sequence[int]) -> int:
    """The size of the largest matching, one leader after the other."""
    if not ready:
        return 0
    leader, others = ready[0], ready[1:]
    found = by_trying(others, demand)
    for kind, able in enumerate(leader):
        if able and demand[kind]:
            found = max(found, 1 + by_trying(others, [n - (k == kind) for k, n in enumerate(demand)]))
    return found


def arrays(ready: list[list[bool]], newcomers: list[int], demand: list[int]) -> tuple[Any, Any, Any]:
    """One run."""
    return np.array([ready], dtype=bool).reshape(1, len(ready), _TYPES), np.array([newcomers]), np.array([demand])


@over(ready=_ready, newcomers=_few, demand=_few)
def test_as_many_vacancies_are_filled_as_can_be(
    ready: list[list[bool]], newcomers: list[int], demand: list[int]
) -> None:
    everybody = [*ready, *([k == kind for k in range(_TYPES)] for kind, n in enumerate(newcomers) for _ in range(n))]

    assert most_filled(*arrays(ready, newcomers, demand))[0] == by_trying(everybody, demand)


@over(ready=_ready, newcomers=_few, demand=_few)
def test_who_is_spared_is_whom_the_other_vacancies_do_not_need(
    ready: list[list[bool]], newcomers: list[int], demand: list[int]
) -> None:
    [spared] = spare(*arrays(ready, newcomers, demand))
    everybody = [*ready, *([k == kind for k in range(_TYPES)] for kind, n in enumerate(newcomers) for _ in range(n))]
    filled_first = by_trying(everybody, [0, *demand[1:]])
    filled_with_ours = by_trying(everybody, [len(everybody), *demand[1:]])

    assert spared == filled_with_ours - filled_first


@pytest.mark.parametrize(("demand", "spared"), [([0, 0, 0], 2), ([0, 1, 0], 2), ([0, 2, 0], 1), ([0, 2, 1], 0)])
def test_a_leader_who_is_ready_for_two_is_spared_while_others_fill_the_other(demand: list[int], spared: int) -> None:
    ready = [[True, True, False], [True, False, True], [False, True, False]]

    assert spare(*arrays(ready, [0, 0, 0], demand))[0] == spared
