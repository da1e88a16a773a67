"""Codes that survive being read from paper."""

from __future__ import annotations

from itertools import combinations

import pytest

from services.reporting import codes

CODES = [codes.new() for _ in range(20)]


def test_a_code_is_read_as_it_was_made() -> None:
    assert all(codes.read(code) == code for code in CODES)
    assert len(set(CODES)) == len(CODES)


def test_it_may_be_typed_carelessly() -> None:
    [code] = [code for code in (codes.new() for _ in range(10_000)) if "0" in code and "1" in code][:1]

    assert codes.read(f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'L')} ") == code
    assert codes.read(code.replace("-", "").replace("1", "i")) == code


@pytest.mark.parametrize("code", CODES, ids=range(len(CODES)))
def test_one_wrong_character_is_found(code: str) -> None:
    plain = code.replace("-", "")
    wrong = [
        plain[:place] + other + plain[place + 1 :]
        for place in range(len(plain))
        for other in codes.alphabet
        if other != plain[place]
    ]

    assert len(wrong) == 8 * 31
    assert {codes.read(text) for text in wrong} == {None}


@pytest.mark.parametrize("code", CODES, ids=range(len(CODES)))
def test_two_characters_that_changed_places_are_found(code: str) -> None:
    plain = list(code.replace("-", ""))
    for one, other in combinations(range(len(plain)), 2):
        swapped = plain.copy()
        swapped[one], swapped[other] = plain[other], plain[one]

        assert plain == swapped or codes.read("".join(swapped)) is None


@pytest.mark.parametrize("text", ["", "7K3Q", "7K3Q-9FTM-1", "7K3Q-9FTU", "7K3Q-9FT*", "\u0661\u0662\u0663\u0664-0000"])
def test_what_is_no_code(text: str) -> None:
    assert codes.read(text) is None
