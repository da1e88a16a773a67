"""Career stages: how many people stand where the trust's next leaders come from, and how fast others get there.

Those are stage 4, who take responsibility for more outcomes, and stage 5, who lead learning across the organisation.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from services.talent.forecast.facts import Facts, a_year_after, years
from services.talent.forecast.presence import Presence
from shared.contracts.talent.careers import CareerStageAssessed
from shared.contracts.vocabulary import Day, Id

wanted: tuple[type[Any], ...] = (CareerStageAssessed,)
_senior = ("stage_4", "stage_5")
_below = "stage_3"


@dataclass(slots=True, kw_only=True)
class Stages:
    """How many stand where, and what happened since the first year that is known. In that year everybody was new.

    Attributes:
        senior, below: how many stand at stages 4 and 5, and at stage 3, now.
        counted_years: how long it was counted; senior_years, below_years: how long people stood there in that time.
        risen: how many went from stage 3 to a senior one.
        arrived: how many were senior when they were first assessed.
        left: how many seniors left the trust.
    """

    senior: int = 0
    below: int = 0
    senior_years: float = 0.0
    below_years: float = 0.0
    risen: int = 0
    arrived: int = 0
    left: int = 0
    counted_years: float = 0.0


def stages_of(facts: Facts, presence: Presence, on: Day) -> Stages | None:
    """None where nobody's stage was ever assessed."""
    by_person: dict[Id, list[CareerStageAssessed]] = defaultdict(list)
    for assessed in facts.of(CareerStageAssessed):
        if assessed.assessed_on <= on:
            by_person[facts.person(assessed.person_id)].append(assessed)
    if not by_person:
        return None
    counted_from = a_year_after(min(a.assessed_on for history in by_person.values() for a in history))
    stages = Stages(counted_years=years(counted_from, on))
    for person_id, history in by_person.items():
        history.sort(key=lambda assessed: assessed.assessed_on)
        gone = [day for day in presence.days_gone(person_id, on) if day > history[0].assessed_on]
        _count(stages, history, min([*gone, on]), counted_from)
        if gone and gone[0] > counted_from:
            stages.left += history[-1].stage in _senior
        if presence.is_here(person_id, on):
            stages.senior += history[-1].stage in _senior
            stages.below += history[-1].stage == _below
    return stages


def _count(stages: Stages, history: list[CareerStageAssessed], until: Day, counted_from: Day) -> None:
    before: str | None = None
    ends = [assessed.assessed_on for assessed in history[1:]]
    for assessed, end in zip(history, [*ends, until], strict=True):
        spent = years(max(assessed.assessed_on, counted_from), min(end, until))
        if assessed.stage in _senior:
            stages.senior_years += spent
        elif assessed.stage == _below:
            stages.below_years += spent
        if assessed.assessed_on > counted_from and assessed.stage in _senior:
            stages.risen += before == _below
            stages.arrived += before is None
        before = assessed.stage
