"""A forecast of what a trust will be short of. The figures are worked out outside: here it is decided if they stand."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.talent.posts import Horizon, Scenario, SkillsGapForecast, YearForecast
from shared.contracts.vocabulary import Code, Day, Id, TrustUid
from shared.decider import Decider, Rejected


def forecast_stream(forecast_id: Id) -> str:
    return f"forecast-{forecast_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastSkillsGap:
    """What was asked, and what the trust's history says to it.

    Attributes:
        posts_known, readiness_known: whether it has any post of the type, and anybody's readiness for one.
        years: the figures; none where one of the two is missing.
    """

    forecast_id: Id
    trustuid: TrustUid
    scenario: Scenario
    post_type: Code
    horizon_years: Horizon
    posts_known: bool
    readiness_known: bool
    years: tuple[YearForecast, ...]
    seed: int
    basis_logindex: int
    forecast_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    made: SkillsGapForecast | None = None


def decide(c: ForecastSkillsGap, state: Forecast) -> list[SkillsGapForecast]:
    if state.made is not None:
        return _again(c, state.made)
    if not c.posts_known:
        raise Rejected(
            "no_posts_of_this_type",
            "Register the trust's critical posts of this type first: what falls vacant is forecast from them.",
            field="/post_type",
        )
    if not c.readiness_known:
        raise Rejected(
            "readiness_not_known",
            "Record first how ready leaders are for this type of post, with two assessors: not known is not nobody.",
            field="/post_type",
        )
    return [
        SkillsGapForecast(
            forecast_id=c.forecast_id,
            trustuid=c.trustuid,
            scenario=c.scenario,
            post_type=c.post_type,
            horizon_years=c.horizon_years,
            years=c.years,
            seed=c.seed,
            basis_logindex=c.basis_logindex,
            forecast_on=c.forecast_on,
        )
    ]


def _again(c: ForecastSkillsGap, made: SkillsGapForecast) -> list[SkillsGapForecast]:
    """The same question under the same id is answered already, even if the answer would be another by now."""
    asked = (c.trustuid, c.scenario, c.post_type, c.horizon_years)
    if asked == (made.trustuid, made.scenario, made.post_type, made.horizon_years):
        return []
    raise Rejected(
        "forecast_exists",
        "This id belongs to a forecast of something else: give a new forecast an id of its own.",
        field="/forecast_id",
    )


def evolve(_state: Forecast, event: SkillsGapForecast) -> Forecast:
    return Forecast(made=event)


forecast: Decider[ForecastSkillsGap, Forecast, SkillsGapForecast] = Decider(Forecast(), decide, evolve)
