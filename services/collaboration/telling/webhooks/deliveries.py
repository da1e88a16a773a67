"""What a webhook has not taken yet, as rows. A row names an event; it keeps nothing of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from services.collaboration.telling.feed import Told
from shared.runtime import read_gauge

posts_a_round = 20

_waiting = read_gauge("baton_webhook_waiting", "Events that schools' webhooks have not taken yet")
_waiting_s = read_gauge("baton_webhook_waiting_seconds", "Age of the oldest of them")
_given_up = read_gauge("baton_webhook_given_up", "Events that were given up within the last day")


async def queue(
    connection: asyncpg.pool.PoolConnectionProxy, hooks: Sequence[asyncpg.Record], told: Sequence[Told]
) -> None:
    """Let what schools are told wait for those of these webhooks that are theirs."""
    await connection.execute(
        """insert into webhook_delivery (webhook_id, logindex, stream)
           select w.id, t.logindex, t.stream
           from unnest($2::text[], $3::bigint[], $4::text[]) as t (urn, logindex, stream)
           join webhook w on w.urn = t.urn and w.id = any($1)
           on conflict do nothing""",
        [hook["id"] for hook in hooks],
        [one.urn for one in told],
        [one.entry.logindex for one in told],
        [one.entry.stream for one in told],
    )


async def due(pool: asyncpg.Pool) -> Mapping[UUID, Sequence[int]]:
    """What may be posted now to each webhook, in the log's order: of each stream the first that waits."""
    found: dict[UUID, list[int]] = defaultdict(list)
    for row in await pool.fetch(_due, posts_a_round):
        found[row["webhook_id"]].append(row["logindex"])
    return found


async def taken(pool: asyncpg.Pool, hook_id: UUID, logindex: int) -> None:
    """It does not wait any more."""
    await pool.execute("delete from webhook_delivery where (webhook_id, logindex) = ($1, $2)", hook_id, logindex)


async def failed(pool: asyncpg.Pool, hook_id: UUID, logindex: int, problem: str) -> bool:
    """It was not taken; whether it is given up: a day after it was queued. Until then the waits grow to two hours."""
    given_up: bool = await pool.fetchval(_failed, hook_id, logindex, problem)
    return given_up


async def gone(pool: asyncpg.Pool, hook_id: UUID) -> None:
    """A receiver says that it is gone: nothing waits for it any more, and nothing will."""
    await pool.execute(_gone, hook_id)


async def forget_given_up(connection: asyncpg.pool.PoolConnectionProxy) -> None:
    """Forget what was given up long ago."""
    await connection.execute("delete from webhook_delivery where given_up_at < clock_timestamp() - interval '30 days'")


async def read_deliveries(service: str, pool: asyncpg.Pool) -> None:
    """Show what waits, and what was given up within a day."""
    row = await pool.fetchrow(_counts)
    if row is not None:
        _waiting.labels(service).set(row["waiting"])
        _waiting_s.labels(service).set(row["age"] or 0)
        _given_up.labels(service).set(row["given_up"])


_due = """
select webhook_id, logindex from (
    select webhook_id, logindex, row_number() over (partition by webhook_id order by logindex) as place from (
        select distinct on (webhook_id, stream) webhook_id, logindex, due_at from webhook_delivery
        where given_up_at is null order by webhook_id, stream, logindex
    ) as first where due_at <= clock_timestamp()
) as due where place <= $1 order by webhook_id, logindex
"""
_failed = """
update webhook_delivery set
    attempts = attempts + 1,
    problem = $3,
    due_at = least(
        clock_timestamp() + interval '1 second' * least(7200, 30 * power(2, least(attempts, 20))) * (0.5 + random()),
        queued_at + interval '24 hours'
    ),
    given_up_at = case when clock_timestamp() >= queued_at + interval '24 hours' then clock_timestamp() end
where (webhook_id, logindex) = ($1, $2) returning given_up_at is not null
"""
_gone = """
with gone as (update webhook set gone_at = clock_timestamp() where id = $1)
delete from webhook_delivery where webhook_id = $1
"""
_counts = """
select count(*) filter (where given_up_at is null) as waiting,
       extract(epoch from clock_timestamp() - min(queued_at) filter (where given_up_at is null))::float as age,
       count(*) filter (where given_up_at > clock_timestamp() - interval '1 day') as given_up
from webhook_delivery
"""
