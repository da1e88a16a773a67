"""Who gets post: a row for each person, with their address sealed, gone with the last kind that they turn off."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from services.reporting.tokens import SealsBytes, seal, words_of
from shared.identity import Principal

_acquire_s = 5.0
_off = "post-off"


def schema(app_role: str) -> str:
    """The tables of the post, and what the application's role may do with them."""
    text = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody has asked for.

    Attributes:
        subject: who they are, as their session names them.
        urns: the schools that they speak for.
        kinds: the names of what they get.
        sealed: their address.
    """

    id: UUID
    trustuid: str
    subject: str
    urns: frozenset[str]
    kinds: frozenset[str]
    sealed: bytes


class Subscriptions:
    """The subscriptions of all."""

    def __init__(self, pool: asyncpg.Pool, vault: SealsBytes) -> None:
        self.pool = pool
        self._vault = vault

    async def all(self) -> list[Subscription]:
        async with self.pool.acquire(timeout=_acquire_s) as conn:
            rows = await conn.fetch("select * from subscription order by subscription_id")
        return [_subscription(row) for row in rows]

    async def of(self, who: Principal) -> Subscription | None:
        """Somebody's own."""
        async with self.pool.acquire(timeout=_acquire_s) as conn:
            row = await conn.fetchrow(
                "select * from subscription where trustuid = $1 and subject = $2", who.trustuid, who.subject
            )
        return _subscription(row) if row else None

    async def ask(self, who: Principal, kinds: Collection[str], address: str) -> None:
        """Let somebody have these kinds and no others, at this address."""
        known = await self.of(who)
        id_ = known.id if known else uuid7()
        sealed = self._vault.seal_bytes(address.encode(), str(id_))
        async with self.pool.acquire(timeout=_acquire_s) as conn:
            await conn.execute(
                """insert into subscription (subscription_id, trustuid, subject, urns, kinds, address)
                   values ($1, $2, $3, $4, $5, $6)
                   on conflict (subscription_id) do update set (urns, kinds, address) = ($4, $5, $6)""",
                id_,
                who.trustuid,
                who.subject,
                sorted(who.urns),
                sorted(kinds),
                sealed,
            )

    async def end(self, who: Principal) -> None:
        """Let somebody have nothing any more: no address of theirs is kept."""
        async with self.pool.acquire(timeout=_acquire_s) as conn:
            await conn.execute(
                "delete from subscription where trustuid = $1 and subject = $2", who.trustuid, who.subject
            )

    async def turn_off(self, id_: UUID, kind: str) -> None:
        """Turn off one kind; with the last of them the address is gone, too."""
        async with self.pool.acquire(timeout=_acquire_s) as conn, conn.transaction():
            await conn.execute(
                "update subscription set kinds = array_remove(kinds, $2) where subscription_id = $1", id_, kind
            )
            await conn.execute("delete from subscription where subscription_id = $1 and kinds = '{}'", id_)

    def address(self, subscription: Subscription) -> str:
        """Where somebody's post goes, in clear."""
        return self._vault.open_bytes(subscription.sealed, str(subscription.id)).decode()

    def off_path(self, subscription: Subscription, kind: str) -> str:
        """Where whoever has a letter turns off its kind, without signing in."""
        return f"/post/off/{seal(self._vault, _off, str(subscription.id), kind)}"

    def to_turn_off(self, token: str) -> tuple[UUID, str] | None:
        """The subscription and the kind that such an address names; None when it is none of ours, or not whole."""
        words = words_of(self._vault, _off, token)
        return (UUID(words[0]), words[1]) if words else None


def _subscription(row: Any) -> Subscription:
    id_, trustuid, subject = row["subscription_id"], row["trustuid"], row["subject"]
    return Subscription(id_, trustuid, subject, frozenset(row["urns"]), frozenset(row["kinds"]), row["address"])
