"""Where somebody works, and whether they have left: read off the engagements of their entry in the register.

A place is a school's URN, or None for the trust's own office.
"""

from __future__ import annotations

from services.talent.domain.person import Person
from shared.contracts.vocabulary import Day, Urn


def places_on(day: Day, state: Person) -> frozenset[Urn | None]:
    """Where somebody works or serves on a day."""
    return frozenset(
        engagement.urn
        for engagement_id, engagement in state.started.items()
        if engagement.started_on <= day
        and (engagement_id not in state.ended or day <= state.ended[engagement_id].ended_on)
    )


def last_day(today: Day, state: Person) -> Day | None:
    """The last day of somebody who has left the trust.

    None for whoever works here, is yet to start, or has no engagement on record: the register may lag behind.
    """
    if not state.started or state.started.keys() - state.ended.keys():
        return None
    last = max(ended.ended_on for ended in state.ended.values())
    return last if last < today else None
