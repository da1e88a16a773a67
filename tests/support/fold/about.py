"""What happened, with whom it is about, what caused it and what it caused."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.fold.history import Event, History, Row, class_of, instant, of, when_and_where
from tests.support.fold.register import Register
from tests.support.fold.report import Report

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
_urn = "^[1-9][0-9]{5}$"
_spelt = {
    "Urn": "URN",
    "Ect": "ECT",
    "Cpd": "CPD",
    "Follow up": "Follow-up",
    "One to one": "One-to-one",
    "Self assessment": "Self-assessment",
}


def about(history: History, at: datetime) -> list[Row]:
    """One row an event, also of those that are void; `history` is what was known at `at`."""
    events = sorted((event for told in history.values() for event in told), key=when_and_where)
    first = {(event["service"], event["stream"]): event for event in events if event["version"] == 1}
    by_id = {event["id"]: event for event in events}
    merged: dict[str, str | None] = {}
    for event in of(history, "PersonsMerged", "PersonsSplit"):
        merged[event["data"]["person_id"]] = event["data"].get("into_person_id")
    effects: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        effects[event.get("causationid", "")].append(event)
    voided = {event["data"]["event_id"]: event["id"] for event in events if class_of(event) == "RecordVoided"}
    corrected = {
        event["data"]["supersedes"]: event["id"]
        for event in sorted(events, key=_recorded)
        if "supersedes" in event["data"] and event["id"] not in voided
    }
    register = Register(history, at)

    rows = []
    for event in events:
        urn, seen = event.get("urn"), _seen(event, by_id)
        void = voided.get(event["id"])
        rows.append(
            {
                "service": event["service"],
                "logindex": event["logindex"],
                "event_id": event["id"],
                "kind": _in_words(class_of(event)),
                "happened_at": instant(event["happenedat"]),
                "recorded_at": instant(event["time"]),
                "says": _masked(event),
                "about": [*sorted(_subjects(seen, first[seen["service"], seen["stream"]], merged)), event["stream"]],
                "urn": urn,
                "school": register.known_name(event["trustuid"], urn) if urn else None,
                "stream": event["stream"],
                "version": event["version"],
                "actor": event["actor"],
                "cause_id": event.get("causationid"),
                "effect_ids": [effect["id"] for effect in sorted(effects[event["id"]], key=_recorded)],
                "voided_by_id": void,
                "corrected_by_id": None if void else corrected.get(event["id"]),
            }
        )
    return rows


def _seen(event: Event, by_id: Mapping[str, Event]) -> Event:
    """Of what says that texts were shown, the event whose texts they are."""
    if class_of(event) == "PersonalDataRevealed" and event["data"]["of"] in by_id:
        return _seen(by_id[event["data"]["of"]], by_id)
    return event


def _recorded(event: Event) -> tuple[datetime, str, int]:
    return instant(event["time"]), event["service"], event["logindex"]


def _in_words(name: str) -> str:
    words = re.sub(r"(?<!^)([A-Z])", lambda large: " " + large[0].lower(), name)
    for part, spelt in _spelt.items():
        words = words.replace(part, spelt) if words.startswith(part) else words.replace(f" {part.lower()}", f" {spelt}")
    return words


def _masked(event: Event) -> dict[str, Any]:
    fields = _schema(event["type"])["properties"]
    return {name: "sealed" if "x-personal" in fields[name] else value for name, value in event["data"].items()}


def _subjects(event: Event, first: Event, merged: Mapping[str, str | None]) -> set[str]:
    """The people and schools that an event names, or the first of its stream where its type never names any."""
    found: set[str] = set()
    for kind in ("person", "school"):
        says = event if kind in {k for k, _ in _places(event["type"])} else first
        found |= {name for k, place in _places(says["type"]) if k == kind for name in _at(says["data"], place)}
    for one in list(found):
        entry = merged.get(one)
        while entry and entry not in found:
            found.add(entry)
            entry = merged.get(entry)
    return found


def _at(data: Any, place: tuple[str, ...]) -> Iterator[str]:
    if isinstance(data, list):
        for one in data:
            yield from _at(one, place)
    elif not place:
        yield data
    elif place[0] in data:
        yield from _at(data[place[0]], place[1:])


@cache
def _places(type_name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Where an event of a type may name a person or a school, as its published schema says."""
    schema = _schema(type_name)
    return tuple(_look(schema, schema, ()))


def _look(schema: Any, part: Any, place: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if "$ref" in part:
        part = schema["$defs"][part["$ref"].split("/")[-1]]
    if "x-data-subject" in part:
        yield "person", place
    if part.get("pattern") == _urn:
        yield "school", place
    if "items" in part:
        yield from _look(schema, part["items"], place)
    for name, inner in part.get("properties", {}).items():
        yield from _look(schema, inner, (*place, name))


@cache
def _schema(type_name: str) -> Any:
    return json.loads((SCHEMAS / f"{type_name}.json").read_text(encoding="utf-8"))


report = Report(about, ("event_id",))
