"""Who is signed in: a row for each, ended by its deletion. The browser holds a secret, the table only its hash.

Where a provider vouches for people, the row also holds its tokens, sealed, and is good only as long as they are: then
the provider is asked anew who somebody is, by one request for all that wait.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from services.reporting.signing_in.provider import Proof, Tokens
from services.reporting.tokens import SealsBytes
from shared.identity import IssuerUnreachable, Principal

lasts = timedelta(hours=10)
"""A long working day; whoever comes back the next morning signs in again."""
_secret_bytes = 32
_acquire_s = 5.0
_margin = timedelta(seconds=10)
"""A token is made new so long before its end: what it is sent with arrives in time."""
_renewing_s = 15.0
_longest_s = 20.0
_look_again_s = 0.05


def schema(app_role: str) -> str:
    """The table, and what the application's role may do with it."""
    text = Path(__file__).with_name("schema_sessions.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


def schema_of_tokens(app_role: str) -> str:
    """What a provider's tokens add to it."""
    text = Path(__file__).with_name("schema_session_tokens.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in.

    Attributes:
        called: their role as a page names it: "Leader of Ashby Park Primary".
        token: the access token that their provider gave for them; None where none vouches for anybody.
    """

    principal: Principal
    called: str
    token: str | None = field(default=None, repr=False)


class SessionEnded(Exception):
    """Somebody was signed in until now, and is not any more.

    Attributes:
        why: the name of what they are told.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Renew(Protocol):
    """Asks a provider who somebody is now."""

    async def __call__(self, before: Principal, tokens: Tokens, *, second_factor: bool) -> tuple[Person, Proof]:
        """Them, and the newer proof.

        Raises:
            SessionEnded: they may not be here any more.
            IssuerUnreachable: it does not answer.
        """


@dataclass(frozen=True, slots=True)
class Vouching:
    """How a provider vouches for people: what seals its tokens, and what asks it anew."""

    vault: SealsBytes
    renew: Renew


class Sessions:
    """The sessions of all who are signed in, whichever process of reporting they talk to.

    Args:
        vouching: None where people are believed.
    """

    def __init__(self, pool: asyncpg.Pool, vouching: Vouching | None = None) -> None:
        self._pool = pool
        self._vouching = vouching

    async def begin(self, person: Person, proof: Proof | None = None) -> str:
        """Sign somebody in; the secret that their browser proves it with. Those that have run out are dropped."""
        secret, who = secrets.token_urlsafe(_secret_bytes), person.principal
        key = _hash(secret)
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            await conn.execute("delete from session where expires_at < clock_timestamp()")
            await conn.execute(
                """insert into session (secret_hash, called, subject, roles, trustuid, urns, expires_at,
                       tokens, renew_at, second_factor)
                   values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7, $8, $9, $10)""",
                *(key, person.called, who.subject, sorted(who.roles), who.trustuid, sorted(who.urns), lasts),
                *(self._kept(key, proof) if proof else (None, None)),
                proof and proof.second_factor,
            )
        return secret

    async def of(self, secret: str) -> Person | None:
        """Whose secret it is, as long as the session lasts.

        Raises:
            SessionEnded: it has ended, since the provider says so: until `end` is called.
            IssuerUnreachable: the provider has to be asked and does not answer; the session is still there.
        """
        key, until = _hash(secret), time.monotonic() + _longest_s
        while (row := await self._row(key)) is not None:
            if row["ended"] is not None:
                raise SessionEnded(row["ended"])
            if self._vouching is None or row["tokens"] is None:
                same_way_in = self._vouching is None and row["tokens"] is None
                return _person(row) if same_way_in else None
            tokens = Tokens.opened(self._vouching.vault, _place(key), row["tokens"])
            if tokens is None:
                return None
            if row["good"]:
                return _person(row, tokens.access)
            if await self._is_mine_to_renew(key):
                return await self._renewed(self._vouching, key, row, tokens)
            if time.monotonic() > until:
                raise IssuerUnreachable
            await asyncio.sleep(_look_again_s)
        return None

    async def end(self, secret: str) -> Tokens | None:
        """Sign out; the tokens of the session that was, if it had some."""
        key = _hash(secret)
        sealed = await self._one("delete from session where secret_hash = $1 returning tokens", key)
        return Tokens.opened(self._vouching.vault, _place(key), sealed) if self._vouching and sealed else None

    async def _renewed(self, vouching: Vouching, key: bytes, row: asyncpg.Record, tokens: Tokens) -> Person:
        try:
            person, proof = await vouching.renew(_person(row).principal, tokens, second_factor=row["second_factor"])
        except SessionEnded as ended:
            await self._one("update session set ended = $2, tokens = null where secret_hash = $1", key, ended.why)
            raise
        except BaseException:
            await self._one("update session set renewing_until = null where secret_hash = $1", key)
            raise
        who = person.principal
        await self._one(
            """update session set called = $2, roles = $3, trustuid = $4, urns = $5, tokens = $6, renew_at = $7,
                   renewing_until = null
               where secret_hash = $1""",
            *(key, person.called, sorted(who.roles), who.trustuid, sorted(who.urns)),
            *self._kept(key, proof),
        )
        return person

    async def _row(self, key: bytes) -> asyncpg.Record | None:
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            return await conn.fetchrow(
                """select called, subject, roles, trustuid, urns, tokens, second_factor, ended,
                       renew_at > clock_timestamp() as good
                   from session where secret_hash = $1 and expires_at > clock_timestamp()""",
                key,
            )

    async def _is_mine_to_renew(self, key: bytes) -> bool:
        """Whether this request is the one that asks the provider. A refresh token may be good only once."""
        mine = await self._one(
            """update session set renewing_until = clock_timestamp() + $2
               where secret_hash = $1 and renew_at <= clock_timestamp()
                   and coalesce(renewing_until, '-infinity') < clock_timestamp()
               returning true""",
            *(key, timedelta(seconds=_renewing_s)),
        )
        return bool(mine)

    async def _one(self, statement: str, *values: Any) -> Any:
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            return await conn.fetchval(statement, *values)

    def _kept(self, key: bytes, proof: Proof) -> tuple[bytes, datetime]:
        """The tokens, sealed, and when they are made new."""
        if self._vouching is None:
            raise ValueError("where people are believed, nobody's tokens are kept")
        return proof.tokens.sealed(self._vouching.vault, _place(key)), proof.ends_at - _margin


def _person(row: asyncpg.Record, token: str | None = None) -> Person:
    who = Principal(row["subject"], frozenset(row["roles"]), row["trustuid"], frozenset(row["urns"]))
    return Person(who, row["called"], token)


def _place(key: bytes) -> str:
    return f"session/{key.hex()}"


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
