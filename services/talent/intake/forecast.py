"""Asking for a forecast: the trust's history is read and played out before it is decided whether the figures stand.

There is no claim of it: nobody but this service says what it forecasts.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Annotated

from annotated_types import Ge, Le

from services.talent.domain.forecast import ForecastSkillsGap, forecast, forecast_stream
from services.talent.forecast import model
from services.talent.forecast.history import history_of
from services.talent.forecast.reading import Basis, basis_of
from shared.clock import Clock, today
from shared.contracts import canonical
from shared.contracts.talent.posts import Horizon, Scenario
from shared.contracts.vocabulary import Code, Id, TrustUid
from shared.eventstore import Act, Context, EventStore, act
from shared.intake import Admission

Seed = Annotated[int, Ge(0), Le(2**53 - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What will the trust be short of? Without a seed it follows from the question and the events."""

    forecast_id: Id
    trustuid: TrustUid
    scenario: Scenario = "expected"
    post_type: Code
    horizon_years: Horizon
    seed: Seed | None = None


def forecast_skills_gap(c: ForecastSkillsGap, context: Context) -> Act:
    """Forecast what the trust will be short of: posts of one type that fall vacant, less the leaders who are ready."""
    return act(forecast, forecast_stream(c.forecast_id), c, context)


async def look_up(store: EventStore, clock: Clock, asked: Question, context: Context) -> ForecastSkillsGap:
    """The question with the figures, from the events of the sender's trust."""
    basis = await basis_of(store, context.trustuid)
    return await asyncio.to_thread(answered, asked, basis, today(clock.now()))


def answered(asked: Question, basis: Basis, on: date) -> ForecastSkillsGap:
    """The question with the figures. Pure: the same events, day and seed give the same."""
    history = history_of(basis.events(), on)
    posts = history.posts.get(asked.post_type)
    posts_known = posts is not None and posts.posts > 0
    readiness_known = asked.post_type in history.ladder.assessed
    seed = seed_of(asked, basis) if asked.seed is None else asked.seed
    years = (
        model.forecast(history, asked.post_type, asked.scenario, asked.horizon_years, seed)
        if posts_known and readiness_known
        else ()
    )
    return ForecastSkillsGap(
        forecast_id=asked.forecast_id,
        trustuid=asked.trustuid,
        scenario=asked.scenario,
        post_type=asked.post_type,
        horizon_years=asked.horizon_years,
        posts_known=posts_known,
        readiness_known=readiness_known,
        years=years,
        seed=seed,
        basis_logindex=basis.logindex,
        forecast_on=on,
    )


def seed_of(asked: Question, basis: Basis) -> int:
    """The horizon is not part of it: of a longer forecast the first years are those of a shorter one."""
    content = [asked.trustuid, asked.post_type, asked.scenario, basis.logindex]
    return int.from_bytes(sha256(canonical.dumps(content)).digest()[:6])


commands: dict[str, Admission] = {
    "/forecasts": Admission(Question, forecast_skills_gap, trust_only=True, look_up=look_up)
}
