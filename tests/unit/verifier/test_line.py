"""An export's line gives back the bytes that the writer hashed, whatever its layout, and means one thing or nothing."""

from __future__ import annotations

import json
import random
from typing import Any, cast

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.exporting.history import as_line, line
from shared.contracts import canonical as writers
from shared.contracts.envelope import Envelope, chain_hash
from tests.contracts.test_canonical import CONTENT, TEXT
from tests.support import small_store
from verifier.line import UnreadableError, canonical, event_hash, read

ROWS = small_store.rows(random.Random(4), 60)
LINES = small_store.lines(ROWS)


def test_every_line_gives_the_writers_bytes() -> None:
    for row, text in zip(ROWS, LINES, strict=True):
        event = read(text)

        assert (event.meta, event.record) == (row["meta"], row["record"])
        assert (event.previous, event.hash) == (row["prev_hash"], row["hash"])
        assert (event.logindex, event.stream) == (row["logindex"], row["stream"])
        assert event_hash(event.previous, event.meta, event.record) == chain_hash(
            row["prev_hash"], row["meta"], row["record"]
        )


@given(st.dictionaries(st.text(st.characters(min_codepoint=1, max_codepoint=0x7F)), CONTENT, max_size=4), TEXT)
def test_any_content_gives_the_writers_bytes(content: dict[str, Any], name: str) -> None:
    envelope = Envelope.of_meta(ROWS[0]["meta"])
    row = {
        **ROWS[0],
        "record": writers.dumps(content),
        "meta": writers.dumps({**json.loads(envelope.meta()), "actor": name, "subject": name, "urn": name}),
    }
    event = read(as_line(line(cast("asyncpg.Record", row))))

    assert (event.meta, event.record) == (row["meta"], row["record"])


def test_a_line_that_was_laid_out_anew_gives_the_same_event() -> None:
    for text in LINES:
        spread = json.dumps(_reversed(json.loads(text)), indent=2, ensure_ascii=True).encode()

        assert read(spread) == read(text)
        assert canonical(spread) == text.removesuffix(b"\n")


def _reversed(content: Any) -> Any:
    """The same with the names of each object the other way round."""
    return {name: _reversed(content[name]) for name in reversed(content)} if isinstance(content, dict) else content


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"data":{', b'"data":{"a":1,"a":1,'),
        (b'"data":{', b'"data":{"a":1.5,'),
        (b'"data":{', b'"data":{"a":NaN,'),
        (b'"data":{', b'"data":{"a":"\\ud800",'),
        (b'"version":', b'"version":0'),
        (b'"version":', b'"version":-'),
        (b'"hash":"', b'"hash":"0'),
        (b'{"service":"', b'{"service":"../'),
        (b'{"service"', b'{"note":1,"service"'),
        (b'"actor"', b'"Actor"'),
        (b'"data":{', b'"data": [{'),
    ],
    ids=range(11),
)
def test_a_line_with_two_meanings_or_none_is_not_read(before: bytes, after: bytes) -> None:
    """The space makes it a line that is not in the one form, so that it is read as JSON first."""
    text = LINES[0].replace(before, after, 1).replace(b",", b", ", 1)

    with pytest.raises(UnreadableError):
        read(text)


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"service":"talent"}'], ids=range(7)
)
def test_what_is_no_line_is_not_read(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(raw)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_event_or_unreadable(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(raw)
