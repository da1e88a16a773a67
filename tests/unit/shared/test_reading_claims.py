"""Claims from bytes: every mode of CloudEvents, and one clear answer to everything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import Headers

from shared.decider import Rejected
from shared.intake.claims import Claim, ClaimRefused
from shared.intake.reading import Item, Unreadable, batch_type, from_http, from_record, is_batch

ATTRIBUTES = {
    "specversion": "1.0",
    "id": "a-1",
    "source": "/arbor",
    "type": "uk.mat.talent.PersonRegistered.v1",
    "trustuid": "99001",
    "happenedat": "2026-11-16T16:10:00+00:00",
}
DATA = {"urn": "900001", "name": "Zoë"}
STRUCTURED = {"content-type": "application/cloudevents+json"}


@dataclass(frozen=True)
class Record:
    """A Kafka record as it comes."""

    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    key: bytes | None = None


def structured(data: Any = DATA, **changes: Any) -> bytes:
    return json.dumps({**ATTRIBUTES, "data": data} | changes, ensure_ascii=False).encode()


def one(items: list[Item]) -> Item:
    [item] = items
    return item


def refusal(item: Item) -> Rejected:
    assert isinstance(item, Unreadable)
    return item.refusal


def claim(item: Item) -> Claim:
    assert isinstance(item, Claim), item
    return item


@pytest.mark.parametrize("mode", [to_binary, to_structured], ids=["binary", "structured"])
def test_what_the_packages_own_sender_makes_is_read(mode: Callable[..., HTTPMessage]) -> None:
    """As its writers encode it: the attributes' values with percent signs, the data's type as the content's."""
    sent = CloudEvent(
        {
            **ATTRIBUTES,
            "correlationid": "50% caf\u00e9",
            "urn": "900001",
            "time": datetime(2026, 11, 16, tzinfo=UTC),
            "datacontenttype": "application/json; charset=utf-8",
        },
        DATA,
    )

    message = mode(sent, JSONFormat())
    headers = {name.upper() if mode is to_structured else name: text for name, text in message.headers.items()}
    found = claim(one(from_http(Headers(headers), message.body)))

    assert (found.id, found.source, found.type, found.data) == (*list(ATTRIBUTES.values())[1:4], DATA)
    assert found.happened_at == datetime(2026, 11, 16, 16, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [('"a-1"', "a-1"), (r'"a\-1"', "a-1"), ("%61%2D1", "a-1"), ('"%61-1"', "a-1"), ('"', None), ("%C0%A0", None)],
    ids=["quoted", "quoted and escaped", "percent", "both", "half quoted", "not UTF-8"],
)
def test_a_header_means_what_the_binding_says(text: str, meant: str | None) -> None:
    """HTTP binding §3.1.3.2: unquoted, then percent-decoded once; what is not UTF-8 is refused."""
    headers = {f"ce-{name}": said for name, said in {**ATTRIBUTES, "id": text}.items()}
    item = one(from_http(headers, json.dumps(DATA).encode()))

    assert (item.id if isinstance(item, Claim) else None) == meant


@pytest.mark.parametrize("media_type", ["application/cloudevents+avro", "application/cloudevents-batch+avro"])
def test_another_format_of_cloud_events_is_refused_as_such(media_type: str) -> None:
    with pytest.raises(ClaimRefused, match="format_not_offered"):
        from_http({"content-type": media_type}, b"\x00")


def test_a_batch_may_be_empty_and_its_type_in_any_case() -> None:
    assert from_http({"content-type": batch_type.upper() + "; charset=utf-8"}, b"[]") == []
    assert is_batch({"content-type": batch_type.upper()})


@pytest.mark.parametrize(("urn", "urns"), [("900002", {"900001", "900002"}), (None, {"900001"})])
def test_an_attribute_may_say_which_school_speaks(urn: str | None, urns: set[str]) -> None:
    said = claim(one(from_http(STRUCTURED, structured(**({} if urn is None else {"urn": urn})))))

    assert said.urns == urns
    assert refusal(one(from_http(STRUCTURED, structured(urn=900002)))).field == "/urn"


@pytest.mark.parametrize("key", [b"a-key", b"", b"\xff"])
def test_a_records_key_changes_nothing(key: bytes) -> None:
    headers = (("content-type", b"application/cloudevents+json"),)

    assert from_record(Record(structured(), headers, key), "p") == from_record(Record(structured(), headers), "p")


def test_all_modes_of_both_doors_read_the_same_claim() -> None:
    body = json.dumps(DATA).encode()
    binary = {"content-type": "application/json", **{f"ce-{name}": text for name, text in ATTRIBUTES.items()}}
    headers = tuple((f"ce_{name}", text.encode()) for name, text in ATTRIBUTES.items())

    found = [
        one(from_http(STRUCTURED, structured())),
        one(from_http(binary, body)),
        one(from_http({"content-type": batch_type}, b"[" + structured() + b"]")),
        from_record(Record(body, headers), "record-0-0"),
        from_record(Record(structured(), (("content-type", b"application/cloudevents+json"),)), "record-0-0"),
    ]

    assert {claim(item).content for item in found} == {claim(found[0]).content}
    assert all(
        (claim(i).id, claim(i).trustuid, claim(i).urns) == ("a-1", "99001", frozenset({"900001"})) for i in found
    )


def test_the_fingerprints_content_is_what_is_said_not_when_it_was_sent() -> None:
    first, second = (one(from_http(STRUCTURED, structured(time=t))) for t in ("2026-11-16T10:00:00Z", None))

    assert claim(first).content == claim(second).content


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"\xff\xfe", "not_json", None),
        (b"\xef\xbb\xbf{}", "not_json", None),
        (b"{", "not_json", None),
        (b"[]", "not_json", None),
        (b"", "not_json", None),
        (structured().replace(b'"900001"', b'"900001","urn":"900002"'), "not_json", "/data/urn"),
        (structured({"a": 1.5}), "not_json", "/data/a"),
        (structured({"a": 2**60}), "not_json", "/data/a"),
        (structured({"a": float("nan")}), "not_json", "/data/a"),
        (structured({"a": "\x00"}), "not_json", "/data/a"),
        (b'{"data":{"a":"\\ud800"}}', "not_json", "/data/a"),
        (b'{"data":' + b"[" * 7000 + b"]" * 7000 + b"}", "not_json", None),
        (structured(id=""), "invalid", "/id"),
        (structured(id="Jane Doe"), "invalid", "/id"),
        (structured(id=7), "invalid", "/id"),
        (structured(source=None), "invalid", "/source"),
        (structured(type="x" * 300), "invalid", "/type"),
        (structured(specversion="0.3"), "invalid", "/specversion"),
        (structured("text"), "invalid", "/data"),
        (structured(None), "invalid", "/data"),
        (structured(happenedat="yesterday"), "invalid", "/happenedat"),
        (structured(happenedat="2026-11-16T16:10:00"), "invalid", "/happenedat"),
        (structured({"a": {"b": ["sealed:1:x"]}}), "reserved_text", "/data/a/b/0"),
    ],
)
def test_what_is_no_claim_is_refused_and_never_quoted(body: bytes, code: str, field: str | None) -> None:
    refused = refusal(one(from_http(STRUCTURED, body)))

    assert (refused.code, refused.field) == (code, field)
    assert "Jane" not in refused.message


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(ClaimRefused, match="too_large"):
        from_http(STRUCTURED, b"x" * 300_000)


@pytest.mark.parametrize("body", [b"{}", b"x", b"[" + b",".join([b"{}"] * 501) + b"]"])
def test_a_batch_is_at_most_500_events(body: bytes) -> None:
    with pytest.raises(ClaimRefused):
        from_http({"content-type": batch_type}, body)


def test_a_bad_item_of_a_batch_is_answered_under_its_id_and_spoils_no_other() -> None:
    good, bad, nameless = from_http(
        {"content-type": batch_type}, b"[" + b",".join([structured(), structured("text", id="b-2"), b"7"]) + b"]"
    )

    assert (claim(good).id, bad.id, nameless.id) == ("a-1", "b-2", "item-2")


def test_an_unreadable_record_is_answered_under_its_place() -> None:
    item = from_record(Record(b"garbage"), "record-0-7")

    assert (item.id, refusal(item).code) == ("record-0-7", "not_json")


@settings(max_examples=300)
@given(st.binary(max_size=300), st.lists(st.tuples(st.text(max_size=12), st.binary(max_size=30)), max_size=4))
def test_no_bytes_at_all_break_the_reading(value: bytes, headers: list[tuple[str, bytes]]) -> None:
    item = from_record(Record(value, tuple(headers)), "record-0-0")

    assert isinstance(item, Claim | Unreadable)
    assert isinstance(one(from_http(STRUCTURED, value)), Claim | Unreadable)
