"""Who holds a critical post, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tests.support.fold.history import Event, History, of

_CHANGES = ("CriticalPostRegistered", "PostFilled", "PostVacated", "PostVacancyWithdrawn")


@dataclass
class Spell:
    """From the first day with somebody to the first day without them."""

    person_id: str
    first: date
    outside: date
    share: int
    interim: bool
    event: Event
    had_it: bool = False
    """They held a share for good on the day before already."""

    def on(self, day: date) -> bool:
        return self.first <= day < self.outside


def spells_of(history: History, post_id: str) -> list[Spell]:
    """In the order in which they were recorded."""
    spells: list[Spell] = []
    for event in of(history, *_CHANGES, post_id=post_id):
        data = event["data"]
        if "registered_on" in data:
            for one in data["incumbents"]:
                _begins(spells, one["person_id"], one["from_on"], one, event)
        elif "filled_on" in data:
            _begins(spells, data["person_id"], data["filled_on"], data, event)
        elif "vacated_on" in data:
            day = date.fromisoformat(data["vacated_on"])
            _last([s for s in spells if s.person_id == data["person_id"] and s.first <= day]).outside = day
        else:
            _last([s for s in spells if s.person_id == data["person_id"]]).outside = date.max
    return spells


def _begins(spells: list[Spell], person_id: str, day: str, share: Event, event: Event) -> None:
    first = date.fromisoformat(day)
    before = [spell for spell in spells if spell.person_id == person_id and spell.on(first)]
    had_it = any(not spell.interim for spell in before)
    for spell in before:
        spell.outside = first
    interim = share.get("interim", False)
    spells.append(Spell(person_id, first, date.max, share["share_hundredths"], interim, event, had_it))


def _last(spells: Sequence[Spell]) -> Spell:
    """The one that began last; of two on one day, the one recorded last."""
    latest = max(spell.first for spell in spells)
    return [spell for spell in spells if spell.first == latest][-1]
