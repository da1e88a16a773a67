"""How long a retention rule keeps what is held about a person: so many years after they were last engaged.

What is held about a person is kept and erased as one file, as a personnel file is: where they were engaged in several
ways, the rule that keeps it longest counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from services.talent.domain.person import Person
from shared.contracts.talent.register import EngagementKind
from shared.contracts.vocabulary import Day

Years = Mapping[EngagementKind, int]
"""For how many years after its last day each kind of engagement keeps a person's data."""

_last_day = date(2199, 12, 31)  # of those that an event can name


def is_engaged(state: Person) -> bool:
    """Whether somebody works or serves here without a last day yet."""
    return state.started.keys() > state.ended.keys()


def kept_until(state: Person, years: Years) -> Day | None:
    """The last day on which a rule keeps the data of somebody whose engagements have ended; None: no rule does."""
    ends = [
        _later(one.ended.ended_on, years[one.started.kind])
        for one in state.engagements.values()
        if one.started is not None and one.ended is not None
    ]
    return max(ends, default=None)


def _later(day: Day, years: int) -> Day:
    """The same day so many years later; where there is none, on the day after it would have been."""
    year = day.year + years
    if year > _last_day.year:
        return _last_day
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
