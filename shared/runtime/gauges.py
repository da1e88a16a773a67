"""What a service shows of itself at the moment when Prometheus asks.

What only the database knows is read from it then, in a few look-ups that cost the same for a million events. While the
database does not answer, those gauges are not there at all: an old number would be taken for a new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import get_args

import asyncpg
from prometheus_client import Gauge

from shared.clock import Clock
from shared.consumer import Reason
from shared.contracts.envelope import Envelope
from shared.eventstore import EventStore
from shared.sequencer import Sequencer

Reading = Callable[[], Awaitable[None]]
"""Reads some gauges from the database."""

patience_seconds = 1.5
"""Shorter than what `baton status` and Prometheus wait for the whole answer."""


def read_gauge(name: str, says: str, *labels: str) -> Gauge:
    """A gauge that is read from the database, and not shown while that cannot be."""
    gauge = Gauge(name, says, ["service", *labels])
    _from_database.append(gauge)
    return gauge


_from_database: list[Gauge] = []
_unnumbered = read_gauge("baton_unnumbered_events", "Committed events that have no log index yet")
_unnumbered_s = read_gauge("baton_unnumbered_seconds", "Age of the oldest event without a log index")
_log = read_gauge("baton_log_events", "Events that have a log index")
_unpublished = read_gauge("baton_unpublished_events", "Numbered events that Kafka has not acknowledged yet")
_unpublished_s = read_gauge(
    "baton_unpublished_seconds", "Age of the oldest numbered event that Kafka has not acknowledged"
)
_receipts = read_gauge("baton_unpublished_receipts", "Receipts that Kafka has not acknowledged yet")
_receipts_s = read_gauge(
    "baton_unpublished_receipts_seconds", "Age of the oldest receipt that Kafka has not acknowledged"
)
_claims = read_gauge("baton_parked_claims", "Claims that wait for something or are of an unknown type", "code")
_claims_s = read_gauge("baton_parked_claims_seconds", "Age of the oldest parked claim")
_parked = read_gauge(
    "baton_consumer_parked_records", "Records that a consumer could not apply yet", "consumer", "reason"
)
_parked_s = read_gauge("baton_consumer_parked_seconds", "Age of the oldest record that a consumer parked", "consumer")
_due = read_gauge("baton_facts_due", "Facts of the services that something is still to be done about")
_due_s = read_gauge("baton_facts_due_seconds", "Age of the oldest of them")
_position = read_gauge("baton_read_model_events", "Events in the read models, with none missing below", "source")
_position_s = read_gauge("baton_read_model_seconds", "Age of the newest event in the read models", "source")

_reachable = Gauge("baton_database_reachable", "Whether the gauges could be read from the database", ["service"])
_leading = Gauge("baton_sequencer_leading", "Whether this process numbers and publishes", ["service"])
_epoch = Gauge("baton_sequencer_epoch", "The epoch that this process leads or led at", ["service"])
_refused = Gauge("baton_publishing_refused", "Whether publishing is refused, lest numbers be given twice", ["service"])
_connections = Gauge("baton_pool_connections", "Connections to Postgres", ["service", "database", "state"])
_most = Gauge("baton_pool_limit", "How many connections there may be", ["service", "database"])


async def refresh(service: str, reading: Reading) -> None:
    """Read what the database knows; what cannot be read is not shown."""
    try:
        await asyncio.wait_for(reading(), patience_seconds)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        for gauge in _from_database:
            gauge.clear()
        _reachable.labels(service).set(0)
    else:
        _reachable.labels(service).set(1)


def show_sequencer(sequencer: Sequencer) -> None:
    """Show from now on whether it leads, and whether it refuses to publish."""
    service, state = sequencer.store.service, sequencer.state
    _leading.labels(service).set_function(lambda: state.leading)
    _epoch.labels(service).set_function(lambda: state.epoch)
    _refused.labels(service).set_function(lambda: state.leading and state.refused is not None)


def show_pool(service: str, database: str, pool: asyncpg.Pool) -> None:
    """Show from now on how much of a pool is in use."""
    _connections.labels(service, database, "open").set_function(pool.get_size)
    _connections.labels(service, database, "idle").set_function(pool.get_idle_size)
    _most.labels(service, database).set_function(pool.get_max_size)


async def read_history(store: EventStore, clock: Clock) -> None:
    """How far numbering and publishing are behind, and which claims wait."""
    service, now = store.service, clock.now()
    row = await store.pool.fetchrow(_behind)
    if row is None:
        raise OSError("there is no lease")
    _unnumbered.labels(service).set(row["unnumbered"])
    _unnumbered_s.labels(service).set(age(now, _recorded(row["oldest_unnumbered"])))
    _log.labels(service).set(row["log"])
    _unpublished.labels(service).set(row["log"] - row["published"])
    _unpublished_s.labels(service).set(age(now, _recorded(row["oldest_unpublished"])))
    _receipts.labels(service).set(row["receipts"])
    _receipts_s.labels(service).set(age(now, row["oldest_receipt"]))
    claims = await store.pool.fetch(
        "select code, count(*) as claims, min(parked_at) as at from parked_claim group by 1"
    )
    _claims.clear()
    _claims.labels(service, "unknown_type").set(0)
    for found in claims:
        _claims.labels(service, found["code"]).set(found["claims"])
    _claims_s.labels(service).set(age(now, min((found["at"] for found in claims), default=None)))


async def read_parked(service: str, pool: asyncpg.Pool, consumers: Collection[str]) -> None:
    """What the consumers have parked."""
    rows = await pool.fetch(
        "select consumer, reason, count(*) as records, extract(epoch from clock_timestamp() - min(at))::float as age"
        " from parked where redriven_at is null group by 1, 2"
    )
    for consumer in consumers:
        found = {row["reason"]: row for row in rows if row["consumer"] == consumer}
        for reason in get_args(Reason):
            _parked.labels(service, consumer, reason).set(found[reason]["records"] if reason in found else 0)
        _parked_s.labels(service, consumer).set(max((row["age"] for row in found.values()), default=0))


async def read_due(service: str, pool: asyncpg.Pool) -> None:
    """What reactions have still to do."""
    row = await pool.fetchrow(
        "select count(*) as facts, extract(epoch from clock_timestamp() - min(kept_at))::float as age from fact_due"
    )
    if row is not None:
        _due.labels(service).set(row["facts"])
        _due_s.labels(service).set(row["age"] or 0)


async def read_positions(service: str, pool: asyncpg.Pool, clock: Clock) -> None:
    """How much of each service's log is in the ledger, and how old the newest of it is."""
    now = clock.now()
    for row in await pool.fetch(
        "select p.service as source, p.next, l.time from position p"
        " left join ledger l on l.service = p.service and l.logindex = p.next - 1"
    ):
        _position.labels(service, row["source"]).set(row["next"])
        _position_s.labels(service, row["source"]).set(age(now, row["time"]))


_behind = """
select published,
       (select coalesce(max(logindex) + 1, 0) from log) as log,
       (select count(*) from pending) as unnumbered,
       (select meta from event where position = (select min(position) from pending)) as oldest_unnumbered,
       (select e.meta from log l join event e using (position) where l.logindex = published) as oldest_unpublished,
       (select count(*) from receipt_pending) as receipts,
       (select c.answered_at from receipt_pending p join command c using (origin, source, id)
        order by p.number limit 1) as oldest_receipt
from lease
"""


def _recorded(meta: bytes | None) -> datetime | None:
    return None if meta is None else Envelope.of_meta(meta).time


def age(now: datetime, since: datetime | None) -> float:
    """Seconds since then; 0 where there is nothing, or a simulated clock was turned back."""
    return 0.0 if since is None else max((now - since).total_seconds(), 0.0)
