"""What came of a replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from services.reporting.replaying.comparing import Difference, Rows
from services.reporting.replaying.own_ledger import Spans

Outcome = Literal["equal", "different", "unclear"]


@dataclass(frozen=True, slots=True)
class Model:
    """One read model as it was.

    Attributes:
        events: how many were applied.
        compared: with what, and where that differs: `as_of`, what reporting shows of the moment; `live`, what it shows
            now, if these are the same events.
    """

    name: str
    events: int
    tables: Mapping[str, Rows]
    compared: Mapping[str, list[Difference]]


@dataclass(frozen=True, slots=True)
class Replay:
    """Some read models as they were.

    Attributes:
        position: of each service, the highest log index that was known.
        repeats: how many arrivals were of events that were there already.
        missing: what the source should have of this moment, and has not.
        contradicting: log indexes that the source has two different events under.
        unreadable: where the source has something that is no event.
        parked: left out, as they are left out live.
        not_received: what the source has of this moment, and reporting has not.
        erased: those of the events that have a text whose key was destroyed: it is read as a marker.
    """

    as_of: str
    source: str
    position: Mapping[str, int]
    events: int
    repeats: int
    missing: Spans
    contradicting: list[str]
    unreadable: list[str]
    parked: list[str]
    not_received: Spans
    erased: list[str]
    models: list[Model]

    @property
    def outcome(self) -> Outcome:
        """Rows that differ differ, whyever; that they are equal can only be said where the source has all of it."""
        if any(differences for model in self.models for differences in model.compared.values()):
            return "different"
        return "unclear" if self.missing or self.contradicting or self.unreadable else "equal"

    def content(self) -> dict[str, Any]:
        """The replay as JSON-ready content."""
        return {"outcome": self.outcome, **asdict(self)}
