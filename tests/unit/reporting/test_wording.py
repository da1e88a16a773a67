"""Codes in a person's words: every one that a contract has is said, and nothing is said that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import pytest

from services.reporting import reports
from services.reporting.wording import EVERYWHERE, WHERE, heading, is_code, pounds, said
from shared.contracts import codec
from shared.contracts.talent.register import HalfTermName

LITTLE = {"do", "end", "hub", "in", "is", "it", "late", "met", "not", "of", "on", "out", "same", "site", "up", "we"}
SCHEMES = {"nle", "lle", "sle", "nlg"}  # codes of a field that takes others too


@cache
def codes() -> set[tuple[str, str]]:
    """Fields of events that have a vocabulary, with each of its codes."""
    return {
        one for contract in codec.contracts.values() for cls in contract.types.values() for one in codes_in("", cls)
    }


def codes_in(field: str, hint: Any) -> Iterator[tuple[str, str]]:
    if is_dataclass(hint) and isinstance(hint, type):
        yield from (one for of in get_type_hints(hint, include_extras=True).items() for one in codes_in(*of))
    elif get_origin(hint) is Annotated:
        yield from codes_in(field, get_args(hint)[0])
    elif get_origin(hint) is not Literal:
        yield from (one for part in get_args(hint) for one in codes_in(field, part))
    elif hint != HalfTermName:  # half-terms are called by their codes
        yield from ((field, code) for code in get_args(hint))


def test_each_code_of_the_contracts_is_said_in_words() -> None:
    as_written = {code for name, code in codes() if said(code, name) == code.replace("_", " ")}

    unlike_words = {code for code in as_written if not all(is_word(word) for word in code.split("_"))}

    assert len(codes()) > 200
    assert unlike_words == set()


def is_word(text: str) -> bool:
    """Whether it is none of an abbreviation, a number and a name of somebody's own."""
    return text in LITTLE or (text.isalpha() and len(text) > 2 and any(vowel in text for vowel in "aeiou"))


def test_nothing_is_said_that_no_contract_and_no_report_has() -> None:
    known = {code for _, code in codes()} | SCHEMES
    told = "".join(path.read_text(encoding="utf-8") for path in Path(reports.__file__).parent.glob("*.[ps][yq]*"))

    assert {code for code in EVERYWHERE if code not in known and f"'{code}'" not in told} == set()
    for where, own in WHERE.items():
        assert {code for code in own if (where, code) not in codes() and f"'{code}'" not in told} == set()
        assert where in told or where in {name for name, _ in codes()}


@pytest.mark.parametrize(
    ("code", "where", "words"),
    [
        ("deputy_headteacher", "role", "deputy headteacher"),
        ("early-reading", "specialism", "early reading"),
        ("hr", "kind", "HR"),
        ("middle", "role_level", "middle leader"),
        ("middle", "phase", "middle"),
        ("2_3_years", "readiness", "in 2 to 3 years"),
        ("red", "rag", "off track"),
        ("red", "risk", "high"),
    ],
)
def test_a_code_in_words(code: str, where: str, words: str) -> None:
    assert said(code, where) == words


def test_a_text_is_no_code() -> None:
    assert [text for text in ("on", "in_2_3", "early-reading", "Reading", "two words", "") if is_code(text)] == [
        "on",
        "in_2_3",
        "early-reading",
    ]


def test_headings_and_pounds() -> None:
    assert heading("school urn succeeded") == "School URN succeeded"
    assert heading("in 2 3 years") == "In 2 to 3 years"
    assert [pounds(pence) for pence in (0, 90_000, 120_050, -300)] == ["£0", "£900", "£1,200.50", "-£3"]
