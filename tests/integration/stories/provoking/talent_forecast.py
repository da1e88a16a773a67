"""How each refusal of a forecast is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.conftest import Trust
from tests.integration.stories.provoking import Provoke
from tests.support.forecasts import a_type, forecastable, posts, question, recorded


async def _no_posts_of_this_type(trust: Trust) -> str:
    return await trust.cannot("talent", "/forecasts", question(a_type()))


async def _readiness_not_known(trust: Trust) -> str:
    post_type = a_type()
    await recorded(trust.writers["talent"].place, *posts(post_type, [uuid4()]))
    return await trust.cannot("talent", "/forecasts", question(post_type))


async def _forecast_exists(trust: Trust) -> str:
    asked = question(await forecastable(trust.writers["talent"].place))
    await trust.does("talent", "/forecasts", asked)
    return await trust.cannot("talent", "/forecasts", {**asked, "horizon_years": 5})


provoked: Mapping[str, Provoke] = {
    "no_posts_of_this_type": _no_posts_of_this_type,
    "readiness_not_known": _readiness_not_known,
    "forecast_exists": _forecast_exists,
}
