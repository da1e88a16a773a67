"""A request's head has an end, in bytes and in time: uvicorn over httptools waits for it for ever, however it grows."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

head_seconds = 10.0
largest_head_bytes = 64 * 1024
"""Of a head that is still coming; what came whole, the turnstile measures."""


class BoundedHead(HttpToolsProtocol):
    """uvicorn's protocol for one connection, which gives up heads that are too slow or too large."""

    _due: asyncio.TimerHandle | None = None
    _coming = True
    _bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._settle()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; give up when it is too much for a head that has not ended."""
        if self._coming:
            self._wait()
            self._bytes += len(data)
        super().data_received(data)
        if self._coming and self._bytes > largest_head_bytes:
            self._give_up()

    def on_headers_complete(self) -> None:
        """A head is whole: its body comes, which the turnstile waits for."""
        self._coming, self._bytes = False, 0
        self._settle()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request is whole: what comes next is the next one's head."""
        super().on_message_complete()
        self._coming = True

    def _wait(self) -> None:
        if self._due is None:
            self._due = self.loop.call_later(head_seconds, self._give_up)

    def _settle(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _give_up(self) -> None:
        if self.transport.is_closing():
            return
        cycle: Any = self.cycle
        if self._bytes == 0 or (cycle is not None and not cycle.response_complete):
            self.transport.close()  # nobody asked, or somebody is still being answered
        else:
            self.send_400_response("The head of this request is too large, or came too slowly.")
