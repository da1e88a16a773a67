"""Consuming a service's events: Kafka on one side, one Postgres transaction a batch on the other.

`Subscription` is the Kafka side: it reads batches, keeps its place itself and hands each batch to a `Receiver`. `Inbox`
is the receiver that applies events in their streams' order, once each, in the transaction that moves the offsets.
"""

from shared.consumer.arrivals import Arrival, Sealer
from shared.consumer.catchup import Door, HttpDoor, Missed
from shared.consumer.health import Health
from shared.consumer.inbox import Apply, Hold, Inbox, from_the_beginning, schema
from shared.consumer.offsets import Offsets
from shared.consumer.parking import Parked, Reason, mark_for_redrive, parked
from shared.consumer.receiving import Fenced, Gap, Place, Receiver, Slice
from shared.consumer.subscription import Subscription

__all__ = [
    "Apply",
    "Arrival",
    "Door",
    "Fenced",
    "Gap",
    "Health",
    "Hold",
    "HttpDoor",
    "Inbox",
    "Missed",
    "Offsets",
    "Parked",
    "Place",
    "Reason",
    "Receiver",
    "Sealer",
    "Slice",
    "Subscription",
    "from_the_beginning",
    "mark_for_redrive",
    "parked",
    "schema",
]
