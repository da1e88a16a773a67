"""Which lines of an export rest on which others: what is referred to should stand before.

The services' own rules say it. A line is decided as if nothing had happened yet: if that is refused, or has to wait, it
rests on a stream that another line may begin. Nothing is known here of what a service has recorded already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from deploy.school_exports.finding import Finding, Place
from shared.decider import NotYet, Rejected
from shared.eventstore import Act, States

_NOBODY = str(UUID(int=0))  # stands for whoever is named by a reference: no stream of theirs is known


@dataclass(frozen=True, slots=True)
class _Wait:
    """A line that rests on a stream, and the field that says so. Not `refused`: it would be kept until that begins."""

    place: Place
    field: str
    refused: bool


class Order:
    """What was begun and what is waited for, as line after line is noted.

    Attributes:
        rest_on: of each line that rests on an earlier one of the export, that one.
    """

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._begun: dict[str, Place] = {}
        self._waits: dict[str, list[_Wait]] = {}
        self.rest_on: dict[Place, Place] = {}

    def note(self, place: Place, act: Act | None, referred: Iterable[tuple[str, str]]) -> Iterator[Finding]:
        """Note a line; the lines before it that rest on it.

        Args:
            act: the line's; None where it cannot be decided without the service.
            referred: whom it refers to: the field, and the stream that they begin with.
        """
        begins, waits = ((), {}) if act is None else self._decided(place, act)
        for stream, wait in [*waits.items(), *((s, _Wait(place, field, refused=False)) for field, s in referred)]:
            if stream in self._begun:
                self.rest_on[place] = self._begun[stream]
            elif _NOBODY not in stream:
                self._waits.setdefault(stream, []).append(wait)
        for stream in begins:
            self._begun.setdefault(stream, place)
            yield from (_too_early(wait, place) for wait in self._waits.pop(stream, ()))

    def _decided(self, place: Place, act: Act) -> tuple[Iterable[str], Mapping[str, _Wait]]:
        """The streams that an act begins where nothing has happened yet; or the one that it rests on."""
        try:
            decision = act.decide(States(self._at, act.reads, {}))
        except NotYet as wait:
            return (), {wait.waits_for: _Wait(place, "", refused=False)} if wait.waits_for else {}
        except Rejected:
            return (), {next(iter(act.reads)): _Wait(place, "", refused=True)}  # an act reads its own stream first
        return [stream for stream, events in decision.items() if events], {}


def _too_early(wait: _Wait, begun: Place) -> Finding:
    return Finding(
        place=wait.place,
        pointer=wait.field,
        weight="refused" if wait.refused else "remark",
        code="too_early",
        wrong=f"This rests on what {begun.seen_from(wait.place)} says.",
        do="Put that before this." if wait.refused else "Put that before this, or it waits until that is there.",
    )
