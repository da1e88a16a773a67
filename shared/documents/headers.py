"""The headers of our Kafka messages: CloudEvents' attributes in binary mode, each a text."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts.schemas import Schema
from shared.contracts.vocabulary import identifier, urn_form

_time = {"type": "string", "format": "date-time"}
_number = {"type": "string", "pattern": "^[0-9]+$"}
_identifier = {"type": "string", "pattern": f"^/*{identifier.pattern}$"}


def _headers(title: str, needed: Mapping[str, Schema], optional: Mapping[str, Schema]) -> Schema:
    named = {f"ce_{name}": schema for name, schema in {**needed, **optional}.items()}
    return {
        "type": "object",
        "title": title,
        "required": [f"ce_{name}" for name in needed],
        "properties": {**named, "content-type": {"const": "application/json"}},
    }


events = _headers(
    "EventHeaders",
    {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "type": {"type": "string", "description": "Its type: the name of one of these messages."},
        "source": {"type": "string", "description": "The service that published it, such as `/talent`."},
        "subject": {"type": "string", "description": "Its stream."},
        "partitionkey": {"type": "string", "description": "Its stream again: the record's key."},
        "streamversion": {**_number, "description": "Its number in its stream, from 1, without a gap."},
        "logindex": {**_number, "description": "Its number in the service's log, from 0, without a gap."},
        "time": {**_time, "description": "When it was recorded."},
        "happenedat": {**_time, "description": "When it happened, which may be long before."},
        "trustuid": {"type": "string", "description": "The trust that it belongs to, by its GIAS group UID."},
        "actor": {"type": "string", "description": "A pseudonymous id of who asked for it."},
        "correlationid": {"type": "string", "description": "The same for all that one request set off."},
    },
    {
        "causationid": {"type": "string", "description": "The event that caused it, where one did."},
        "chaindepth": {**_number, "description": "How many reactions led to it, where one did."},
        "urn": {"type": "string", "description": "The school that it is about, where it is about one."},
    },
)
to_school: Schema = {
    **events,
    "title": "ToSchoolHeaders",
    "required": [*events["required"], "ce_toschool"],
    "properties": {
        **events["properties"],
        "ce_toschool": {"type": "string", "description": "The URN of the school that is told it."},
    },
}
claims = _headers(
    "ClaimHeaders",
    {
        "specversion": {"const": "1.0"},
        "id": {**_identifier, "description": "The sender's own id: under one id a source says one thing, once."},
        "source": {**_identifier, "description": "The system that says it."},
        "type": {**_identifier, "description": "What happened. A type that is not known here is kept until it is."},
    },
    {
        "happenedat": {**_time, "description": "When it happened, if not now."},
        "trustuid": {"type": "string", "description": "The trust, where the data does not say it."},
        "urn": {
            "type": "string",
            "pattern": f"^{urn_form}$",
            "description": "The school that says it, where the data names none and its system serves several.",
        },
        "correlationid": {"type": "string", "description": "The same for all that one thing set off."},
    },
)
receipts = _headers(
    "ReceiptHeaders",
    {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "type": {"type": "string", "description": "`uk.mat.<service>.Receipt.v1`."},
        "source": {"type": "string", "description": "The service that answers, such as `/talent`."},
        "subject": {"type": "string", "description": "The sender's own id of the claim: the record's key."},
        "partitionkey": {"type": "string", "description": "The same."},
        "time": {**_time, "description": "When it was answered."},
    },
    {},
)
