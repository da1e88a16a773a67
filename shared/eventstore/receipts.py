"""Receipts: what a school reads about what it sent. A receipt is the remembered answer, so it cannot be lost."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid5

from cloudevents.core.v1.event import CloudEvent

from shared import messaging
from shared.contracts import canonical
from shared.eventstore.executing import commands
from shared.eventstore.store import EventStore


def receipt(event_id: str, answer: bytes) -> dict[str, Any]:
    """A receipt's content: the sender's own id of the event, and the answer."""
    return {"event_id": event_id, **json.loads(answer)}


async def pending_receipts(store: EventStore, limit: int) -> tuple[list[int], list[messaging.Message]]:
    """Receipts that were not published yet, oldest first: their numbers and their messages."""
    rows = await store.pool.fetch(
        """select p.number, c.origin, c.source, c.id, c.receipt, c.answered_at
           from receipt_pending p join command c using (origin, source, id) order by p.number limit $1""",
        limit,
    )
    messages = [
        messaging.cloud_event_message(
            messaging.receipts_topic(row["origin"]),
            CloudEvent(
                {
                    "id": str(
                        uuid5(commands, f"receipt\n{row['origin']}\n{row['source']}\n{row['id']}\n{row['number']}")
                    ),
                    "type": f"uk.mat.{store.service}.Receipt.v1",
                    "source": f"/{store.service}",
                    "subject": row["id"],
                    "time": row["answered_at"],
                    "datacontenttype": "application/json",
                    "partitionkey": row["id"],
                },
                canonical.dumps(receipt(row["id"], row["receipt"])),
            ),
        )
        for row in rows
    ]
    return [row["number"] for row in rows], messages
