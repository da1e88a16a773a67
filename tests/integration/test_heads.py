"""A server of ours, on a real socket: a head that never ends is given up; a request that comes in parts is served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request

from deploy.local.ports import free_port
from shared.runtime import head
from shared.runtime.head import BoundedHead
from tests.support.serving import serving

pytestmark = pytest.mark.timeout(60)

HEAD = b"POST /read HTTP/1.1\r\nhost: here\r\n"


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(head, "head_seconds", 0.5)
    app = FastAPI()

    @app.post("/read")
    async def read(request: Request) -> int:
        return len(await request.body())

    number = free_port()
    async with serving(app, number, http=BoundedHead, timeout_keep_alive=5):
        yield number


async def answer(port: int, parts: list[bytes], pause: float = 0.0) -> bytes:
    """What the server says to a request in parts, until it ends the connection or has answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b""
    try:
        async with asyncio.timeout(10):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
            while not said.endswith((b"\r\n\r\n5", b".")) and (more := await reader.read(4_096)):
                said += more
    except ConnectionError:
        pass  # it was ended while we still wrote
    finally:
        writer.close()
    return said


@pytest.mark.parametrize(
    "begun", [[], [HEAD], [HEAD + b"content-length: 0\r\n"]], ids=["nothing", "a line", "two lines"]
)
async def test_a_head_that_does_not_end_is_given_up(port: int, begun: list[bytes]) -> None:
    said = await answer(port, begun)

    assert said[:12] == (b"HTTP/1.1 400" if begun else b"")


async def test_a_head_that_comes_drop_by_drop_is_given_up(port: int) -> None:
    drops = [HEAD, *(f"x-{number}: 1\r\n".encode() for number in range(20))]

    assert (await answer(port, drops, pause=0.1))[:12] in {b"HTTP/1.1 400", b""}


async def test_a_head_that_grows_is_given_up(port: int) -> None:
    assert (await answer(port, [HEAD + b"x-long: ", *[b"a" * 32_768] * 8]))[:12] in {b"HTTP/1.1 400", b""}


async def test_a_request_in_parts_is_served_and_the_next_one_on_the_same_connection_too(port: int) -> None:
    """And the time a body takes is not the head's."""
    one = [HEAD, b"content-length: 5\r\n\r\n", b"12", b"345"]
    close = [HEAD, b"connection: close\r\n", b"content-length: 5\r\n\r\n", b"12", b"345"]
    slow_body = [HEAD + b"content-length: 5\r\n\r\n1", b"2", b"3", b"4", b"5"]

    assert (await answer(port, [*one, *close], pause=0.05)).count(b"200 OK") == 2
    assert (await answer(port, slow_body, pause=0.2)).endswith(b"5")
