"""Who works in the trust when: engagements joined up, short gaps between them left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from services.talent.forecast.facts import Facts
from shared.contracts.talent.register import EngagementEnded, EngagementMoved, EngagementStarted
from shared.contracts.vocabulary import Day, Id

wanted: tuple[type[Any], ...] = (EngagementStarted, EngagementMoved, EngagementEnded)
_unpaid = ("governor", "trustee", "volunteer")
_short_gap = timedelta(days=62)  # a summer between two posts


class Presence:
    """The spells of everybody with an engagement; of whom none is recorded, nothing is known: they are here."""

    def __init__(self, facts: Facts) -> None:
        ends = {event.engagement_id: event.ended_on for event in facts.of(EngagementEnded)}
        whose: dict[Id, Id] = {}  # of an engagement that a merger or a split moved, the last it came to
        told: list[EngagementStarted | EngagementMoved] = facts.of(EngagementStarted, EngagementMoved)
        for event in told:
            whose[event.engagement_id] = event.to_person_id if isinstance(event, EngagementMoved) else event.person_id
        found: dict[Id, list[tuple[Day, Day]]] = defaultdict(list)
        for started in facts.of(EngagementStarted):
            if started.kind not in _unpaid:
                spell = (started.started_on, ends.get(started.engagement_id, date.max))
                found[facts.person(whose[started.engagement_id])].append(spell)
        self._spells = {person_id: _joined_up(spells) for person_id, spells in found.items()}

    def days_gone(self, person_id: Id, until: Day) -> list[Day]:
        """The first days without them, up to a day."""
        ends = [last for _, last in self._spells.get(person_id, ())]
        return [last + timedelta(days=1) for last in ends if last < until]

    def last_day(self, person_id: Id, since: Day) -> Day | None:
        """Their last day here, if it is known and not before this one."""
        later = [last for _, last in self._spells.get(person_id, ()) if since <= last < date.max]
        return later[0] if later else None

    def is_here(self, person_id: Id, on: Day) -> bool:
        spells = self._spells.get(person_id)
        return spells is None or any(first <= on <= last for first, last in spells)


def _joined_up(spells: Sequence[tuple[Day, Day]]) -> list[tuple[Day, Day]]:
    found: list[tuple[Day, Day]] = []
    for first, last in sorted(spells):
        if found and (found[-1][1] == date.max or first <= found[-1][1] + _short_gap):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
