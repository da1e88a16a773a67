"""How each refusal about one-to-ones is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.integration.stories.coaching import (
    LAST_YEAR,
    TOMORROW,
    YESTERDAY,
    appointment,
    conversation,
    has_template,
    manages,
)
from tests.integration.stories.conftest import Trust
from tests.integration.stories.provoking import Provoke
from tests.support.writer import TRUST

LONG_AGO = "2019-09-01"


async def topic_twice(trust: Trust) -> str:
    return await _cannot_set(trust, uuid4().hex[:8], topics=["Workload", "Workload"])


async def before_the_latest_version(trust: Trust) -> str:
    return await _cannot_set(trust, await has_template(trust), from_on=LONG_AGO)


async def one_to_one_exists(trust: Trust) -> str:
    planned = await _planned(trust)
    await trust.does("collaboration", "/one-to-ones", planned)
    return await trust.cannot("collaboration", "/one-to-ones", {**planned, "planned_on": LAST_YEAR})


async def alone(trust: Trust) -> str:
    somebody = await trust.employs()
    return await trust.cannot(
        "collaboration", "/one-to-ones", appointment(somebody, somebody, await has_template(trust))
    )


async def not_the_line_manager(trust: Trust) -> str:
    said = appointment(await trust.employs(), await trust.employs(), await has_template(trust))
    return await trust.cannot("collaboration", "/one-to-ones", said)


async def template_unknown(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/one-to-ones", {**await _planned(trust), "template": "no-such"})


async def one_to_one_unknown(trust: Trust) -> str:
    return await _cannot_hold(trust, await _planned(trust))


async def other_than_scheduled(trust: Trust) -> str:
    planned = await _planned(trust)
    await trust.does("collaboration", "/one-to-ones", planned)
    return await _cannot_hold(trust, planned, leader_id=await trust.employs())


async def one_to_one_held(trust: Trust) -> str:
    planned = await _planned(trust)
    await trust.does("collaboration", "/one-to-ones", planned)
    await trust.does("collaboration", f"/one-to-ones/{planned['one_to_one_id']}/hold", conversation(planned))
    return await _cannot_hold(trust, planned, topics=[])


async def next_before_this(trust: Trust) -> str:
    planned = await _planned(trust)
    await trust.does("collaboration", "/one-to-ones", planned)
    return await _cannot_hold(trust, planned, next_on=YESTERDAY)


async def topic_of_no_template(trust: Trust) -> str:
    planned = await _planned(trust)
    await trust.does("collaboration", "/one-to-ones", planned)
    return await _cannot_hold(trust, planned, topics=["Weather"])


async def in_the_future(trust: Trust) -> str:
    planned = await _planned(trust)
    await trust.does("collaboration", "/one-to-ones", planned)
    return await _cannot_hold(trust, planned, held_on=TOMORROW)


async def _planned(trust: Trust) -> dict[str, Any]:
    manager, leader = await trust.employs(), await trust.employs()
    await manages(trust, manager, leader)
    return appointment(leader, manager, await has_template(trust))


async def _cannot_hold(trust: Trust, planned: dict[str, Any], **more: Any) -> str:
    path = f"/one-to-ones/{planned['one_to_one_id']}/hold"
    return await trust.cannot("collaboration", path, conversation(planned, **more))


async def _cannot_set(trust: Trust, template: str, **more: Any) -> str:
    said = {"trustuid": TRUST, "template": template, "topics": ["Workload"], "from_on": LAST_YEAR, **more}
    return await trust.cannot("collaboration", "/one-to-one-templates", said)


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        topic_twice,
        before_the_latest_version,
        one_to_one_exists,
        alone,
        not_the_line_manager,
        template_unknown,
        one_to_one_unknown,
        other_than_scheduled,
        one_to_one_held,
        next_before_this,
        topic_of_no_template,
        in_the_future,
    )
}
