"""How the refusals of collaboration's doors themselves are provoked."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.coaching import appointment, conversation, has_template, manages
from tests.integration.stories.conftest import Trust
from tests.integration.stories.doors import Door
from tests.integration.stories.looping import focus
from tests.integration.stories.practising import group
from tests.integration.stories.provoking import Provoke


async def _person_erased(trust: Trust) -> str:
    manager, leader = await trust.employs(), await trust.employs()
    await manages(trust, manager, leader)
    planned = appointment(leader, manager, await has_template(trust))
    await trust.does("collaboration", "/one-to-ones", planned)
    path = f"/one-to-ones/{planned['one_to_one_id']}/hold"

    async def speak_of(trust: Trust, _: str) -> str:
        return await trust.cannot("collaboration", path, conversation(planned, content="They want to lead a school."))

    return await _door.person_erased(trust, speak_of, leader)


async def _person_unknown(trust: Trust) -> str:
    members = [str(uuid4()), await trust.employs()]
    return await trust.cannot("collaboration", "/research-groups", group(members))


_door = Door("collaboration", "/focus-areas", "FocusAreaSet", focus)
provoked: Mapping[str, Provoke] = {
    **_door.provoked(),
    "person_erased": _person_erased,
    "person_unknown": _person_unknown,
}
