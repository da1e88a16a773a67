"""Clients: the machines of schools and of vendors. Each is a row, which says what it may speak for and until when.

A secret is 256 random bits, shown once; the row holds its SHA-256. A hash that is slow on purpose would protect only
what a person could guess.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import asyncpg

from shared.identity.principal import NotAuthenticated, Principal

client_name = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""A client's id: it is its user of Kafka too, and stands before the dot in an API key."""
_nobody = bytes(32)

TrustsOf = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]
"""The trusts of schools, by their URNs, as far as the register is known."""


def schema(app_role: str) -> str:
    """The table, and what the application's role may do with it."""
    text = Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


def hashed(secret: str) -> bytes:
    """What is kept of a secret."""
    return sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class _Row:
    secret_hash: bytes
    stands: bool
    principal: Principal
    read_at: float


class Clients:
    """A service's clients, as their rows say.

    Args:
        trusts_of: for a client whose row names no trust.
        age_seconds: how long a row is believed after it was read: so long a revoked client may still get in.
    """

    def __init__(self, pool: asyncpg.Pool, trusts_of: TrustsOf, *, age_seconds: float = 10.0) -> None:
        self._pool = pool
        self._trusts_of = trusts_of
        self._age_seconds = age_seconds
        self._rows: dict[str, _Row] = {}

    async def proven(self, client_id: str, secret: str) -> Principal:
        """The client of this id, by its secret. Whether there is such an id does not show.

        Raises:
            NotAuthenticated: it has another secret, was revoked, or there is none.
        """
        row = self._fresh(client_id)
        if not _holds(row, secret):
            row = await self._read(client_id)  # its secret may be new
        if row is None or not _holds(row, secret):
            raise NotAuthenticated("There is no client of this id and secret, or it was revoked: ask who admitted you.")
        return row.principal

    async def named(self, client_id: str) -> Principal:
        """The client of this id, whose token was proven: what it may speak for its row says, and no token.

        Raises:
            NotAuthenticated: it was revoked, or there is none.
        """
        row = self._fresh(client_id) or await self._read(client_id)
        if row is None or not row.stands:
            raise NotAuthenticated("The token's client is not admitted here, or was revoked: ask who admitted you.")
        return row.principal

    def _fresh(self, client_id: str) -> _Row | None:
        row = self._rows.get(client_id)
        return row if row is not None and time.monotonic() - row.read_at < self._age_seconds else None

    async def _read(self, client_id: str) -> _Row | None:
        asked = client_id if client_name.fullmatch(client_id) else ""
        found = await self._pool.fetchrow(
            "select secret_hash, urns, trustuid, revoked_at is null as stands from client where client_id = $1", asked
        )
        if found is None:
            self._rows.pop(client_id, None)
            return None
        urns = frozenset(found["urns"])
        trusts = {found["trustuid"]} if found["trustuid"] else set((await self._trusts_of(urns)).values())
        trustuid = trusts.pop() if len(trusts) == 1 else ""
        who = Principal(client_id, frozenset({"school_system"}), trustuid, urns, client=client_id)
        self._rows[client_id] = _Row(found["secret_hash"], found["stands"], who, time.monotonic())
        return self._rows[client_id]


def _holds(row: _Row | None, secret: str) -> bool:
    expected = _nobody if row is None else row.secret_hash
    return hmac.compare_digest(hashed(secret), expected) and row is not None and row.stands
