"""What somebody types becomes what is sent, or says what is wrong with it; a field looks as its type says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.reporting.web.commands import Refused
from services.reporting.web.forms.filled import Filled
from services.reporting.web.forms.form import NOTHING, Field, Option, Sent, kind_of
from services.reporting.web.forms.typed import begun, members_of
from shared.contracts.collaboration.capacity import Priority, Quantity
from shared.contracts.collaboration.loop import Principle
from shared.contracts.vocabulary import Code, Day, Instant, Name, Rag, Text, Urn

NOW = datetime(2026, 7, 1, 9, 5, tzinfo=UTC)


def a(type_: Any, **more: Any) -> Field:
    return Field(name="x", label="X?", type=type_, **more)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (a(Name), "text"),
        (a(Code), "text"),
        (a(Text), "textarea"),
        (a(Rag), "radios"),
        (a(Priority), "radios"),
        (a(Principle), "select"),
        (a(Urn, options=[Option("900001", "Ashby")]), "select"),
        (a(tuple[Urn, ...]), "checkboxes"),
        (a(Day), "day"),
        (a(Instant), "moment"),
        (a(Quantity), "number"),
        (a(bool), "checkbox"),
        (a(tuple[Urn, ...], kind="ranking"), "ranking"),
    ],
)
def test_a_field_looks_as_its_type_says(field: Field, kind: str) -> None:
    assert kind_of(field) == kind


def day(day: str, month: str, year: str, time: str | None = None) -> dict[str, list[str]]:
    typed = {"x-day": [day], "x-month": [month], "x-year": [year]}
    return typed if time is None else typed | {"x-time": [time]}


@pytest.mark.parametrize(
    ("field", "typed", "sent"),
    [
        (a(Text), {"x": [" Two\r\nlines "]}, {"x": "Two\nlines"}),
        (a(Quantity), {"x": ["1,200 "]}, {"x": 1200}),
        (a(Rag), {"x": ["red"]}, {"x": "red"}),
        (a(Day), day("7", "12", "2026"), {"x": "2026-12-07"}),
        (a(Instant), day("7", "12", "2026", "9:30"), {"x": "2026-12-07T09:30:00+00:00"}),
        (a(Instant), day("1", "7", "2026", "16.30"), {"x": "2026-07-01T16:30:00+01:00"}),
        (a(bool), {"x": ["yes"]}, {"x": True}),
        (a(bool), {}, {"x": False}),
        (a(tuple[Urn, ...]), {"x": ["900001", "900002"]}, {"x": ["900001", "900002"]}),
        (a(tuple[Urn, ...], kind="ranking"), {"x": ["b", "", "a"]}, {"x": ["b", "a"]}),
        (a(str, parts=("p", "q")), {"x": ["1/2"]}, {"p": "1", "q": "2"}),
        (a(str, parts=("p", "q")), {"x": ["1/"]}, {"p": "1"}),
        (a(Urn), {"x": [NOTHING]}, {}),
        (a(Text, required=False), {"x": ["  "]}, {}),
        (a(Day, required=False), day("", "", ""), {}),
    ],
)
def test_what_is_typed_is_sent(field: Field, typed: dict[str, list[str]], sent: dict[str, Any]) -> None:
    assert members_of([field], typed) == (sent, {})


@pytest.mark.parametrize(
    ("field", "typed", "wrong"),
    [
        (a(Text), {}, "Fill in: X?"),
        (a(Rag), {}, "Choose: X?"),
        (a(Rag), {"x": ["blue"]}, "This is not written as it has to be: see the hint"),
        (a(Code), {"x": ["Early Reading"]}, "This is not written as it has to be: see the hint"),
        (a(Name), {"x": ["n" * 301]}, "At most 300 characters are taken"),
        (a(Quantity), {"x": ["0"]}, "Give 1 or more"),
        (a(Quantity), {"x": ["2000000000"]}, "Give 1,000,000,000 or less"),
        (a(Quantity), {"x": ["some"]}, "Give a whole number, such as 6"),
        (a(Day), day("31", "2", "2026"), "Give a day that there is, such as 27 3 2027"),
        (a(Day), day("", "2", "2026"), "Give a day that there is, such as 27 3 2027"),
        (a(Instant), day("1", "2", "2026", "25:00"), "Give a day and a time, such as 27 3 2027 and 16:30"),
        (a(Instant), day("1", "2", "2026", ""), "Give a day and a time, such as 27 3 2027 and 16:30"),
        (a(tuple[Urn, ...]), {}, "Choose: X?"),
        (a(tuple[Urn, ...], kind="ranking"), {"x": ["a", "a"]}, "Choose each once"),
        (a(str, parts=("p", "q")), {"x": ["1"]}, "Choose: X?"),
    ],
)
def test_what_cannot_be_taken_says_what_to_do(field: Field, typed: dict[str, list[str]], wrong: str) -> None:
    assert members_of([field], typed) == ({}, {"x": wrong})


def test_a_form_begins_with_what_its_address_says() -> None:
    fields = [
        Field(name="when", label="", type=Instant, begins="now"),
        Field(name="on", label="", type=Day, begins="today"),
        Field(name="urn", label="", type=Urn),
        Field(name="until", label="", type=Day),
    ]

    typed = begun(fields, {"urn": "900001", "on": "2026-12-07", "until": "soon", "other": "1"}, NOW)

    assert typed == {
        "when-day": ["1"],
        "when-month": ["7"],
        "when-year": ["2026"],
        "when-time": ["10:05"],
        "on-day": ["7"],
        "on-month": ["12"],
        "on-year": ["2026"],
        "urn": ["900001"],
    }


def test_a_refusal_stands_at_its_field_and_the_next_try_is_another_command() -> None:
    fields = [a(Text), Field(name="y", label="Y?", type=str, parts=("p", "q"))]
    errors = (
        ("/x", "Say less."),
        ("/q", "Not this."),
        ("/x/0", "And this."),
        ("/deep/0/z", "Deep."),
        ("", "All of it."),
    )
    filled = Filled("01900000-0000-7000-8000-000000000000", "/", typed={})

    refused = filled.refused(Refused("code", "No.", errors), fields, Sent({}, {"/deep/0/z": "z:1"}))

    assert refused.wrong == {"x": "Say less.", "y": "Not this.", "z:1": "Deep."}
    assert refused.problems == ["And this.", "All of it."]
    assert refused.id != filled.id
    assert filled.refused(Refused("code", "No."), fields, Sent({})).problems == ["No."]
