"""What to do about what an export gets wrong: a sentence for whoever made it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from shared.intake.claims import ClaimRefused

_BY_KIND: Mapping[str, str] = {
    "missing": "Add it.",
    "extra_forbidden": "Leave it out, or see how it is spelt: this type has no such field.",
    "unexpected_keyword_argument": "Leave it out, or see how it is spelt: this type has no such field.",
    "string_pattern_mismatch": "Write it in this form.",
    "string_too_long": "Shorten it.",
    "string_too_short": "Say something, or leave it out.",
    "literal_error": "Choose one of these.",
    "uuid_parsing": "Write a UUID, such as 7d3f0c52-6a1e-4c0f-9a53-2f6f3b1f9b11.",
    "timezone_aware": "Write the zone, too: 2026-11-16T16:10:00Z.",
}
_BY_STEM: Mapping[str, str] = {
    "date_": "Write a day as 2026-11-16.",
    "datetime_": "Write a time with its zone, such as 2026-11-16T16:10:00Z.",
    "int_": "Write a whole number, without quotation marks.",
    "string_": "Write a text, in quotation marks.",
    "bool_": "Write true or false, without quotation marks.",
}
_BY_CODE: Mapping[str, str] = {
    "too_large": "Say less in one event, or shorten its texts.",
    "reserved_text": "Begin the text otherwise.",
}
_ONE_OBJECT = "Write one JSON object on the line, as a program for JSON makes it."
_ONE_MEANING = "Write it so that every program for JSON reads the same."


def of_fault(kind: str) -> str:
    """About a field, by pydantic's name for what is wrong with it."""
    return _BY_KIND.get(kind) or next((do for stem, do in _BY_STEM.items() if kind.startswith(stem)), "Put it right.")


def of_refusal(refusal: ClaimRefused) -> str:
    """About what no claim can be read from."""
    if refusal.code == "not_json":
        return _ONE_MEANING if refusal.field else _ONE_OBJECT
    return _BY_CODE.get(refusal.code, "See the attributes of a CloudEvent: https://cloudevents.io.")


def of_type(type_name: str, known: Collection[str]) -> str:
    """About a type that no service takes."""
    near = get_close_matches(type_name, known, n=1, cutoff=0.8)
    return f"Is it {near[0]}?" if near else "docs/events.md has all there are."
