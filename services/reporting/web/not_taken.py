"""What schools' systems sent that was not taken: refused for good, or kept until it can be decided.

The writers know it, and tell each person what they may see: the trust its schools', a school's leader their own.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.reporting.london import london
from services.reporting.signing_in.sessions import Person
from services.reporting.web.commands import Commands
from services.reporting.web.pictures.picture import Bar, Bars, Fill, Part
from services.reporting.web.site import address
from services.reporting.web.words import count, day

WRITERS = ("talent", "cpd", "collaboration")
_a_page, _most_pages = 200, 5
_typed = "http/"  # how the source of what somebody did at a page begins
_legend: tuple[tuple[Fill, str], ...] = (("full", "refused"), ("hatched", "waiting"))


@dataclass(frozen=True, slots=True)
class NotTaken:
    """An event that was not taken.

    Attributes:
        origin: the URN of the school that it was sent for, or the trust's UID.
        event_id, source: as its sender named it.
        waits: it is kept, and decided again by itself; else it is refused.
        type: what it claims to be, where that is known.
    """

    service: str
    origin: str
    source: str
    event_id: str
    waits: bool
    code: str
    field: str | None
    message: str
    type: str | None
    at: datetime

    @property
    def day(self) -> date:
        """When it was answered, in London."""
        return self.at.astimezone(london).date()


@dataclass(frozen=True, slots=True)
class Found:
    """What the writers told.

    Attributes:
        silent: the services that did not answer: what they did not take is missing.
        whole: whether that is all since the day that was asked for; the newest always are there.
    """

    events: tuple[NotTaken, ...]
    silent: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """Events of one school that were not taken for the same reason, the newest first."""

    school: str
    events: tuple[NotTaken, ...]

    @property
    def newest(self) -> NotTaken:
        return self.events[0]


async def not_taken(commands: Commands, who: Person, since: datetime) -> Found:
    """What was not taken since a time, as far as somebody may see it, the newest first."""
    told = await asyncio.gather(*(_of_writer(commands, who, service, since) for service in WRITERS))
    events = [event for found, _ in told if found is not None for event in found]
    return Found(
        events=tuple(sorted(events, key=lambda event: event.at, reverse=True)),
        silent=tuple(service for service, (found, _) in zip(WRITERS, told, strict=True) if found is None),
        whole=all(whole for _, whole in told),
    )


async def _of_writer(
    commands: Commands, who: Person, service: str, since: datetime
) -> tuple[list[NotTaken] | None, bool]:
    """What one writer did not take, and whether that is all; None where it does not answer."""
    found: list[NotTaken] = []
    query: dict[str, Any] = {"outcome": ["refused", "parked"], "since": since.isoformat(), "limit": _a_page}
    for _ in range(_most_pages):
        match await commands.ask(who, service, "/answers", query):
            case {"answers": [*answers], "next": further}:
                found += [_read(service, one) for one in answers if not one["source"].startswith(_typed)]
                if further is None:
                    return found, True
                query["before"] = further
            case _:
                return None, True
    return found, False


def _read(service: str, answer: Mapping[str, Any]) -> NotTaken:
    return NotTaken(
        service=service,
        origin=answer["origin"],
        source=answer["source"],
        event_id=answer["event_id"],
        waits=answer["outcome"] == "parked",
        code=answer.get("code", ""),
        field=answer.get("field"),
        message=answer.get("message", ""),
        type=answer.get("type"),
        at=datetime.fromisoformat(answer["answered_at"]),
    )


def alike(events: Iterable[NotTaken], schools: Mapping[str, str]) -> tuple[Alike, ...]:
    """Events by what is wrong with them, what happened last first.

    Args:
        events: the newest first.
        schools: their names, by URN.
    """
    kinds: dict[tuple[Any, ...], list[NotTaken]] = {}
    for one in events:
        kinds.setdefault((one.origin, one.service, one.waits, one.code, one.field, one.message), []).append(one)
    return tuple(Alike(schools.get(kind[0].origin, kind[0].origin), tuple(kind)) for kind in kinds.values())


def picture(events: Sequence[NotTaken], kept: Mapping[str, str]) -> Bars | None:
    """How many each day; None where there are none."""
    days = Counter((one.day, one.waits) for one in events)
    bars = tuple(_bar(on, days[on, False], days[on, True], kept) for on in sorted({on for on, _ in days}, reverse=True))
    return Bars("How many, day by day", "The newest day first; each opens its events.", _legend, bars) if bars else None


def _bar(on: date, refused: int, waiting: int, kept: Mapping[str, str]) -> Bar:
    parts = Part(refused, "full"), Part(waiting, "hatched")
    href = address("/intake", **{**kept, "day": on.isoformat()})
    text = ", ".join(f"{count(n)} {what}" for n, what in ((refused, "refused"), (waiting, "waiting")) if n)
    return Bar(day(on), text, parts, href=href)
