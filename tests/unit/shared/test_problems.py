"""What a caller is told when the database goes away: that nobody knows, and never that nothing was changed."""

from __future__ import annotations

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from shared import problems
from shared.identity import IssuerUnreachable


async def answer_to(failure: Exception) -> httpx.Response:
    """What a door answers that fails like this."""
    app = FastAPI()
    problems.install(app, "talent")

    @app.post("/events")
    async def door() -> None:
        raise failure

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        return await client.post("/events")


@pytest.mark.parametrize(
    "failure",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.AdminShutdownError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.InterfaceError("connection is closed"),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_what_passes_by_itself_is_unavailable(failure: Exception) -> None:
    answer = await answer_to(failure)

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"
    assert "under the same id" in answer.json()["detail"]


async def test_a_defect_is_unexpected_and_promises_nothing() -> None:
    answer = await answer_to(KeyError("a defect"))

    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert "Nothing was changed" not in answer.text


async def test_whose_token_nobody_can_check_now_is_told_to_come_again() -> None:
    answer = await answer_to(IssuerUnreachable())

    assert (answer.status_code, answer.json()["code"]) == (503, "issuer_unreachable")
