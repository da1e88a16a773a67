"""What must not change in a published event: what history holds stays readable, what readers rely on stays there.

Both directions count. Old records have to be of the new schema, since they are folded for ever. New records have to
have what a reader of the old schema takes for granted: the field, its type, what it stands for where it is missing.
More fields, more values and wider limits are fine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]

understood = frozenset(
    {
        *("$defs", "$id", "$ref", "$schema", "title", "description", "type", "format", "enum", "const", "pattern"),
        *("properties", "required", "additionalProperties", "items", "default", "x-personal", "x-data-subject"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"),
        *("minItems", "maxItems", "uniqueItems", "x-since"),
    }
)
"""The words that are compared or mean nothing for a reader. A test refuses a schema that says anything else."""

_lower = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_upper = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_marks = {"x-personal": "the personal mark", "x-data-subject": "the mark of a person's id"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change that breaks a reader or history; `field` is empty where it is the event itself."""

    event: str
    field: str
    change: str


def incompatible(before: Mapping[str, Node], now: Mapping[str, Node]) -> list[Change]:
    """What breaks somebody, between two sets of schemas by their events' wire names."""
    found: list[Change] = []
    for event, published in sorted(before.items()):
        if event not in now:
            found.append(Change(event, "", "the event type was removed"))
            continue
        comparison = _Comparison(published, now[event])
        found += [Change(event, field, change) for field, change in comparison.of(published, now[event], "")]
    return found


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two schemas of one event, and their definitions."""

    before: Node
    now: Node

    def of(self, before: Node, now: Node, field: str) -> Iterator[tuple[str, str]]:
        """What breaks somebody at a field and below it."""
        before, now = _followed(before, self.before), _followed(now, self.now)
        yield from ((field, change) for change in (*_values(before, now), *_told(before, now)))
        yield from self._fields(before, now, field)
        for inner in ("items", "additionalProperties"):
            if isinstance(before.get(inner), Mapping) and isinstance(now.get(inner), Mapping):
                yield from self.of(before[inner], now[inner], f"{field}/*")

    def _fields(self, before: Node, now: Node, field: str) -> Iterator[tuple[str, str]]:
        had, has = before.get("properties", {}), now.get("properties", {})
        needed, needs = frozenset(before.get("required", ())), frozenset(now.get("required", ()))
        for name in sorted({*had, *has}):
            place = f"{field}/{name}"
            if name not in has:
                yield place, "the field was removed or renamed"
            elif name in needs - needed:
                known = "made required" if name in had else "new and required"
                yield place, f"the field is {known}, and older records do not have it"
            elif name in needed - needs:
                yield place, "the field may be missing now, and readers take it for granted"
            if name in had and name in has:
                yield from self.of(had[name], has[name], place)


def _followed(node: Node, root: Node) -> Node:
    """A definition in place of the reference to it."""
    reference = node.get("$ref")
    if reference is None:
        return node
    return {**root["$defs"][reference.removeprefix("#/$defs/")], **{k: v for k, v in node.items() if k != "$ref"}}


def _values(before: Node, now: Node) -> Iterator[str]:
    """What an older record may hold and the new schema does not take."""
    if before.get("type") != now.get("type"):
        yield f"the type was {_said(before.get('type'))} and is {_said(now.get('type'))}"
        return
    if now.get("format") not in (None, before.get("format")):
        yield f"the format was {_said(before.get('format'))} and is {_said(now['format'])}"
    if now.get("pattern") not in (None, before.get("pattern")):
        yield f"the pattern was {_said(before.get('pattern'))} and is {_said(now['pattern'])}"
    if (takes := _choice(now)) is not None:
        gone = [value for value in _choice(before) or () if value not in takes]
        if gone:
            yield f"no longer one of the values: {', '.join(map(str, gone))}"
        elif _choice(before) is None:
            yield "only some values are taken now"
    for word in (*_lower, *_upper):
        if word in now and (word not in before or _narrower(word, before[word], now[word])):
            yield f"{word} was {_said(before.get(word))} and is {now[word]}"
    if now.get("uniqueItems") and not before.get("uniqueItems"):
        yield "equal elements are not taken any more"


def _told(before: Node, now: Node) -> Iterator[str]:
    """What the schema told a reader beyond the values."""
    if before.get("default") != now.get("default"):
        yield f"a missing value meant {_said(before.get('default'))} and means {_said(now.get('default'))}"
    for mark, name in _marks.items():
        if mark in before and mark not in now:
            yield f"{name} was removed"
        elif mark in before and before[mark] != now[mark]:
            yield f"{name} names another subject"


def _choice(node: Node) -> Sequence[Any] | None:
    return [node["const"]] if "const" in node else node.get("enum")


def _narrower(word: str, before: Any, now: Any) -> bool:
    return bool(now > before if word in _lower else now < before)


def _said(value: Any) -> str:
    return "anything" if value is None else str(value)
