"""How the refusals of CPD's doors themselves are provoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import Trust
from tests.integration.stories.doors import Door
from tests.integration.stories.provoking import Provoke
from tests.support.writer import TRUST


def _programme() -> dict[str, Any]:
    fields = {"programme_id": str(uuid4()), "trustuid": TRUST, "title": "Stepping up", "kind": "course"}
    return {**fields, "cost_pence": 0}


async def _says_of(trust: Trust, person_id: str) -> str:
    held = {"person_id": person_id, "course": "npq-headship", "awarded_on": "2019-07-01", "evidence": "A letter."}
    return await trust.cannot("cpd", "/qualifications", held)


async def _person_erased(trust: Trust) -> str:
    return await _door.person_erased(trust, _says_of, await trust.employs())


async def _person_unknown(trust: Trust) -> str:
    return await _says_of(trust, str(uuid4()))


_door = Door("cpd", "/programmes", "ProgrammePublished", _programme)
provoked: Mapping[str, Provoke] = {
    **_door.provoked(),
    "person_erased": _person_erased,
    "person_unknown": _person_unknown,
}
