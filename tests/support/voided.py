"""Histories of which something is voided: what must hold for every aggregate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def assert_the_rest_folds(decider: AnyDecider, events: Sequence[Any]) -> None:
    """Whatever may be voided of a stream, nobody trips over what is left."""
    told = numbered(events)
    for wrong in told:
        right = PUTTING_RIGHT[codec.type_name(wrong.event).split(".")[2]]
        try:
            gone = right.gone_with(wrong, told)
        except Rejected:
            continue
        decider.fold(one.event for one in told if one not in gone)
