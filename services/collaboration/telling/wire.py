"""What is told, as a CloudEvent: in binary mode on Kafka, in structured mode over HTTP, with the same attributes."""

from __future__ import annotations

from dataclasses import replace

import orjson

from services.collaboration.telling.feed import Entry, Told
from shared import messaging
from shared.contracts.vocabulary import Urn

content_type = "application/cloudevents+json"


def message(told: Told, opened: bytes) -> messaging.Message:
    """As it stands on the school's topic: the message that published the event, with its texts in clear."""
    recorded, urn = told.entry.recorded, told.urn
    published = messaging.event_message(recorded.meta, opened, told.entry.logindex)
    headers = (*published.headers, ("ce_toschool", urn.encode()))
    return replace(published, topic=messaging.to_school_topic(urn), headers=headers)


def structured(urn: Urn, entry: Entry, opened: bytes) -> bytes:
    """As it is posted to a webhook of the school."""
    attributes = orjson.loads(entry.recorded.meta)
    more = {"logindex": entry.logindex, "partitionkey": entry.stream, "toschool": urn}
    return orjson.dumps(attributes | more | {"data": orjson.Fragment(opened)})
