"""From bytes to claims: CloudEvents in structured and binary mode over HTTP and Kafka, and in batches over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloudevents.core.base import BaseCloudEvent, EventFactory
from cloudevents.core.bindings import http, kafka
from cloudevents.core.formats.json import JSONFormat

from shared.contracts import canonical
from shared.intake.claims import Claim, ClaimRefused, field_at, is_event_id, largest_claim_bytes, read_claim
from shared.intake.keeping import Came
from shared.messaging import Record

event_type = "application/cloudevents+json"
batch_type = "application/cloudevents-batch+json"
_any_format = "application/cloudevents"
largest_batch = 500
largest_batch_bytes = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that came in and is no claim; it is answered under the id that it has, or that its place gives it."""

    id: str
    source: str
    refusal: ClaimRefused
    came: Came


Item = Claim | Unreadable


class _StrictJson(JSONFormat):
    """The package's JSON format with our strict reading."""

    def read(self, event_factory: EventFactory | None, data: str | bytes) -> BaseCloudEvent:
        content = canonical.loads(data if isinstance(data, bytes) else data.encode())
        if not isinstance(content, dict):
            raise canonical.NotStrictJson("an event is a JSON object")
        if isinstance(content.get("time"), str):
            content["time"] = datetime.fromisoformat(content["time"])
        body = content.pop("data", None)
        factory = event_factory or _any_event
        return factory(content, body)

    def read_data(self, body: bytes, datacontenttype: str | None) -> Any:  # noqa: ARG002  the package's signature
        try:
            return canonical.loads(body)
        except canonical.NotStrictJson as broken:
            broken.path = ("data", *broken.path)
            raise


class _Raw:
    """A CloudEvent as it came: the pipeline checks its attributes itself, so that it can say which is wrong."""

    def __init__(self, attributes: dict[str, Any], data: Any) -> None:
        self.attributes = attributes
        self.data = data


def _any_event(attributes: dict[str, Any], data: Any) -> Any:
    return _Raw(attributes, data)


_json = _StrictJson()


def from_http(headers: Mapping[str, str], body: bytes) -> list[Item]:
    """The claims of one request, in its order.

    Raises:
        ClaimRefused: the request as a whole cannot be read.
    """
    media_type = _media_type(headers.get("content-type", ""))
    if media_type == batch_type:
        return _batch(body)
    if media_type.startswith(_any_format) and media_type != event_type:
        raise ClaimRefused("format_not_offered", "Of the formats of CloudEvents send JSON: no other is read.")
    _check_size(body, largest_claim_bytes)

    def read() -> Any:
        if media_type == event_type:  # the package goes by the headers, which anybody on the way may have added
            return _json.read(_any_event, body)
        message = http.HTTPMessage({name: _unquoted(name, text) for name, text in headers.items()}, body)
        return http.from_http(message, _json, _any_event)

    return [_item(read, Came(headers, body))]


def is_batch(headers: Mapping[str, str]) -> bool:
    """Whether a request says that it brings a batch."""
    return _media_type(headers.get("content-type", "")) == batch_type


def _unquoted(name: str, text: str) -> str:
    """An attribute as its header means it: earlier versions of the HTTP binding (§3.1.3.2) quote some."""
    is_quoted = name[:3].lower() == "ce-" and len(text) > 1 and text[0] == text[-1] == '"'
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if is_quoted else text


def from_record(record: Record, place: str) -> Item:
    """The claim of a Kafka record, whose key says nothing; `place` names the record where it does not name itself.

    Headers that say nothing of a claim, such as those of tracing, are not looked at.
    """
    headers = {name.lower(): content or b"" for name, content in record.headers}
    headers = {name: content for name, content in headers.items() if name[:3] == "ce_" or name == "content-type"}
    texts = {name: content.decode("utf-8", "replace") for name, content in headers.items()}
    body = record.value or b""

    def read() -> Any:
        _check_size(body, largest_claim_bytes)
        if _media_type(texts.get("content-type", "")) == event_type:
            return _json.read(_any_event, body)
        return kafka.from_kafka(kafka.KafkaMessage(headers, None, body), _json, _any_event)

    return _item(read, Came(texts, body), place)


def _batch(body: bytes) -> list[Item]:
    _check_size(body, largest_batch_bytes)
    try:
        content = canonical.loads(body)
    except canonical.NotStrictJson as broken:
        raise ClaimRefused(
            "not_json", f"The batch cannot be read: {broken.reason}.", field=field_at(broken.path) or None
        ) from None
    if not isinstance(content, list) or len(content) > largest_batch:
        raise ClaimRefused("invalid", f"A batch is a JSON array of at most {largest_batch} events.")
    return [_of_object(event, number) for number, event in enumerate(content)]


def _of_object(event: Any, number: int) -> Item:
    attributes = dict(event) if isinstance(event, dict) else {}
    data = attributes.pop("data", None)
    return _item(lambda: _Raw(attributes, data), Came(_in_a_batch, event), f"item-{number}")


def _item(read: Callable[[], Any], came: Came, otherwise: str = "unnamed") -> Item:
    """A claim, or why it is none: answered under the names that it gives itself, or under `otherwise`."""
    named: Mapping[str, Any] | None = None
    try:
        raw = read()
        named = raw.attributes
        return read_claim(named, raw.data, came)
    except ClaimRefused as refusal:
        reason = refusal
    except canonical.NotStrictJson as broken:
        reason = ClaimRefused("not_json", f"This cannot be read: {broken.reason}.", field=field_at(broken.path) or None)
    except (ValueError, OverflowError):
        reason = ClaimRefused("invalid", "An attribute is malformed: see the CloudEvents specification, version 1.0.")
    if named is None:
        named = {name[3:]: text for name, text in came.headers.items() if name[:3] in ("ce-", "ce_")}
    return Unreadable(_named(named, "id", otherwise), _named(named, "source", otherwise), reason, came)


def _named(attributes: Mapping[str, Any], name: str, otherwise: str) -> str:
    found = attributes.get(name)
    return found if isinstance(found, str) and is_event_id(found) else otherwise


_in_a_batch = {"content-type": event_type}


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _check_size(body: bytes, largest: int) -> None:
    if len(body) > largest:
        raise ClaimRefused("too_large", f"At most {largest // 1024} KiB are taken in one piece.")
