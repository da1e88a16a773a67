"""What the proxy does to a link, seen from both of its ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.proxy import Appends, Produces, Proxy, proxy
from tests.stack import until

received: list[bytes] = []


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(1024):
        received.append(piece)
        writer.write(piece.upper())
        await writer.drain()
    writer.close()


@pytest.fixture
async def link() -> AsyncIterator[tuple[Proxy, asyncio.StreamReader, asyncio.StreamWriter]]:
    """A proxy before somebody who answers in capitals, and a client of it."""
    received.clear()
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with proxy(server.sockets[0].getsockname()[1]) as between, connected(between) as (reader, writer):
        yield between, reader, writer
    server.close()


@asynccontextmanager
async def connected(between: Proxy) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", between.port)
    yield reader, writer
    writer.transport.abort()


Link = tuple[Proxy, asyncio.StreamReader, asyncio.StreamWriter]


async def test_it_passes_what_is_said(link: Link) -> None:
    _, reader, writer = link
    writer.write(b"hello")

    assert await reader.readexactly(5) == b"HELLO"


async def test_held_nothing_comes_through_until_it_is_healed(link: Link) -> None:
    between, reader, writer = link
    between.hold()
    writer.write(b"hello")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(5), 0.2)
    assert received == []

    between.heal()

    assert await reader.readexactly(5) == b"HELLO"


@pytest.mark.parametrize(("what", "value"), [("delay", 0.15), ("rate", 50)])
async def test_it_slows_down(link: Link, what: str, value: float) -> None:
    between, reader, writer = link
    setattr(between, what, value)
    began = time.monotonic()
    writer.write(b"0123456789")
    await reader.readexactly(10)

    assert time.monotonic() - began >= 0.3  # both ways: twice the delay, and twice ten bytes at fifty a second


async def test_half_closed_the_client_hears_the_end_and_is_still_heard(link: Link) -> None:
    between, reader, writer = link
    writer.write(b"one")
    await reader.readexactly(3)

    between.half_close()

    assert await reader.read() == b""
    writer.write(b"two")
    await until(lambda: received == [b"one", b"two"])


async def test_reset_the_client_hears_an_error(link: Link) -> None:
    between, reader, writer = link
    writer.write(b"one")
    await reader.readexactly(3)

    between.reset()

    with pytest.raises(ConnectionResetError):
        await reader.readexactly(1)


async def test_cut_after_a_word_it_arrives_and_its_answer_does_not(link: Link) -> None:
    between, reader, writer = link
    between.cut_answer_after = lambda _, piece: piece == b"commit"
    writer.write(b"begin")
    assert await reader.readexactly(5) == b"BEGIN"
    writer.write(b"commit")

    with pytest.raises(ConnectionResetError):
        await reader.readexactly(1)
    assert received == [b"begin", b"commit"]
    assert between.cuts == 1


def test_produce_requests_are_known_by_their_number_and_cut_as_often_as_asked() -> None:
    sees = Produces()
    produce, fetch = ((40).to_bytes(4, "big") + bytes((0, key, 0, 8)) + b"more" for key in (0, 1))

    assert not sees(None, produce)
    sees.left = 1

    assert [sees(None, piece) for piece in (b"", fetch, produce, produce)] == [False, False, True, False]


def test_an_append_is_known_by_the_name_that_its_connection_prepared_it_under() -> None:
    def message(kind: bytes, body: bytes) -> bytes:
        return kind + (len(body) + 4).to_bytes(4, "big") + body

    sees, one, another = Appends(), object(), object()
    sees.left = 1
    prepared = message(b"P", b"s1\0select 1\0\0\0") + message(b"P", b"s2\0select * from append($1)\0\0\0")
    select, append = (message(b"B", b"\0" + name + b"\0\0\0") + message(b"E", b"\0") for name in (b"s1", b"s2"))

    assert not sees(one, prepared)
    assert not sees(one, select)
    assert not sees(another, append)
    assert sees(one, append)
    assert not sees(one, append)
