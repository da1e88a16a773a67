"""Every operation that a writer describes, asked by everybody: who is let in, as the one table of rights says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, get_args
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.description import WRITERS
from shared.identity import Principal, Role, reach
from shared.identity.rights import ASKS_FOR
from tests.stack import Stack
from tests.support.writer import Place, inside, place

OWN = "900001"
OPEN = {"operations", "documents", "clients"}
"""What these tell is nobody's; and where a client gets its token, its secret is the proof."""

Writer = tuple[Place, httpx.AsyncClient]


@pytest.fixture(scope="module", params=WRITERS, ids=lambda service: service.name)
async def writer(request: pytest.FixtureRequest, stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Writer]:
    assert roles
    async with place(stack, request.param, kafka_runs=False) as here, inside(here) as client:
        yield here, client


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        yield from ((method.upper(), path, operation) for method, operation in methods.items())


def filled(path: str) -> str:
    """A path with ids in the places of what it names."""
    parts = (str(UUID(int=1)) if part.startswith("{") else part for part in path.split("/"))
    return "/".join(parts)


async def test_every_operation_lets_in_whom_the_table_names(writer: Writer) -> None:
    here, client = writer
    document = (await client.get("/openapi.json")).json()
    wrong = []
    for method, path, operation in operations(document):
        if OPEN.issuperset(operation["tags"]):
            continue
        deed = operation.get(ASKS_FOR)
        assert deed, f"{method} {path} does not say what it asks for"
        for role in (None, *get_args(Role)):
            status = await asked(here, client, method, path, role)
            let_in = role is not None and reach(Principal("", frozenset({role}), ""), deed) is not None
            out = 401 if role is None else 404 if path == "/events/{event_id}" else 403
            if (status == out) is let_in and (path != "/events/{event_id}" or role is None):
                wrong.append((method, path, role, status))

    assert wrong == []


async def asked(here: Place, client: httpx.AsyncClient, method: str, path: str, role: Role | None) -> int:
    """How it is answered."""
    proof = {} if role is None else {"authorization": f"Bearer {here.token(role, urns=(OWN,))}"}
    query = {"source": "/mis", "urn": OWN, "from": "0"} if method == "GET" else {}
    headers = {"idempotency-key": str(uuid4()), **proof}
    answer = await client.request(method, filled(path), params=query, headers=headers, content=b"{}")
    assert answer.status_code < 500, (method, path, role)
    return answer.status_code
