"""Fuzzing what both doors begin with: from any bytes and headers to a claim, or to a refusal that is documented."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from shared.documents.refusals import refusals_of
from shared.intake.claims import Claim, ClaimRefused, is_event_id
from shared.intake.reading import Item, batch_type, event_type, from_http, from_record
from tests.integration.hostile.bodies import SERVICES, good
from tests.integration.hostile.unreadable import VALUES, WHOLE

Headers = Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True)
class Sent:
    """What somebody sent: as a record it is this; as a request the headers are texts."""

    value: bytes | None
    headers: Headers
    key: bytes | None = None

    def case(self) -> dict[str, Any]:
        """It, to be kept."""
        headers = [[name, None if text is None else b64encode(text).decode()] for name, text in self.headers]
        return {"body": None if self.value is None else b64encode(self.value).decode(), "headers": headers}

    @classmethod
    def of(cls, case: Mapping[str, Any]) -> Sent:
        """A kept one."""
        headers = [(name, None if text is None else b64decode(text)) for name, text in case["headers"]]
        return cls(None if case["body"] is None else b64decode(case["body"]), headers)


@cache
def _codes() -> frozenset[str]:
    return frozenset(refusal.code for refusal in refusals_of(["shared.intake"]))


def check(sent: Sent) -> None:
    """Read it at both doors: a claim, or a refusal with a code, and an id that it can be answered under."""
    _check_item(from_record(sent, "record-0-0"))  # type: ignore[arg-type]  # a header's value may be missing in Kafka
    texts = {name.lower(): (text or b"").decode("latin-1") for name, text in sent.headers}
    for media_type in (texts.get("content-type", ""), event_type, batch_type, "application/json"):
        for found in _requested({**texts, "content-type": media_type}, sent.value or b""):
            _check_refusal(found) if isinstance(found, ClaimRefused) else _check_item(found)


def _requested(headers: Mapping[str, str], body: bytes) -> Sequence[Item | ClaimRefused]:
    """What a request has, or why it has nothing."""
    try:
        return from_http(headers, body)
    except ClaimRefused as refused:
        return [refused]


def _check_refusal(refusal: ClaimRefused) -> None:
    assert refusal.code in _codes()
    assert refusal.message


def _check_item(item: Item) -> None:
    assert is_event_id(item.id)
    assert is_event_id(item.source)
    assert item.came is not None
    assert json.loads(item.came.content())
    if isinstance(item, Claim):
        assert json.loads(item.content)["type"] == item.type
    else:
        _check_refusal(item.refusal)


@cache
def _claims() -> list[bytes]:
    return [json.dumps(sent, ensure_ascii=False).encode() for service in SERVICES for sent in good(service)]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good claim with some of its bytes gone, doubled, changed, or with something that is no JSON put in."""
    content = draw(st.sampled_from(_claims()))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(start + 40, len(content))))
        inserted = draw(st.one_of(st.binary(max_size=6), st.sampled_from(list(VALUES.values())), _structure))
        content = content[:start] + inserted + content[draw(st.sampled_from([start, end])) :]
    return content


_structure = st.sampled_from([b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\\u", b"null", b"-", b"\xef\xbb\xbf"])
_whole = st.builds(
    lambda content, make: make(json.loads(content)),
    st.deferred(lambda: st.sampled_from(_claims())),
    st.sampled_from(list(WHOLE.values())),
)
_attributes = ("id", "source", "type", "specversion", "time", "happenedat", "trustuid", "correlationid", "urn", "data")
_names = st.sampled_from([f"{p}{n}" for p in ("ce_", "CE_", "ce-") for n in _attributes] + ["content-type", "ce_"])
_texts = st.one_of(
    st.none(),
    st.binary(max_size=20),
    st.sampled_from([b"1.0", b"a", b"99001", b"2026-11-16T16:10:00Z", b"0001-01-01T00:00:00+14:00", b"%00%ff%"]),
    st.sampled_from([event_type.encode(), b"application/json; charset=utf-16", batch_type.encode()]),
)
_headers = st.lists(st.tuples(_names | st.text(max_size=8), _texts), max_size=8)
sent = st.builds(Sent, st.one_of(st.none(), st.binary(max_size=200), mutated(), _whole), _headers)
"""Anything at all."""
