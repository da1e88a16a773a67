"""From bytes to claims: CloudEvents in structured and binary mode over HTTP and Kafka, and in batches over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloudevents.core.base import BaseCloudEvent, EventFactory
from cloudevents.core.bindings import http, kafka
from cloudevents.core.formats.json import JSONFormat

from shared.contracts import canonical
from shared.contracts.vocabulary import identifier
from shared.intake.claims import Claim, ClaimRefused, largest_claim_bytes, read_claim
from shared.messaging import Record
from shared.problems import pointer

event_type = "application/cloudevents+json"
batch_type = "application/cloudevents-batch+json"
largest_batch = 500
largest_batch_bytes = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that came in and is no claim; it is answered under the id that it has, or that its place gives it."""

    id: str
    source: str
    refusal: ClaimRefused


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
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == batch_type:
        return _batch(body)
    _check_size(body, largest_claim_bytes)
    # The type of the content tells the mode, as CloudEvents wants it; the package goes by the headers, which anybody
    # between us and the sender may have added.
    read = http.from_structured if media_type == event_type else http.from_http
    return [_item(lambda: read(http.HTTPMessage(dict(headers), body), _json, _any_event), _Place(headers))]


def from_record(record: Record, place: str) -> Item:
    """The claim of a Kafka record, whose key says nothing; `place` names the record where it does not name itself."""
    headers = {name.lower(): content for name, content in record.headers}
    message = kafka.KafkaMessage(headers, None, record.value or b"")
    known: dict[str, Any] = {
        name: headers[name].decode("utf-8", "replace") for name in ("ce_id", "ce_source") if name in headers
    }
    return _item(lambda: kafka.from_kafka(message, _json, _any_event), _Place(known, prefix="ce_", otherwise=place))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an answer to something unreadable goes."""

    named: Mapping[str, Any]
    prefix: str = "ce-"
    otherwise: str = "unnamed"

    def of(self, name: str) -> str:
        found = self.named.get(self.prefix + name)
        return found if isinstance(found, str) and identifier.fullmatch(found.lstrip("/")) else self.otherwise


def _batch(body: bytes) -> list[Item]:
    _check_size(body, largest_batch_bytes)
    try:
        content = canonical.loads(body)
    except canonical.NotStrictJson as broken:
        raise ClaimRefused(
            "not_json", f"The batch cannot be read: {broken.reason}.", field=pointer(broken.path) or None
        ) from None
    if not isinstance(content, list) or not 1 <= len(content) <= largest_batch:
        raise ClaimRefused("invalid", f"A batch is a JSON array of 1 to {largest_batch} events.")
    return [_of_object(event, number) for number, event in enumerate(content)]


def _of_object(event: Any, number: int) -> Item:
    attributes = dict(event) if isinstance(event, dict) else {}
    data = attributes.pop("data", None)
    place = _Place({f"ce-{name}": text for name, text in attributes.items()}, otherwise=f"item-{number}")
    return _item(lambda: _Raw(attributes, data), place)


def _item(read: Callable[[], Any], place: _Place) -> Item:
    try:
        raw = read()
        return read_claim(raw.attributes, raw.data)
    except ClaimRefused as refusal:
        reason = refusal
    except canonical.NotStrictJson as broken:
        reason = ClaimRefused("not_json", f"This cannot be read: {broken.reason}.", field=pointer(broken.path) or None)
    except (ValueError, OverflowError):
        reason = ClaimRefused("invalid", "An attribute is malformed: see the CloudEvents specification, version 1.0.")
    return Unreadable(place.of("id"), place.of("source"), reason)


def _check_size(body: bytes, largest: int) -> None:
    if len(body) > largest:
        raise ClaimRefused("too_large", f"At most {largest // 1024} KiB are taken in one piece.")
