"""Histories of which something is voided: what must hold for every aggregate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.collaboration.intake.putting_right import putting_right as of_collaboration
from services.cpd.intake.putting_right import putting_right as of_cpd
from services.talent.intake.putting_right import putting_right as of_talent
from shared.contracts import codec
from shared.decider import AnyDecider, Rejected
from shared.intake.voiding import PuttingRight

PUTTING_RIGHT: Mapping[str, PuttingRight] = {"talent": of_talent, "cpd": of_cpd, "collaboration": of_collaboration}


@dataclass(frozen=True, slots=True)
class Numbered:
    event: Any
    version: int


def numbered(events: Sequence[Any]) -> list[Numbered]:
    """A stream's events with their versions."""
    return [Numbered(event, version) for version, event in enumerate(events, start=1)]


def without_one(decider: AnyDecider, events: Sequence[Any]) -> Iterator[Any]:
    """The states that a stream may be left in when one of its records is voided; nobody trips over what is left."""
    told = numbered(events)
    for wrong in told:
        right = PUTTING_RIGHT[codec.type_name(wrong.event).split(".")[2]]
        try:
            gone = right.gone_with(wrong, told)
        except Rejected:
            continue
        yield decider.fold(one.event for one in told if one not in gone)
