"""Each stream in its order: how far it was applied, what of some arrivals is next in it, and what has to wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.consumer.arrivals import Arrival
from shared.consumer.parking import Stream, Waiting, released_alone


async def heads(conn: Any, consumer: str, streams: Collection[Stream]) -> dict[Stream, int]:
    """The version that each of these streams stands at."""
    rows = await conn.fetch(
        "select h.service, h.stream, h.version from stream_head h"
        " join unnest($2::text[], $3::text[]) as s(service, stream) using (service, stream) where h.consumer = $1",
        consumer,
        [service for service, _ in streams],
        [stream for _, stream in streams],
    )
    return {(row["service"], row["stream"]): row["version"] for row in rows}


async def advance(conn: Any, consumer: str, applied: Sequence[Arrival]) -> dict[Stream, int]:
    """Move the heads of the streams that went on; where these stand now."""
    last = {(a.service, a.stream): a for a in applied}
    if last:
        await conn.execute(
            "insert into stream_head (consumer, service, stream, version, logindex)"
            " select $1, * from unnest($2::text[], $3::text[], $4::int[], $5::bigint[])"
            " on conflict (consumer, service, stream)"
            " do update set version = excluded.version, logindex = excluded.logindex",
            consumer,
            [service for service, _ in last],
            [stream for _, stream in last],
            [a.version for a in last.values()],
            [a.logindex for a in last.values()],
        )
    return {stream: a.version for stream, a in last.items()}


def sorted_out(
    arrivals: Sequence[Arrival], stand: Mapping[Stream, int], waiting: Mapping[Stream, Mapping[int, Waiting]]
) -> tuple[list[Arrival], list[tuple[Arrival, str, str]]]:
    """What is next in its stream, and what has to be parked, with reason and detail. Repeats are in neither.

    Args:
        stand: the version that each stream stands at.
        waiting: what is parked of each, by version.
    """
    fitting: list[Arrival] = []
    parked: list[tuple[Arrival, str, str]] = []
    at = dict(stand)
    held: dict[Stream, set[int]] = {}
    for arrival in arrivals:
        if arrival.delivered is None:
            parked.append((arrival, arrival.fault or "unreadable", arrival.detail))
            continue
        stream, version = (arrival.service, arrival.stream), arrival.version
        head, waits = at.get(stream, 0), waiting.get(stream, {})
        if version <= head or version in waits or version in held.get(stream, ()):
            continue
        if version == head + 1 and arrival.fault is None:
            fitting.append(arrival)
            at[stream] = version
            continue
        if version == head + 1:
            reason = str(arrival.fault)
        else:
            reason = "behind" if version - 1 in waits or version - 1 in held.get(stream, ()) else "gap"
        held.setdefault(stream, set()).add(version)
        parked.append((arrival, reason, arrival.detail))
    return fitting, parked


def chain(head: int, waiting: Mapping[int, Waiting], marked: Collection[UUID]) -> Iterable[Waiting]:
    """What follows a head without a hole, up to the first that still has to wait for a mark."""
    version = head + 1
    while (one := waiting.get(version)) and (one.reason in released_alone or one.id in marked):
        yield one
        version += 1
