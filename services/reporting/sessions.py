"""Who is signed in: a row for each, ended by its deletion. The browser holds a secret, the table only its hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import asyncpg

from shared.identity import Principal

lasts = timedelta(hours=10)
"""A long working day; whoever comes back the next morning signs in again."""
_secret_bytes = 32
_acquire_s = 5.0


def schema(app_role: str) -> str:
    """The table, and what the application's role may do with it."""
    text = Path(__file__).with_name("schema_sessions.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in.

    Attributes:
        called: their role as a page names it: "Leader of Ashby Park Primary".
    """

    principal: Principal
    called: str


class Sessions:
    """The sessions of all who are signed in, whichever process of reporting they talk to."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def begin(self, person: Person) -> str:
        """Sign somebody in; the secret that their browser proves it with. Those that have run out are dropped."""
        secret, who = secrets.token_urlsafe(_secret_bytes), person.principal
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            await conn.execute("delete from session where expires_at < clock_timestamp()")
            await conn.execute(
                "insert into session values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7)",
                *(_hash(secret), person.called, who.subject, sorted(who.roles), who.trustuid, sorted(who.urns), lasts),
            )
        return secret

    async def of(self, secret: str) -> Person | None:
        """Whose secret it is, as long as the session lasts."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            row = await conn.fetchrow(
                """select called, subject, roles, trustuid, urns from session
                   where secret_hash = $1 and expires_at > clock_timestamp()""",
                _hash(secret),
            )
        if row is None:
            return None
        who = Principal(row["subject"], frozenset(row["roles"]), row["trustuid"], frozenset(row["urns"]))
        return Person(who, row["called"])

    async def end(self, secret: str) -> None:
        """Sign out."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            await conn.execute("delete from session where secret_hash = $1", _hash(secret))


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
