"""The turnstile: how much a caller may ask for, how large a request may be, how slowly it may come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from shared import problems
from shared.identity import Doorkeeper, Principal
from shared.runtime import Caller
from shared.runtime.turnstile import Limits, Turnstile, largest_body_bytes
from tests.support.own_issuer import OwnIssuer

USUAL = Limits(client_per_minute=1_000, address_per_minute=1_000, at_once=100, body_seconds=0.2)
LEADER = Principal("leader", frozenset({"trust_leader"}), "99001")


class Hall:
    """An application behind a turnstile."""

    def __init__(self, directory: Path, limits: Limits) -> None:
        self.issuer, self.app = OwnIssuer(directory), FastAPI()
        self.app.add_middleware(Turnstile, doorkeeper=Doorkeeper(self.issuer.verifier), limits=limits)
        problems.install(self.app, "talent")
        self.gate = asyncio.Event()
        self.entered, self.watched = asyncio.Semaphore(0), asyncio.Semaphore(0)

        @self.app.post("/read")
        async def read(request: Request) -> int:
            return len(await request.body())

        @self.app.get("/wait")
        async def wait() -> None:
            self.entered.release()
            await self.gate.wait()

        @self.app.get("/mine")
        async def mine(caller: Caller) -> str:
            return caller.subject

        @self.app.get("/live")
        async def live() -> StreamingResponse:
            async def events() -> AsyncIterator[str]:
                yield "data: 1\n\n"
                self.watched.release()
                await self.gate.wait()
                yield "data: 2\n\n"

            return StreamingResponse(events(), media_type="text/event-stream")

        @self.app.get("/livez")
        async def livez() -> None:
            pass

    def proof(self, who: Principal = LEADER) -> dict[str, str]:
        return self.issuer.proof(who)

    @asynccontextmanager
    async def visitor(self, address: str = "192.0.2.1") -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://hall") as client:
            yield client


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path, USUAL)


def said(response: httpx.Response) -> tuple[int, str]:
    """The status and the code of a refusal, which is problem details."""
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


async def in_parts(parts: Sequence[bytes], pause: float) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
        await asyncio.sleep(pause)


# How large, how slow


async def test_a_body_is_given_up_as_soon_as_it_is_too_large(hall: Hall) -> None:
    """Whether it says so before, or grows."""
    megabyte = b" " * 1024 * 1024
    async with hall.visitor() as visitor:
        fits = await visitor.post("/read", content=megabyte * 4)
        large = await visitor.post("/read", content=megabyte * 4 + b" ")
        growing = await visitor.post("/read", content=in_parts([megabyte] * 5, 0))

    assert (fits.status_code, fits.json()) == (200, largest_body_bytes)
    assert [said(large), said(growing)] == [(413, "too_large")] * 2


async def asgi_request(app: FastAPI, parts: AsyncIterator[bytes]) -> tuple[int, dict[str, str], Any]:
    """One request whose body comes as it is told, and has no end: its status, its headers and its content."""
    answer: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": await anext(parts), "more_body": True}

    async def send(message: Any) -> None:
        answer.append(message)

    scope = {"type": "http", "method": "POST", "path": "/read", "query_string": b"", "http_version": "1.1"}
    await app({**scope, "headers": [], "client": ("192.0.2.1", 1), "scheme": "http"}, receive, send)
    given = {name.decode(): text.decode() for name, text in answer[0]["headers"]}
    return answer[0]["status"], given, json.loads(b"".join(part["body"] for part in answer[1:]))


async def then_nothing(parts: Sequence[bytes]) -> AsyncIterator[bytes]:
    async for part in in_parts(parts, 0.02):
        yield part
    await asyncio.Event().wait()


@pytest.mark.parametrize("parts", [[], [b"{"], [b" "] * 100], ids=["nothing", "a beginning", "drop by drop"])
async def test_a_body_that_does_not_come_is_not_waited_for(hall: Hall, parts: list[bytes]) -> None:
    async with asyncio.timeout(5):
        status, headers, problem = await asgi_request(hall.app, then_nothing(parts))

    assert (status, problem["code"], headers["connection"]) == (408, "too_slow", "close")


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip"])
async def test_nothing_is_taken_compressed(hall: Hall, encoding: str) -> None:
    async with hall.visitor() as visitor:
        packed = await visitor.post("/read", content=b"\x1f\x8b", headers={"content-encoding": encoding})
        plain = await visitor.post("/read", content=b"{}", headers={"content-encoding": "identity"})

    assert (said(packed), packed.headers["accept-encoding"]) == ((415, "encoding_not_offered"), "identity")
    assert plain.status_code == 200


async def test_headers_have_an_end(hall: Hall) -> None:
    async with hall.visitor() as visitor:
        response = await visitor.get("/mine", headers={f"x-{n}": "a" * 1_000 for n in range(40)})

    assert said(response) == (431, "head_too_large")


@pytest.mark.parametrize("name", ["authorization", "x-api-key"])
async def test_who_proves_somebody_twice_is_nobody(hall: Hall, name: str) -> None:
    async with hall.visitor() as visitor:
        response = await visitor.get("/mine", headers=[(name, "one"), (name, "other")])

    assert said(response) == (401, "not_authenticated")
    assert "which of several" in response.json()["detail"]


# How much


async def test_a_caller_asks_so_much_and_no_more_and_others_are_not_touched(tmp_path: Path) -> None:
    """Somebody proven is counted wherever they come from; where nobody is proven, an address is."""
    hall = Hall(tmp_path, Limits(client_per_minute=3, address_per_minute=2, at_once=100))
    other = hall.proof(Principal("another", frozenset({"trust_leader"}), "99001"))
    async with hall.visitor() as one, hall.visitor("192.0.2.2") as two:
        proven = [(await visitor.get("/mine", headers=hall.proof())).status_code for visitor in (one, two, one)]
        beyond = await two.get("/mine", headers=hall.proof())
        unproven = [(await one.get("/mine")).status_code for _ in range(2)]
        beyond_the_address = await one.get("/mine", headers={"authorization": "Bearer nonsense"})
        others = [(await one.get("/mine", headers=other)).status_code, (await two.get("/mine")).status_code]
        well = (await one.get("/livez")).status_code

    assert (proven, unproven, others, well) == ([200] * 3, [401] * 2, [200, 401], 200)
    assert [said(beyond), said(beyond_the_address)] == [(429, "too_many_requests")] * 2
    assert 0 < int(beyond.headers["retry-after"]) <= 60


async def test_an_address_of_a_household_is_one_address(tmp_path: Path) -> None:
    hall = Hall(tmp_path, Limits(client_per_minute=9, address_per_minute=1, at_once=100))
    statuses = []
    for address in ("2001:db8:0:7::1", "2001:db8:0:7:ffff::9", "2001:db8:0:8::1"):
        async with hall.visitor(address) as visitor:
            statuses.append((await visitor.get("/mine")).status_code)

    assert statuses == [401, 429, 401]


async def test_so_many_at_once_and_no_more(tmp_path: Path) -> None:
    """What streams is not counted: a school's staff watch from one address."""
    hall = Hall(tmp_path, Limits(client_per_minute=100, address_per_minute=100, at_once=2))
    async with hall.visitor() as visitor, asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        watching = []
        for _ in range(3):
            watching.append(tasks.create_task(visitor.get("/live")))
            await hall.watched.acquire()
        waiting = [tasks.create_task(visitor.get("/wait")) for _ in range(2)]
        for _ in waiting:
            await hall.entered.acquire()
        beyond = await visitor.get("/wait")
        hall.gate.set()

    assert said(beyond) == (429, "too_many_at_once")
    assert [task.result().status_code for task in (*watching, *waiting)] == [200] * 5
    async with hall.visitor() as visitor:
        assert (await visitor.get("/wait")).status_code == 200  # there is room again


async def test_nobody_waits_for_ever(tmp_path: Path) -> None:
    hall = Hall(tmp_path, Limits(client_per_minute=9, address_per_minute=9, at_once=9, answer_seconds=0.1))
    async with hall.visitor() as visitor:
        response = await visitor.get("/wait")

    assert (said(response), response.headers["retry-after"]) == ((503, "overloaded"), "5")


async def test_an_answer_that_has_begun_takes_its_time(tmp_path: Path) -> None:
    hall = Hall(tmp_path, Limits(client_per_minute=9, address_per_minute=9, at_once=9, answer_seconds=0.1))
    async with hall.visitor() as visitor, asyncio.timeout(5):
        watching = asyncio.create_task(visitor.get("/live"))
        await hall.watched.acquire()
        await asyncio.sleep(0.2)
        hall.gate.set()

        assert (await watching).text == "data: 1\n\ndata: 2\n\n"
