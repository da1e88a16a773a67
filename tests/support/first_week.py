"""docs/first-week.md as something to do: its steps, each with what is chosen, filled in and seen, in its order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

GUIDE = Path(__file__).parents[2] / "docs/first-week.md"

_days = re.compile(r"^## \w+ (\d+ \w+ \d{4})", re.MULTILINE)
_steps = re.compile(r"^### (.+)$", re.MULTILINE)
_who = re.compile(r"^Who: (.+)\.$", re.MULTILINE)
_command = re.compile(r"^baton register import (.+)$", re.MULTILINE)
_doing = re.compile(
    r"(?P<open>Open) \[[^\]]+\]\(http://[^/]+(?P<path>/[^)]*)\)"
    r"|(?P<verb>Choose|Press|Follow) \*\*(?P<name>[^*]+)\*\*"
    r"|(?<!\*)\*(?P<field>[^*]+)\*: (?P<values>`[^`]+`(?:, `[^`]+`)*)"
    r"|“(?P<seen>[^”]+)”"
)


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing to do.

    Attributes:
        kind: to open an address, choose a link, press a button, follow a link of somebody else's page, fill in a field,
            or look for a text.
        what: the address, the name of the link, button or field, or the text.
        values: what is filled in.
    """

    kind: Literal["open", "choose", "press", "follow", "fill", "see"]
    what: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    day: date
    title: str
    who: str
    doings: tuple[Doing, ...]


def steps() -> list[Step]:
    """The steps of the guide. What stands behind "If not" is not done."""
    found = []
    text = GUIDE.read_text(encoding="utf-8")
    for day, of_day in _parts(_days, text):
        for title, body in _parts(_steps, of_day):
            [who] = _who.findall(body)
            told = " ".join(body.partition("If not:")[0].split())
            doings = tuple(_read(match) for match in _doing.finditer(told))
            assert told.count("**") == 2 * sum(doing.kind in ("choose", "press", "follow") for doing in doings), title
            found.append(Step(datetime.strptime(day, "%d %B %Y").date(), title, who, doings))  # noqa: DTZ007
    return found


def import_of_the_register() -> list[str]:
    """What `baton` is called with to bring in the trust and its schools."""
    [arguments] = _command.findall(GUIDE.read_text(encoding="utf-8"))
    return ["register", "import", *arguments.split()]


def _parts(heading: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    """Each heading with what stands below it, up to the next one."""
    _, *parts = heading.split(text)
    return [
        (name, re.split(r"^## ", body, maxsplit=1, flags=re.MULTILINE)[0])
        for name, body in zip(*[iter(parts)] * 2, strict=True)
    ]


def _read(match: re.Match[str]) -> Doing:
    if match["open"]:
        return Doing("open", match["path"])
    if match["field"]:
        return Doing("fill", match["field"], tuple(re.findall(r"`([^`]+)`", match["values"])))
    if match["seen"]:
        return Doing("see", match["seen"])
    verbs: dict[str, Literal["choose", "press", "follow"]] = {"Choose": "choose", "Press": "press", "Follow": "follow"}
    return Doing(verbs[match["verb"]], match["name"])
