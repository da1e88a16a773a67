"""A TCP proxy in a test's hand: it passes, holds back, slows down and cuts a link between two processes."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from deploy.description import HOST

_CHUNK = 64 * 1024
_HEADER = 8

Seen = Callable[[object, bytes], bool]
"""Looks at a connection and at what its client sends; True: now."""


class Proxy:
    """A port that leads to another one.

    Attributes:
        delay: seconds that every piece waits.
        rate: bytes a second in each direction; None: as fast as it goes.
        cut_answer_after: asked of each piece that a client sends; when it says yes, the piece still goes through, and
            the connection is reset in place of the answer.
        cuts: how often that was done.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.delay = 0.0
        self.rate: int | None = None
        self.cut_answer_after: Seen | None = None
        self.cuts = 0
        self._passing = asyncio.Event()
        self._passing.set()
        self._links: set[_Link] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._take, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more, and close what is open."""
        if self._server is not None:
            self._server.close()
        self.reset()

    def hold(self) -> None:
        """Let nothing through, in either direction, and tell nobody: a blackhole, until it is healed."""
        self._passing.clear()

    def heal(self) -> None:
        """Let everything pass again, and what was held as well."""
        self.delay, self.rate, self.cut_answer_after = 0.0, None, None
        self._passing.set()

    async def passes(self, piece: bytes) -> None:
        """Wait as long as a piece has to."""
        await asyncio.sleep(self.delay + (len(piece) / self.rate if self.rate else 0))
        await self._passing.wait()

    def reset(self) -> None:
        """Break every connection off at once, as a machine does that lost its memory."""
        for link in list(self._links):
            link.reset()

    def half_close(self) -> None:
        """Tell every client that nothing more comes, while what they send still arrives."""
        for link in list(self._links):
            link.half_close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection(HOST, self.target)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(self, (reader, writer), there)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Link:
    """One connection, from a client and to a server."""

    def __init__(self, proxy: Proxy, client: Ends, server: Ends) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._silent = False
        self._is_cut = False

    async def run(self) -> None:
        """Carry in both directions until one side has gone."""
        carrying = [
            asyncio.create_task(self._carry(self._client[0], self._server[1], from_client=True)),
            asyncio.create_task(self._carry(self._server[0], self._client[1], from_client=False)),
        ]
        try:
            await asyncio.wait(carrying, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for task in carrying:
                task.cancel()
            await asyncio.gather(*carrying, return_exceptions=True)
            for _, writer in (self._client, self._server):
                writer.transport.abort()

    def reset(self) -> None:
        for _, writer in (self._client, self._server):
            _reset(writer)

    def half_close(self) -> None:
        self._silent = True
        with suppress(OSError, RuntimeError):
            self._client[1].write_eof()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_client: bool) -> None:
        proxy = self._proxy
        while piece := await reader.read(_CHUNK):
            await proxy.passes(piece)
            if from_client:
                self._is_cut = self._is_cut or bool(proxy.cut_answer_after and proxy.cut_answer_after(self, piece))
            elif self._is_cut:
                proxy.cuts += 1
                self.reset()
                raise ConnectionResetError
            elif self._silent:
                continue
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def proxy(target: int) -> AsyncIterator[Proxy]:
    """A proxy to a port of this machine, listening."""
    made = Proxy(target)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


def produces(piece: bytes) -> bool:
    """Whether a piece begins a Produce request of Kafka's protocol: its length, and then the number 0."""
    return len(piece) > _HEADER and piece[4:6] == b"\x00\x00"


class Produces:
    """Sees Produce requests, as many as are `left`."""

    def __init__(self) -> None:
        self.left = 0

    def __call__(self, _link: object, piece: bytes) -> bool:
        """Whether to cut now."""
        found = self.left > 0 and produces(piece)
        self.left -= found
        return found


class Appends:
    """Sees services run their append statement, by the name that each connection prepared it under, `left` times."""

    def __init__(self) -> None:
        self.left = 0
        self._names: set[tuple[int, bytes]] = set()

    def __call__(self, link: object, piece: bytes) -> bool:
        """Whether to cut now."""
        found = False
        for kind, body in _messages(piece):
            if kind == b"P" and b"from append(" in body:
                self._names.add((id(link), body.partition(b"\0")[0]))
            if kind == b"B":
                _portal, _, rest = body.partition(b"\0")
                found = found or (id(link), rest.partition(b"\0")[0]) in self._names
        found = found and self.left > 0
        self.left -= found
        return found


def _messages(piece: bytes) -> list[tuple[bytes, bytes]]:
    """The messages that a piece has whole, and the last one's beginning."""
    found, at = [], 0
    while at + 5 <= len(piece):
        length = int.from_bytes(piece[at + 1 : at + 5], "big")
        found.append((piece[at : at + 1], piece[at + 5 : at + 1 + length]))
        at += 1 + length
    return found
