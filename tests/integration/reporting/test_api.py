"""The reports over HTTP, and the stream of positions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.reporting import api
from services.reporting.composition import Reporting
from shared import problems
from tests.integration.reporting.world import World, Writer


async def _names(conn: Any, *, at: datetime, school: str | None) -> list[dict[str, Any]]:
    rows = await conn.fetch("select stream, name, version from latest order by 1")
    return [{**dict(row), "at": at.isoformat(), "school": school, "version__events": [UUID(int=1)]} for row in rows]


_NAMES = """What is called what?

- stream, name: which, and
  what it is called
- version: how often
- at, school: as asked for
"""
REPORTS: Any = {"names": SimpleNamespace(needs=("names",), rows=_names, title="Names", __doc__=_NAMES)}


@pytest.fixture
async def running(world: World) -> AsyncIterator[Reporting]:
    async with world.running() as reporting:
        yield reporting


@pytest.fixture
async def client(running: Reporting) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app, "reporting")
    app.include_router(api.router(running.reading, REPORTS, running.feed))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting") as client:
        yield client


async def test_a_report_as_json(world: World, client: httpx.AsyncClient) -> None:
    await world.send(Writer().many(4, streams=2))
    await world.reaches({"talent": 3})

    now = (await client.get("/reports/names.json", params={"school": "123456"})).json()
    then = (await client.get("/reports/names.json", params={"as_of": "event:talent:1"})).json()

    assert (now["model"], now["as_of"], now["position"]) == ("names", None, {"talent": 3})
    assert [(row["stream"], row["version"], row["school"]) for row in now["rows"]] == [
        ("talent-0", 2, "123456"),
        ("talent-1", 2, "123456"),
    ]
    assert (then["as_of"], then["position"]) == ("event:talent:1", {"talent": 1})
    assert [row["version"] for row in then["rows"]] == [1, 1]
    assert then["rows"][0]["at"] == datetime(2026, 9, 1, 8, 1, tzinfo=UTC).isoformat()


async def test_only_rows_with_some_value(world: World, client: httpx.AsyncClient) -> None:
    await world.send(Writer().many(3, streams=2))
    await world.reaches({"talent": 2})

    async def found(**only: str) -> list[tuple[str, int]]:
        answer = await client.get("/reports/names.json", params=only)
        return [(row["stream"], row["version"]) for row in answer.raise_for_status().json()["rows"]]

    assert await found(version="1") == [("talent-1", 1)]
    assert await found(version="2", stream="talent-0", school="123456") == [("talent-0", 2)]
    assert await found(version="2", stream="talent-1") == []
    csv_rows = (await client.get("/reports/names.csv", params={"stream": "talent-1"})).text.splitlines()
    assert csv_rows[0] == '"stream","name","version","at","school"'
    assert len(csv_rows) == 2


@pytest.mark.parametrize("column", ["nonsense", "version__events"])
async def test_a_column_that_the_report_does_not_have(world: World, client: httpx.AsyncClient, column: str) -> None:
    await world.send(Writer().many(1, streams=1))
    await world.reaches({"talent": 0})

    answer = await client.get("/reports/names.json", params={column: "1", "version": "1"})

    assert (answer.status_code, answer.json()["code"]) == (400, "filter_unknown")
    assert answer.json()["errors"] == [{"pointer": f"/{column}", "message": "Not a column of this report."}]
    assert "stream, name, version, at, school" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/reports/nothing.json", 404, "report_unknown"),
        ("/reports/nothing.csv", 404, "report_unknown"),
        ("/reports/nothing.xlsx", 404, "report_unknown"),
        ("/reports/names.json?school=12", 400, "school_unreadable"),
        ("/reports/names.json?school=0123456", 400, "school_unreadable"),
        ("/reports/names.json?as_of=soon", 400, "as_of_unreadable"),
    ],
)
async def test_a_refusal_is_a_problem(client: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert status != 404 or answer.json()["models"] == ["names"]


async def test_pages_hear_that_the_ledger_moved(world: World, running: Reporting) -> None:
    writer = Writer()
    listeners = [running.feed.positions() for _ in range(3)]
    first = [json.loads((await anext(listener))["data"]) for listener in listeners]
    assert first == [{"position": {}}] * 3

    await world.send(writer.many(10, streams=2))
    async with asyncio.timeout(10):
        while True:
            heard = [json.loads((await anext(listener))["data"]) for listener in listeners]
            if heard == [{"position": {"talent": 9}}] * 3:
                break
    for listener in listeners:
        await listener.aclose()
