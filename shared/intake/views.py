"""A service's own views of what it hears, and how they follow a voiding with no view knowing of it.

What the views look at is kept as it was heard. Where something of a stream is voided, the rows that the stream's events
have made are forgotten and made again from those that stand. Where nothing is voided, nothing more is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import asyncpg
from aiokafka import TopicPartition

from shared.consumer import Apply, Arrival
from shared.consumer.arrivals import read
from shared.consumer.catchup import as_record
from shared.contracts.bookkeeping import RecordVoided, standing
from shared.messaging import Delivered, events_topic

inbox = "views"
"""What hears for them: the consumer under whose name the streams' heads are kept."""


@dataclass(frozen=True, slots=True)
class View:
    """What a service keeps of what it hears.

    Attributes:
        remember: keeps what a batch of events says. It may be given what it was given before.
        forget: deletes what these events have made, all that were heard of their streams; what other streams have made
            stays. `remember` is given those that stand afterwards, and that something was voided.
    """

    remember: Apply
    forget: Apply


class Views:
    """All views of a service.

    Args:
        looks_at: the events that they look at: these are kept.
    """

    def __init__(self, views: Sequence[View], looks_at: Collection[type[Any]]) -> None:
        self._views = views
        self._looks_at = looks_at

    async def hear(self, connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
        """Let every view keep what it wants of a batch of events, in the transaction that hears them."""
        await self._keep(connection, arrivals)
        voided = {_stream(arrival) for arrival in arrivals if isinstance(arrival.event, RecordVoided)}
        if voided:
            heard = await self._heard(connection, voided)
            for view in self._views:
                await view.forget(connection, heard)
            again = [arrival for _, stream in groupby(heard, _stream) for arrival in standing(stream)]
            arrivals = [*(arrival for arrival in arrivals if _stream(arrival) not in voided), *again]
        for view in self._views:
            await view.remember(connection, arrivals)

    async def _keep(self, connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
        kept = [
            (arrival.service, arrival.stream, arrival.version, found.logindex, found.meta, found.record)
            for arrival in arrivals
            if (found := arrival.delivered) is not None
            and (type(arrival.event) in self._looks_at or isinstance(arrival.event, RecordVoided))
        ]
        if kept:
            await connection.execute(
                """insert into heard_event (service, stream, version, logindex, meta, record)
                   select * from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bytea[], $6::bytea[])
                   on conflict do nothing""",
                *([row[column] for row in kept] for column in range(6)),
            )

    async def _heard(self, connection: asyncpg.Connection, streams: Collection[tuple[str, str]]) -> list[Arrival]:
        """What was kept of these streams, each in its order."""
        rows = await connection.fetch(
            """select h.service, h.meta, h.logindex, h.record
               from heard_event h join unnest($1::text[], $2::text[]) as s(service, stream) using (service, stream)
               order by h.service, h.stream, h.version""",
            [service for service, _ in streams],
            [stream for _, stream in streams],
        )
        return [_arrival(*row) for row in rows]


def _arrival(service: str, meta: bytes, logindex: int, record: bytes) -> Arrival:
    topic = TopicPartition(events_topic(service), 0)
    return read(as_record(Delivered(meta, logindex, record)), topic, None, service)


def _stream(arrival: Arrival) -> tuple[str, str]:
    return arrival.service, arrival.stream
