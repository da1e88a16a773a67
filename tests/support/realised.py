"""What came true of a simulated trust, read from its events in the plainest way: what forecasts are held against.

It shares nothing with the forecaster but the contracts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.talent.leaders import LeaderRecordClosed, ReadinessAssessed
from shared.contracts.talent.posts import CriticalPostRegistered, PostFilled, PostVacancyWithdrawn, PostVacated
from shared.contracts.talent.register import EngagementEnded
from tests.support.trusts import DEPUTY, HEAD


def realised_gap(events: Sequence[Any], post_type: str, year: int) -> int:
    """What an academic year (named by the one it begins in) was short of, read from the events in the plainest way.

    The posts of a type that fell vacant in it, less the leaders who were ready for one when it began and whom the
    vacancies of other types did not need.
    """
    first, last = date(year, 9, 1), date(year + 1, 8, 31)
    vacant = {kind: sum(first <= on <= last for on in _left_on(events, kind).values()) for kind in (HEAD, DEPUTY)}
    ready = _ready_on(events, first - timedelta(days=1))
    [other] = vacant.keys() - {post_type}
    ours = {person for person, types in ready.items() if post_type in types}
    theirs = {person for person, types in ready.items() if other in types}
    needed = max(min(vacant[other], len(theirs)) - len(theirs - ours), 0)
    return vacant[post_type] - (len(ours) - needed)


def _left_on(events: Sequence[Any], post_type: str) -> dict[tuple[UUID, UUID], date]:
    """When each holder left each post of a type: the last that was said of it. Here nobody holds a post twice."""
    found = {}
    for event in events:
        if isinstance(event, PostVacated) and event.post_type == post_type:
            found[event.post_id, event.person_id] = event.vacated_on
        elif isinstance(event, PostVacancyWithdrawn):
            found.pop((event.post_id, event.person_id), None)
    return found


def _ready_on(events: Sequence[Any], day: date) -> dict[UUID, set[str]]:
    """Who is ready for what: by the latest assessment that two have made, if it is valid, and if they are there."""
    latest: dict[tuple[UUID, str], ReadinessAssessed] = {}
    off: dict[UUID, date] = {}
    for event in events:
        if isinstance(event, ReadinessAssessed):
            before = latest.get((event.leader_id, event.post_type), event)
            if not event.provisional and before.assessed_on <= event.assessed_on <= day:
                latest[event.leader_id, event.post_type] = event
        elif isinstance(event, LeaderRecordClosed) and event.closed_on <= day:
            off[event.leader_id] = event.closed_on
        elif isinstance(event, EngagementEnded) and event.ended_on < day:
            off[event.person_id] = event.ended_on
    holding = _holding_on(events, day)
    found: dict[UUID, set[str]] = {}
    for (person_id, post_type), said in latest.items():
        is_off = person_id in off and off[person_id] >= said.assessed_on
        valid = said.readiness == "ready_now" and said.valid_until >= day
        if valid and not is_off and (person_id, post_type) not in holding:
            found.setdefault(person_id, set()).add(post_type)
    return found


def _holding_on(events: Sequence[Any], day: date) -> set[tuple[UUID, str]]:
    left = {kind: _left_on(events, kind) for kind in (HEAD, DEPUTY)}
    taken = []
    for event in events:
        if isinstance(event, CriticalPostRegistered):
            taken += [(i.person_id, event.post_type, event.post_id, i.from_on) for i in event.incumbents]
        elif isinstance(event, PostFilled):
            taken.append((event.person_id, event.post_type, event.post_id, event.filled_on))
    return {
        (person_id, kind)
        for person_id, kind, post_id, from_on in taken
        if from_on <= day < left[kind].get((post_id, person_id), date.max)
    }
