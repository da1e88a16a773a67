"""What somebody typed, as the members that are sent, or what is wrong with it; and the other way, to show it again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.reporting.london import london
from services.reporting.web.forms.form import NOTHING, Field, Members, kind_of
from services.reporting.web.posting import Posted, one

_time = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)")
_whole = re.compile(r"-?\d{1,18}")
_day_parts = ("day", "month", "year")
_asks = {"radios": "Choose", "select": "Choose", "checkboxes": "Choose", "ranking": "Choose"}


class Wrong(Exception):
    """What was typed cannot be taken; the message says what to do."""


def members_of(fields: Sequence[Field], typed: Posted) -> tuple[Members, dict[str, str]]:
    """The members of all fields, and what is wrong, by the field's name. What was left empty and may be is left out."""
    members: Members = {}
    wrong: dict[str, str] = {}
    for field in fields:
        try:
            members |= _members(field, typed)
        except Wrong as error:
            wrong[field.name] = str(error)
    return members, wrong


def _members(field: Field, typed: Posted) -> Members:
    value = _value(field, typed)
    if value is None and field.required:
        raise Wrong(f"{_asks.get(kind_of(field), 'Fill in')}: {field.label}")
    if value is None or value == NOTHING:
        return {}
    if not field.parts:
        return {field.name: value}
    parts = str(value).split("/")
    if len(parts) != len(field.parts):
        raise Wrong(f"Choose: {field.label}")
    return {name: part for name, part in zip(field.parts, parts, strict=True) if part}


def _value(field: Field, typed: Posted) -> Any:
    """As JSON has it; None for what was left empty."""
    match kind_of(field):
        case "checkbox":
            return bool(one(typed, field.name))
        case "checkboxes" | "ranking":
            return _several(field, typed)
        case "day":
            day = _day(field.name, typed)
            return None if day is None else day.isoformat()
        case "moment":
            return _moment(field.name, typed)
        case "number":
            return _number(field, one(typed, field.name).strip().replace(",", ""))
        case _:
            text = one(typed, field.name).replace("\r\n", "\n").strip()
            return _taken(field, text) if text and text != NOTHING else text or None


def _several(field: Field, typed: Posted) -> list[str] | None:
    chosen = [text for text in typed.get(field.name, []) if text]
    if len(set(chosen)) < len(chosen):
        raise Wrong("Choose each once")
    return chosen or None


def _day(name: str, typed: Posted) -> date | None:
    parts = [one(typed, f"{name}-{part}").strip() for part in _day_parts]
    if not any(parts):
        return None
    try:
        day, month, year = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        raise Wrong("Give a day that there is, such as 27 3 2027") from None


def _moment(name: str, typed: Posted) -> str | None:
    day, text = _day(name, typed), one(typed, f"{name}-time").strip()
    if day is None and not text:
        return None
    time = _time.fullmatch(text)
    if day is None or time is None:
        raise Wrong("Give a day and a time, such as 27 3 2027 and 16:30")
    return datetime(day.year, day.month, day.day, int(time[1]), int(time[2]), tzinfo=london).isoformat()


def _number(field: Field, text: str) -> int | None:
    if text and not _whole.fullmatch(text):
        raise Wrong("Give a whole number, such as 6")
    return int(_taken(field, int(text))) if text else None


def _taken(field: Field, value: Any) -> Any:
    """The value, if its type takes it."""
    try:
        TypeAdapter(field.type).validate_python(value)
    except ValidationError as error:
        raise Wrong(_said(error)) from None
    return value


def _said(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    limits: Mapping[str, Any] = first.get("ctx", {})
    match first["type"]:
        case "string_too_long":
            return f"At most {limits['max_length']:,} characters are taken"
        case "greater_than_equal":
            return f"Give {limits['ge']:,} or more"
        case "less_than_equal":
            return f"Give {limits['le']:,} or less"
        case _:
            return "This is not written as it has to be: see the hint"


def _as_typed(field: Field, text: str, now: datetime) -> dict[str, list[str]]:
    """A value as somebody would have typed it: `today`, `now`, or a text; an unreadable day is left empty."""
    kind = kind_of(field)
    if kind not in ("day", "moment"):
        return {field.name: [text]}
    if text in ("today", "now"):
        at = now
    else:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return {}
    local = at.astimezone(london) if at.tzinfo else at
    typed = {f"{field.name}-{part}": [str(getattr(local, part))] for part in _day_parts}
    return typed | ({f"{field.name}-time": [f"{local:%H:%M}"]} if kind == "moment" else {})


def begun(fields: Sequence[Field], given: Mapping[str, str], now: datetime) -> Posted:
    """What a form holds when it is opened: what the address gives, else what its fields begin with."""
    begins = {field.name: given.get(field.name, field.begins) for field in fields}
    typed = [_as_typed(field, begins[field.name], now) for field in fields if begins[field.name]]
    return {name: texts for each in typed for name, texts in each.items()}
