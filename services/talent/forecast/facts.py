"""A trust's events as a forecast reads them: by class, in the log's order, merged people as one; and days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import chain
from typing import Any, TypeVar

from shared.contracts.talent.register import PersonsMerged, PersonsSplit
from shared.contracts.vocabulary import Day, Id

_E = TypeVar("_E")

wanted: tuple[type[Any], ...] = (PersonsMerged, PersonsSplit)
_september = 9


class Facts:
    """Events, grouped."""

    def __init__(self, events: Iterable[Any]) -> None:
        self._by_class: dict[type[Any], list[tuple[int, Any]]] = defaultdict(list)
        self._merged: dict[Id, Id] = {}
        for place, event in enumerate(events):
            self._by_class[type(event)].append((place, event))
            match event:
                case PersonsMerged():
                    self._merged[event.person_id] = event.into_person_id
                case PersonsSplit():
                    self._merged.pop(event.person_id, None)
                case _:
                    pass

    def of(self, *classes: type[_E]) -> list[_E]:
        """The events of some classes, in the log's order."""
        return [event for _, event in sorted(chain(*(self._by_class[cls] for cls in classes)), key=lambda at: at[0])]

    def person(self, person_id: Id) -> Id:
        """Who this is, after mergers."""
        seen = {person_id}
        while (into := self._merged.get(person_id)) is not None and into not in seen:
            seen.add(into)
            person_id = into
        return person_id


def years(since: Day, until: Day) -> float:
    """The years between two days; none, where the second is not later."""
    return max((until - since).days, 0) / 365.25


def year_of(day: Day) -> int:
    """The calendar year that the academic year of a day begins in."""
    return day.year if day.month >= _september else day.year - 1


def first_day(year: int) -> Day:
    """The first day of the academic year that begins in a calendar year."""
    return date(year, _september, 1)


def a_year_after(day: Day) -> Day:
    return day + timedelta(days=365)
