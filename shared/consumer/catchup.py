"""The writer's catch-up door: where a consumer asks for events that its topic did not bring."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx

from shared.messaging import Delivered, event_message

_window = 500


@dataclass(frozen=True, slots=True)
class Missed:
    """Versions of a stream that did not come: after `known` (a log index, -1: none), before the log index `below`."""

    service: str
    stream: str
    versions: range
    known: int
    below: int

    @property
    def of(self) -> tuple[str, str]:
        """Which stream it is, of which service."""
        return self.service, self.stream


class Door(Protocol):
    """`GET /events?from=<logindex>&limit=` of one writer."""

    async def events(self, service: str, since: int, limit: int) -> Sequence[Delivered]:
        """Events from a log index on, in order.

        Raises:
            OSError, TimeoutError, httpx.HTTPError: it cannot be reached.
        """


class HttpDoor:
    """The doors of the writers at their addresses, asked by a client that proves who we are."""

    def __init__(self, client: httpx.AsyncClient, addresses: dict[str, str]) -> None:
        self._client = client
        self._addresses = addresses

    async def events(self, service: str, since: int, limit: int) -> Sequence[Delivered]:
        answer = await self._client.get(f"{self._addresses[service]}/events", params={"from": since, "limit": limit})
        answer.raise_for_status()
        return [Delivered(b64decode(e["meta"]), e["logindex"], b64decode(e["record"])) for e in answer.json()["events"]]


async def find(door: Door, missed: Missed) -> list[Delivered]:
    """The missed events that the writer has. The search goes backwards: a hole is mostly close to what showed it."""
    found: dict[int, Delivered] = {}
    until, window = missed.below, _window
    while until > missed.known + 1 and len(found) < len(missed.versions):
        start = max(until - window, missed.known + 1)
        async for page in since(door, missed.service, start, until):
            for event in page:
                if event.envelope.stream == missed.stream and event.envelope.version in missed.versions:
                    found[event.envelope.version] = event
        until, window = start, window * 2
    return [found[version] for version in sorted(found)]


async def since(door: Door, service: str, start: int, below: int | None) -> AsyncIterator[Sequence[Delivered]]:
    """The writer's events from a log index on, up to another one or to the end of its log; a page at a time."""
    while below is None or start < below:
        page = [event for event in await door.events(service, start, _window) if event.logindex >= start]
        if not page:
            return
        yield [event for event in page if below is None or event.logindex < below]
        start = page[-1].logindex + 1


def as_record(event: Delivered) -> Wire:
    """The record that would have brought it."""
    message = event_message(event.meta, event.record, event.logindex)
    return Wire(message.key, message.value, tuple(message.headers))


@dataclass(slots=True)
class Wire:
    """A record that no topic brought."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
