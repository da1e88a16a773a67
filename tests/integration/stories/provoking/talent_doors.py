"""How the refusals of talent's doors themselves are provoked."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.integration.stories.conftest import Trust
from tests.integration.stories.doors import Door
from tests.integration.stories.provoking import Provoke
from tests.support.writer import person

_door = Door("talent", "/persons", "PersonRegistered", person)


async def _person_erased(trust: Trust) -> str:
    async def register(trust: Trust, person_id: str) -> str:
        return await trust.cannot("talent", "/persons", person(person_id))

    return await _door.person_erased(trust, register, str(uuid4()))


async def _not_for_operators(trust: Trust) -> str:
    talent = trust.writers["talent"]
    asked = await talent.client.get(
        "/register/members", headers={"authorization": f"Bearer {talent.place.token('operator')}"}
    )
    code: str = asked.json()["code"]
    return code


provoked: Mapping[str, Provoke] = {
    **_door.provoked(),
    "person_erased": _person_erased,
    "not_for_operators": _not_for_operators,
}
