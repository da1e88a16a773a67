"""Canonical JSON is RFC 8785 for what records are made of; what comes from outside means one thing or is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import canonical
from shared.contracts.canonical import NotStrictJson

WHOLE = st.integers(-canonical.largest, canonical.largest)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
ASCII_NAME = st.text(st.characters(min_codepoint=1, max_codepoint=0x7F))
SCALAR = st.none() | st.booleans() | WHOLE | TEXT
CONTENT = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ASCII_NAME, inner, max_size=4), max_leaves=20
)


@given(CONTENT)
def test_the_bytes_are_those_of_rfc8785(content: Any) -> None:
    assert canonical.dumps(content) == rfc8785.dumps(content)


@given(CONTENT)
def test_what_was_written_is_read_as_it_was(content: Any) -> None:
    assert canonical.loads(canonical.dumps(content)) == content


@given(CONTENT)
def test_writing_is_the_same_for_every_way_of_saying_it(content: Any) -> None:
    spread = json.dumps(content, indent=2, ensure_ascii=True, sort_keys=False).encode()

    assert canonical.dumps(canonical.loads(spread)) == canonical.dumps(content)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_and_nothing_else(raw: bytes) -> None:
    try:
        content = canonical.loads(raw)
    except NotStrictJson:
        return
    assert json.loads(raw) == content


@given(st.text(st.characters(codec="utf-8", exclude_characters='"\\'), min_size=8))
def test_a_refusal_never_quotes_what_was_sent(secret: str) -> None:
    for raw in (f'{{"a":"{secret}', f'{{"a":1,"a":"{secret}"}}', f'["{secret}\\u0000"]', f'["{secret}\\ud800"]'):
        with pytest.raises(NotStrictJson) as refused:
            canonical.loads(raw.encode())

        assert secret not in refused.value.reason
        assert refused.value.__context__ is None or refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"a":1,"a":2}', "the same key twice"),
        (b'{"a":1,"\\u0061":2}', "the same key twice"),
        (b'[{"b":{"a":1,"c":0,"a":1}}]', "the same key twice"),
        (b"NaN", "NaN and Infinity"),
        (b"[Infinity]", "NaN and Infinity"),
        (b'{"a":-Infinity}', "NaN and Infinity"),
        (b"1.0", "fraction or an exponent"),
        (b"1e3", "fraction or an exponent"),
        (b"[1E400]", "fraction or an exponent"),
        (b"-0.0", "fraction or an exponent"),
        (b"9007199254740992", "beyond 2^53"),
        (b"[-9007199254740992]", "beyond 2^53"),
        (b"1" + b"0" * 100_000, "beyond 2^53"),
        (b'"\\ud800"', "half of a surrogate pair"),
        (b'{"\\udc00":1}', "half of a surrogate pair"),
        (b'"\\ude00\\ud83d"', "half of a surrogate pair"),
        (b'"a\\u0000b"', "U+0000"),
        (b'{"\\u0000":1}', "U+0000"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b'"\xed\xa0\x80"', "not UTF-8 at byte 1"),
        (b'"\xc0\x80"', "not UTF-8 at byte 1"),
        (b"[" * 33 + b"]" * 33, "nested deeper"),
        (b"[" * 200_000, "nested deeper"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "nested deeper"),
        (b"", "not JSON at line 1, column 1"),
        (b"{'a':1}", "not JSON"),
        (b'{"a":1}{"b":2}', "not JSON"),
        (b'{"a":1,}', "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'"a\nb"', "not JSON"),
        (b"01", "not JSON"),
        (b"+1", "not JSON"),
        (b"// no\n1", "not JSON"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_parsers_read_differently_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(NotStrictJson) as refused:
        canonical.loads(raw)

    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        (b"9007199254740991", 2**53 - 1),
        (b"-9007199254740991", 1 - 2**53),
        (b"-0", 0),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b' {"b" : [ ] , "a":null} \r\n', {"a": None, "b": []}),
        (b"[" * 32 + b"]" * 32, json.loads("[" * 32 + "]" * 32)),
        ('"\u2028\x7f\u00e9"'.encode(), "\u2028\x7f\u00e9"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_means_one_thing_is_read(raw: bytes, content: Any) -> None:
    assert canonical.loads(raw) == content


@pytest.mark.parametrize(
    ("content", "raw"),
    [
        ({"b": 1, "a": {"d": True, "c": None}}, b'{"a":{"c":null,"d":true},"b":1}'),
        ('\b\t\n\f\r"\\/\x0f\x7f\u2028', '"\\b\\t\\n\\f\\r\\"\\\\/\\u000f\x7f\u2028"'.encode()),
        ({"a": "Ælfþryð 😀"}, '{"a":"Ælfþryð 😀"}'.encode()),
        ({"A": 1, "a": 2, "_": 3, "10": 4, "9": 5}, b'{"10":4,"9":5,"A":1,"_":3,"a":2}'),
    ],
)
def test_the_bytes_are_pinned(content: Any, raw: bytes) -> None:
    assert canonical.dumps(content) == raw
