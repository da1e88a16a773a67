"""Every door of every writer that wants to know who is there, and everything forged or stale (docs/faults.md, E1).

Reporting's are asked in tests/integration/reporting/test_access.py.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from deploy.description import WRITERS
from tests.support.forging import FORGED, UNSENDABLE
from tests.support.own_issuer import OwnIssuer

_NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def issuer(tmp_path: Path) -> OwnIssuer:
    return OwnIssuer(tmp_path)


@pytest.fixture
async def apps(issuer: OwnIssuer, tmp_path: Path) -> dict[str, FastAPI]:
    """The writers, put together and not started: whoever is refused gets to no database."""
    master = tmp_path / "master.key"
    master.write_text(b64encode(os.urandom(32)).decode())
    told = {"dsn": _NOWHERE, "vault_dsn": _NOWHERE, "kafka": "localhost:9092", "master_key_file": master}
    return {
        service.name: import_module(service.module).build(
            import_module(f"services.{service.name}.config").Settings(
                service=service.name, port=service.port, issuer_key_file=issuer.public, **told
            )
        )
        for service in WRITERS
    }


def doors(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of what wants a token."""
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            if operation.get("security"):
                yield method, path


async def refused(app: FastAPI, tokens: Sequence[str]) -> set[str]:
    """Each token at one door at least, and each door with one at least: what the refusals tell."""
    wanted = list(doors(app))
    told: set[str] = set()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        for n in range(max(len(wanted), len(tokens))):
            method, path = wanted[n % len(wanted)]
            bearer = {"authorization": f"Bearer {tokens[n % len(tokens)]}"}
            answer = await client.request(method, path, headers=bearer)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), path
            told.add(f"{answer.json()['code']}: {answer.json()['detail']}")
    return told


async def test_whatever_is_forged_is_refused_at_every_door_and_nobody_learns_why(
    apps: dict[str, FastAPI], issuer: OwnIssuer
) -> None:
    forge = issuer.forge()
    tokens = [make(forge) for wrong, make in FORGED.items() if wrong not in UNSENDABLE]

    for app in apps.values():
        assert await refused(app, tokens) == TOLD


async def test_two_headers_are_refused_whichever_is_good(apps: dict[str, FastAPI], issuer: OwnIssuer) -> None:
    forge = issuer.forge()
    good, forged = (f"Bearer {token}" for token in (forge.token(), forge.stranger().token()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(apps["talent"]), base_url="http://service") as client:
        for both in ((good, forged), (forged, good), (good, good)):
            answer = await client.get("/register/members", headers=[("authorization", said) for said in both])
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


_unfit = "This token is not one that this platform takes: ask your provider for a new one, made for this platform."
TOLD = {"not_authenticated: The token has expired: ask for a new one.", f"not_authenticated: {_unfit}"}
