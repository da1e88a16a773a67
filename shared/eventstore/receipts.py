"""Receipts: what a school reads about what it sent. A receipt is the remembered answer, so it cannot be lost."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from uuid_utils.compat import uuid5

from shared import messaging
from shared.contracts import canonical
from shared.contracts.envelope import timestamp
from shared.eventstore.commands import commands
from shared.eventstore.store import CommandKey, EventStore, Pool


def receipt(event_id: str, answer: bytes) -> dict[str, Any]:
    """A receipt's content: the sender's own id of the event, and the answer."""
    return {"event_id": event_id, **json.loads(answer)}


Reach = Callable[[Collection[str]], Awaitable[Mapping[str, Collection[str]]]]
"""Under which URNs the receipts of each origin are to be read."""


async def only_its_own(origins: Collection[str]) -> Mapping[str, Collection[str]]:
    """A receipt reaches whoever sent what it is for."""
    return {origin: (origin,) for origin in origins}


async def publish_again(store: EventStore, keys: Collection[CommandKey]) -> None:
    """Publish the receipts of these commands once more."""
    await store.pool.execute(
        "insert into receipt_pending (origin, source, id) select * from unnest($1::text[], $2::text[], $3::text[])",
        [key.origin for key in keys],
        [key.source for key in keys],
        [key.id for key in keys],
    )


async def forget_fingerprints(pool: Pool, keys: Collection[CommandKey]) -> int:
    """Keep of these commands nothing that what they said could be compared with, but their answers; of how many."""
    if not keys:
        return 0
    forgotten = await pool.fetch(
        """update command c set fingerprint = null from unnest($1::text[], $2::text[], $3::text[]) k(origin, source, id)
           where (c.origin, c.source, c.id) = (k.origin, k.source, k.id) and fingerprint is not null returning 1""",
        [key.origin for key in keys],
        [key.source for key in keys],
        [key.id for key in keys],
    )
    return len(forgotten)


async def pending_receipts(
    store: EventStore, limit: int, reach: Reach = only_its_own
) -> tuple[list[int], list[messaging.Message]]:
    """Receipts that were not published yet, oldest first: their numbers and their messages."""
    rows = await store.pool.fetch(
        """select p.number, c.origin, c.source, c.id, c.receipt, c.answered_at
           from receipt_pending p join command c using (origin, source, id) order by p.number limit $1""",
        limit,
    )
    reached = await reach({row["origin"] for row in rows})
    messages = [
        messaging.cloud_event_message(messaging.receipts_topic(urn), row["id"], attributes, content)
        for row in rows
        for attributes, content in [_written(store.service, row)]
        for urn in reached[row["origin"]]
    ]
    return [row["number"] for row in rows], messages


def _written(service: str, row: Any) -> tuple[Mapping[str, str], bytes]:
    """A receipt's attributes and its content."""
    name = f"receipt\n{row['origin']}\n{row['source']}\n{row['id']}\n{row['number']}"
    attributes = {
        "specversion": "1.0",
        "id": str(uuid5(commands, name)),
        "type": f"uk.mat.{service}.Receipt.v1",
        "source": f"/{service}",
        "subject": row["id"],
        "time": timestamp(row["answered_at"]),
        "datacontenttype": "application/json",
    }
    return attributes, canonical.dumps(receipt(row["id"], row["receipt"]))
