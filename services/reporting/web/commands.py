"""What somebody does and asks at a page: a typed command to a writer's own door, or a question, in their name.

The writer decides, refuses and remembers, as for any caller. A command that was recorded is waited for, a moment, until
reporting has heard of it: the page that follows then shows what was just done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import structlog

from services.reporting import ledger
from services.reporting.signing_in.sessions import Person

log = structlog.get_logger()

Vouch = Callable[[Person], str]
"""A token that a writer's door takes as somebody's own: what their provider gave, or the built-in issuer's word."""

CALLED = {"talent": "The register", "cpd": "The training service", "collaboration": "The service of the loop"}
"""What a page calls the writers."""

patience_s = 2.0
_again_s = 0.03


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a door takes it.

    Attributes:
        path: the door's, with what it names filled in.
        key: under which it is done once, however often it is sent.
    """

    service: str
    path: str
    body: Mapping[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """It is done. `seen`: reporting has heard of it; `again`: it had been done before, under this key."""

    seen: bool
    again: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be done as it was said; of each part that is wrong the JSON pointer and why."""

    code: str
    detail: str
    errors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody knows whether it was done: sent again under the same key, it is done once."""

    service: str


class Commands:
    """Sends commands, and asks.

    Args:
        client: to the other services; `peers`: their addresses.
        pool: connections to reporting's own database, where the ledger is.
        vouch: for whoever sends something.
    """

    def __init__(self, client: httpx.AsyncClient, peers: Mapping[str, str], pool: asyncpg.Pool, vouch: Vouch) -> None:
        self._client = client
        self._peers = peers
        self._pool = pool
        self._vouch = vouch

    async def send(self, who: Person, command: Command) -> Recorded | Refused | Unanswered:
        """Do something in somebody's name."""
        headers = {"authorization": f"Bearer {self._vouch(who)}", "idempotency-key": command.key}
        address = f"{self._peers[command.service]}{command.path}"
        try:
            answer = await self._client.post(address, json=command.body, headers=headers)
            content: Any = answer.json()
        except (httpx.TransportError, ValueError) as fault:
            log.warning("command_unanswered", service=command.service, error=type(fault).__name__)
            return Unanswered(command.service)
        match content:
            case {"outcome": outcome} if answer.is_success:
                seen = await self._seen(command.service, content.get("streams", {}))
                return Recorded(seen, again=outcome == "duplicate")
            case {"code": code, "detail": detail, "errors": errors} if answer.is_client_error:
                return Refused(code, detail, tuple((error["pointer"], error["message"]) for error in errors))
            case _:
                log.warning("command_unanswered", service=command.service, status=answer.status_code)
                return Unanswered(command.service)

    async def ask(self, who: Person, service: str, path: str, query: Mapping[str, Any]) -> Any:
        """What a writer answers somebody; None where it does not, or not to them."""
        headers = {"authorization": f"Bearer {self._vouch(who)}"}
        try:
            answer = await self._client.get(f"{self._peers[service]}{path}", params=query, headers=headers)
            content: Any = answer.json()
        except (httpx.TransportError, ValueError) as fault:
            log.warning("question_unanswered", service=service, path=path, error=type(fault).__name__)
            return None
        if not answer.is_success:
            log.warning("question_unanswered", service=service, path=path, status=answer.status_code)
            return None
        return content

    async def _seen(self, service: str, streams: Mapping[str, int]) -> bool:
        """Wait until these versions of a service's streams are here; whether they are."""
        try:
            async with asyncio.timeout(patience_s):
                while not await self._has(service, streams):  # noqa: ASYNC110  who hears of it may be another process
                    await asyncio.sleep(_again_s)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False  # it is recorded all the same
        return True

    async def _has(self, service: str, streams: Mapping[str, int]) -> bool:
        async with self._pool.acquire(timeout=patience_s) as conn:
            return await ledger.has(conn, service, streams)
