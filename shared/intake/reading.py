"""From bytes to claims: CloudEvents in structured and binary mode over HTTP and Kafka, and in batches over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
    # The type of the content tells the mode, as CloudEvents wants it; the package goes by the headers, which anybody
    # between us and the sender may have added.
    read = http.from_structured if media_type == event_type else http.from_http
    message = http.HTTPMessage({name: _unquoted(name, text) for name, text in headers.items()}, body)
    return [_item(lambda: read(message, _json, _any_event), _Place(headers), Came(headers, body))]


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
    said = {name.lower(): content or b"" for name, content in record.headers}
    headers = {name: content for name, content in said.items() if name[:3] == "ce_" or name == "content-type"}
    texts = {name: content.decode("utf-8", "replace") for name, content in headers.items()}
    body = record.value or b""

    def read() -> Any:
        _check_size(body, largest_claim_bytes)
        is_structured = _media_type(texts.get("content-type", "")) == event_type
        mode = kafka.from_structured if is_structured else kafka.from_kafka
        return mode(kafka.KafkaMessage(headers, None, body), _json, _any_event)

    return _item(read, _Place(texts, prefix="ce_", otherwise=place), Came(texts, body))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an answer to something unreadable goes."""

    named: Mapping[str, Any]
    prefix: str = "ce-"
    otherwise: str = "unnamed"

    def of(self, name: str) -> str:
        found = self.named.get(self.prefix + name)
        return found if isinstance(found, str) and is_event_id(found) else self.otherwise


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
    place = _Place({f"ce-{name}": text for name, text in attributes.items()}, otherwise=f"item-{number}")
    return _item(lambda: _Raw(attributes, data), place, Came({"content-type": event_type}, event))


def _item(read: Callable[[], Any], place: _Place, came: Came) -> Item:
    try:
        raw = read()
        place = replace(place, named={place.prefix + name: text for name, text in raw.attributes.items()})
        return replace(read_claim(raw.attributes, raw.data), came=came)
    except ClaimRefused as refusal:
        reason = refusal
    except canonical.NotStrictJson as broken:
        reason = ClaimRefused("not_json", f"This cannot be read: {broken.reason}.", field=field_at(broken.path) or None)
    except (ValueError, OverflowError):
        reason = ClaimRefused("invalid", "An attribute is malformed: see the CloudEvents specification, version 1.0.")
    return Unreadable(place.of("id"), place.of("source"), reason, came)


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _check_size(body: bytes, largest: int) -> None:
    if len(body) > largest:
        raise ClaimRefused("too_large", f"At most {largest // 1024} KiB are taken in one piece.")
