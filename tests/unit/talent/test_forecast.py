"""A forecast is recorded once, and only where there is something to make it from."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.forecast import Forecast, ForecastSkillsGap, forecast, forecast_stream
from shared.contracts.talent.posts import SkillsGapForecast, YearForecast
from tests.unit.given import given, refused
from tests.unit.repeats import after, twice_each

YEAR = YearForecast(
    academic_year_starts_on=date(2027, 9, 1),
    demand_hundredths=300,
    supply_hundredths=200,
    gap_hundredths=100,
    gap_low_hundredths=-50,
    gap_high_hundredths=250,
)
ASK = ForecastSkillsGap(
    forecast_id=UUID(int=1),
    trustuid="99001",
    scenario="expected",
    post_type="headteacher",
    horizon_years=3,
    posts_known=True,
    readiness_known=True,
    years=(YEAR, replace(YEAR, academic_year_starts_on=date(2028, 9, 1))),
    seed=7,
    basis_logindex=41,
    forecast_on=date(2026, 11, 22),
)
MADE = SkillsGapForecast(
    forecast_id=UUID(int=1),
    trustuid="99001",
    scenario="expected",
    post_type="headteacher",
    horizon_years=3,
    years=ASK.years,
    seed=7,
    basis_logindex=41,
    forecast_on=date(2026, 11, 22),
)


def test_a_forecast_is_made() -> None:
    assert given(forecast)(ASK) == [MADE]


def test_it_has_a_stream_of_its_own() -> None:
    assert forecast_stream(UUID(int=1)) == "forecast-00000000-0000-0000-0000-000000000001"


def test_asked_again_it_stands_even_if_the_answer_would_be_another_by_now() -> None:
    when = given(forecast, MADE)

    assert when(ASK) == []
    assert when(replace(ASK, basis_logindex=99, seed=8, years=(YEAR,), forecast_on=date(2026, 12, 1))) == []
    assert when(replace(ASK, posts_known=False, years=())) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(ASK, scenario="high"),
        replace(ASK, post_type="deputy_headteacher"),
        replace(ASK, horizon_years=5),
        replace(ASK, trustuid="99002"),
    ],
)
def test_an_id_names_one_forecast(other: ForecastSkillsGap) -> None:
    with refused("forecast_exists", "/forecast_id"):
        given(forecast, MADE)(other)


def test_without_posts_there_is_nothing_to_forecast() -> None:
    with refused("no_posts_of_this_type", "/post_type"):
        given(forecast)(replace(ASK, posts_known=False, readiness_known=False, years=()))


def test_readiness_that_is_not_known_is_not_nobody() -> None:
    with refused("readiness_not_known", "/post_type"):
        given(forecast)(replace(ASK, readiness_known=False, years=()))


_asks = st.builds(
    replace,
    st.just(ASK),
    post_type=st.sampled_from(("headteacher", "deputy_headteacher")),
    posts_known=st.booleans(),
    readiness_known=st.booleans(),
    seed=st.integers(0, 3),
)


@over(st.lists(_asks, max_size=8))
def test_repeats_change_nothing_and_there_is_one_forecast_a_stream(asks: list[ForecastSkillsGap]) -> None:
    once, _ = after(forecast, asks)
    again, _ = after(forecast, twice_each(asks))

    assert once == again
    first = next((ask for ask in asks if ask.posts_known and ask.readiness_known), None)
    assert once == (
        Forecast() if first is None else Forecast(made=replace(MADE, post_type=first.post_type, seed=first.seed))
    )
