"""Who held which post for good, from when until when: as it was recorded last.

A day to come on which somebody leaves is an expectation: until it comes, the latest record of it stands. Who takes
another share of a post that they hold goes on in it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.talent.forecast.facts import Facts
from shared.contracts.talent.posts import CriticalPostRegistered, PostFilled, PostVacancyWithdrawn, PostVacated
from shared.contracts.vocabulary import Code, Day, Id

wanted: tuple[type[Any], ...] = (CriticalPostRegistered, PostVacated, PostVacancyWithdrawn, PostFilled)


@dataclass(slots=True, kw_only=True)
class Tenure:
    """Somebody in a post.

    Attributes:
        until_on: the first day without them; `date.max` where none is known.
        interim: they stand in: the post waits for somebody.
        incumbent: they held it when it was registered.
        goes_on: it ended because another share or another footing began.
    """

    post_id: Id
    post_type: Code
    person_id: Id
    from_on: Day
    until_on: Day = date.max
    interim: bool = False
    incumbent: bool = False
    goes_on: bool = False


def tenures_of(facts: Facts) -> dict[Id, list[Tenure]]:
    """Every tenure that began, by post."""
    found: dict[Id, list[Tenure]] = defaultdict(list)
    for event in facts.of(*wanted):
        tenures = found[event.post_id]
        match event:
            case CriticalPostRegistered() if not tenures:
                tenures += _registered(event, facts)
            case PostFilled():
                _take(_taken(event, facts), tenures)
            case PostVacated():
                own = [
                    t for t in tenures if t.person_id == facts.person(event.person_id) and t.from_on <= event.vacated_on
                ]
                if own:
                    max(own, key=lambda tenure: tenure.from_on).until_on = event.vacated_on
            case PostVacancyWithdrawn():
                own = [t for t in tenures if t.person_id == facts.person(event.person_id)]
                if own:
                    max(own, key=lambda tenure: tenure.from_on).until_on = date.max
            case _:
                pass
    return {post_id: [t for t in tenures if t.from_on < t.until_on] for post_id, tenures in found.items()}


def _registered(event: CriticalPostRegistered, facts: Facts) -> list[Tenure]:
    return [
        Tenure(
            post_id=event.post_id,
            post_type=event.post_type,
            person_id=facts.person(incumbent.person_id),
            from_on=incumbent.from_on,
            interim=incumbent.interim,
            incumbent=True,
        )
        for incumbent in event.incumbents
    ]


def _taken(event: PostFilled, facts: Facts) -> Tenure:
    return Tenure(
        post_id=event.post_id,
        post_type=event.post_type,
        person_id=facts.person(event.person_id),
        from_on=event.filled_on,
        interim=event.interim,
    )


def _take(taken: Tenure, tenures: list[Tenure]) -> None:
    for tenure in tenures:
        if tenure.person_id == taken.person_id and tenure.from_on <= taken.from_on < tenure.until_on:
            tenure.until_on, tenure.goes_on = taken.from_on, True
    tenures.append(taken)
