"""The first page of an evidence pack: the question, the answer in plain words, and how it is proven."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.reporting.history import kinds
from services.reporting.history.saying import says
from services.reporting.web import words
from services.reporting.web.telling import Names, Shown, shown
from shared.contracts import canonical, codec
from verifier.evidence import EVENTS, proof_name

NAME = "read-me.html"
AT_MOST = 1_000
"""So many events are told on the page; `events.jsonl` has all."""

_said_elsewhere = ("trustuid",)


@dataclass(frozen=True, slots=True)
class Told:
    """An event in plain words.

    Attributes:
        place: the service and its number in that log.
        proof: the file that proves it.
    """

    kind: str
    meaning: str
    happened: str
    recorded: str
    by: str
    place: str
    id: str
    proof: str
    says: tuple[tuple[str, str], ...]


def first_page(directory: Path, said: Mapping[str, str], tool: str) -> str:
    """The page as HTML, in one file.

    Args:
        directory: of the pack, with its events.
        said: what is asked, as the report says it.
        tool: the verifier's file.
    """
    lines = [json.loads(line) for line in (directory / EVENTS).read_bytes().splitlines()]
    lines.sort(key=lambda line: (line["time"], line["service"], line["logindex"]))
    return _environment.get_template(NAME).render(
        asked=said, count=len(lines), events=[_told(line) for line in lines[:AT_MOST]], tool=tool
    )


def _told(line: Mapping[str, Any]) -> Told:
    event = codec.decode(line["type"], canonical.dumps(line["data"]))
    fields = shown(says(event), line["trustuid"], Names({}))
    return Told(
        kind=kinds.kind(line["type"]),
        meaning=kinds.meaning(type(event)),
        happened=words.moment(datetime.fromisoformat(line["happenedat"])),
        recorded=words.moment(datetime.fromisoformat(line["time"])),
        by=line["actor"],
        place=f"event {line['logindex']:,} of {line['service']}",
        id=line["id"],
        proof=proof_name(line["service"], line["logindex"]),
        says=tuple((one.title, ", ".join(_texts(one.values))) for one in fields if one.name not in _said_elsewhere),
    )


def _texts(values: tuple[Shown, ...]) -> Iterator[str]:
    for value in values:
        if value.parts:
            yield "; ".join(f"{part.title}: {', '.join(_texts(part.values))}" for part in value.parts)
        else:
            yield value.text


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
