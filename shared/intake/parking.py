"""Claims that wait: kept sealed, brought back when what they wait for is there, refused when their time is over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts import canonical
from shared.eventstore import CommandKey, EventStore
from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class Parked:
    """A claim that waits, with everything that is needed to bring it back."""

    key: CommandKey
    type: str
    code: str
    waits_for: str | None
    content: Any
    parked_at: datetime


class Parking:
    """One service's parked claims."""

    def __init__(self, store: EventStore, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def keep(self, parked: Sequence[Parked]) -> None:
        """Keep claims, sealed; those that are kept already stay as they are."""
        await self._store.pool.executemany(
            "insert into parked_claim values ($1,$2,$3,$4,$5,$6,$7,$8) on conflict do nothing",
            [
                (
                    *_key(p.key),
                    p.type,
                    p.code,
                    p.waits_for,
                    self._vault.seal_bytes(canonical.dumps(p.content), _place(p.key)),
                    p.parked_at,
                )
                for p in parked
            ],
        )

    async def arrived(self, types: Collection[str]) -> list[Parked]:
        """Claims that need not wait any more, as far as can be told before they are decided.

        Their stream is there by now, one of this service's own or one that it heard of; or what they waited for is no
        stream: their type is one of `types`, which are known here now, or the school that sent them is.
        """
        rows = await self._store.pool.fetch(
            """select p.* from parked_claim p
               where exists (select 1 from stream where name = p.waits_for and version > 0)
                  or exists (select 1 from stream_head h where h.stream = p.waits_for)
                  or p.waits_for is null and (
                      p.code = 'unknown_type' and p.type = any($1)
                      or p.code = 'school_unknown' and exists (select 1 from school s where s.urn = p.origin))
               order by p.parked_at, p.id""",
            list(types),
        )
        return [self._opened(row) for row in rows]

    async def waiting_since(self, before: datetime) -> list[Parked]:
        """Claims that have waited for a stream since before a time."""
        rows = await self._store.pool.fetch(
            "select * from parked_claim where waits_for is not null and parked_at < $1 order by parked_at, id", before
        )
        return [self._opened(row) for row in rows]

    async def all(self) -> list[Parked]:
        """Every parked claim, oldest first."""
        return [
            self._opened(row)
            for row in await self._store.pool.fetch("select * from parked_claim order by parked_at, id")
        ]

    async def release(self, keys: Sequence[CommandKey]) -> None:
        """Forget claims that have their last answer."""
        await self._store.pool.executemany(
            "delete from parked_claim where origin = $1 and source = $2 and id = $3", [_key(key) for key in keys]
        )

    def _opened(self, row: Any) -> Parked:
        key = CommandKey(row["origin"], row["source"], row["id"])
        content = canonical.loads(self._vault.open_bytes(row["sealed"], _place(key)))
        return Parked(key, row["type"], row["code"], row["waits_for"], content, row["parked_at"])


def _key(key: CommandKey) -> tuple[str, str, str]:
    return key.origin, key.source, key.id


def _place(key: CommandKey) -> str:
    return f"parked\n{key.origin}\n{key.source}\n{key.id}"
