"""Claims that wait: kept sealed, brought back when what they wait for is there, refused when their time is over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts import canonical, codec
from shared.eventstore import CommandKey, EventStore
from shared.intake.views import inbox
from shared.vault import Vault

streams_a_look = 2_000


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
        self._seen = ""

    async def keep(self, parked: Sequence[Parked]) -> None:
        """Keep claims, sealed; those that are kept already stay as they are."""
        if not parked:
            return
        await self._store.pool.execute(
            """insert into parked_claim
               select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[],
                                    $8::timestamptz[])
               on conflict do nothing""",
            *_columns([p.key for p in parked]),
            [p.type for p in parked],
            [p.code for p in parked],
            [p.waits_for for p in parked],
            [self._vault.seal_bytes(canonical.dumps(p.content), _place(p.key)) for p in parked],
            [p.parked_at for p in parked],
        )

    @property
    def at_beginning(self) -> bool:
        """Whether the next look at what arrived begins anew."""
        return not self._seen

    async def arrived(self, types: Collection[str]) -> list[CommandKey]:
        """Claims that need not wait any more, as far as can be told before they are decided, the oldest first.

        Their stream is there by now, one of this service's own or one that it heard of; or what they waited for is no
        stream: their type is one of `types`, which are known here now, or the school that sent them is. A look goes
        over the next 2,000 streams that claims wait for, and what waits for none where it begins anew: however many
        wait, it is short.
        """
        beginning = self.at_beginning
        awaited = await self._store.pool.fetchrow(_awaited, self._seen, streams_a_look, [*codec.contracts], inbox)
        there, self._seen = awaited or ([], "")
        rows = await self._store.pool.fetch(_arrived, there, beginning, list(types))
        return [CommandKey(*row) for row in rows]

    async def waiting_since(self, before: datetime) -> list[CommandKey]:
        """Claims that have waited for a stream since before a time, the oldest first."""
        rows = await self._store.pool.fetch(
            """select origin, source, id from parked_claim
               where waits_for is not null and parked_at < $1 order by parked_at, id""",
            before,
        )
        return [CommandKey(*row) for row in rows]

    async def opened(self, keys: Sequence[CommandKey]) -> list[Parked]:
        """Those of these claims that are still parked, in this order."""
        rows = await self._store.pool.fetch(
            """select p.* from unnest($1::text[], $2::text[], $3::text[]) with ordinality k(origin, source, id, number)
               join parked_claim p using (origin, source, id) order by k.number""",
            *_columns(keys),
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
        await self._store.pool.execute(
            """delete from parked_claim p using unnest($1::text[], $2::text[], $3::text[]) k(origin, source, id)
               where (p.origin, p.source, p.id) = (k.origin, k.source, k.id)""",
            *_columns(keys),
        )

    async def wait_on(self, waiting: Mapping[CommandKey, tuple[str, str | None]]) -> None:
        """Note why claims go on waiting, and for which stream: since when they wait stays as it was."""
        await self._store.pool.execute(
            """with gone as (
                   delete from parked_claim p
                   using unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
                     w(origin, source, id, code, for_)
                   where (p.origin, p.source, p.id) = (w.origin, w.source, w.id)
                   returning p.origin, p.source, p.id, p.type, w.code, w.for_, p.sealed, p.parked_at
               ) insert into parked_claim select * from gone""",
            *_columns(list(waiting)),
            [code for code, _ in waiting.values()],
            [stream for _, stream in waiting.values()],
        )

    def _opened(self, row: Any) -> Parked:
        key = CommandKey(row["origin"], row["source"], row["id"])
        content = canonical.loads(self._vault.open_bytes(row["sealed"], _place(key)))
        return Parked(key, row["type"], row["code"], row["waits_for"], content, row["parked_at"])


def _columns(keys: Sequence[CommandKey]) -> tuple[list[str], list[str], list[str]]:
    return [key.origin for key in keys], [key.source for key in keys], [key.id for key in keys]


def _place(key: CommandKey) -> str:
    return f"parked\n{key.origin}\n{key.source}\n{key.id}"


# Each stream is looked for by its own key: joined as a set, whole tables would be read.
_awaited = """
with awaited as materialized (
    select distinct waits_for as name from parked_claim where waits_for > $1 order by 1 limit $2
)
select coalesce(array_agg(name) filter (where own.there or heard.there), '{}') as there,
       case when count(*) = $2 then max(name) else '' end as seen
from awaited
left join lateral (
    select true as there from stream s where s.name = awaited.name and s.version > 0 limit 1
) own on true
left join lateral (
    select true as there from stream_head h
    where h.consumer = $4 and h.service = any($3) and h.stream = awaited.name limit 1
) heard on true
"""
_arrived = """
select origin, source, id from parked_claim p
where waits_for = any($1)
   or $2 and waits_for is null and (
       code = 'unknown_type' and type = any($3)
       or code = 'school_unknown' and exists (select 1 from school s where s.urn = p.origin))
order by parked_at, id
"""
