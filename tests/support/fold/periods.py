"""The periods in which capacity is counted: a trust's half-terms, or an academic year where it has set none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.support.fold.history import LONDON, History, of


@dataclass(frozen=True, slots=True, order=True)
class Period:
    starts_on: date
    ends_on: date
    name: str

    def days(self) -> list[date]:
        return [self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days + 1)]


def academic_year(day: date) -> str:
    first = day.year if (day.month, day.day) >= (9, 1) else day.year - 1
    return f"{first}/{str(first + 1)[2:]}"


class Periods:
    """As of a moment; what begins after the next academic year has none."""

    def __init__(self, history: History, at: datetime) -> None:
        self._last_year = int(academic_year(at.astimezone(LONDON).date())[:4]) + 1
        self._begin: dict[tuple[str, str], list[tuple[date, str]]] = {}
        for event in of(history, "TermDatesSet"):
            terms = event["data"]
            if "urn" not in terms:
                begin = [(date.fromisoformat(term["starts_on"]), term["name"]) for term in terms["half_terms"]]
                self._begin[terms["trustuid"], terms["academic_year"]] = sorted(begin)

    def of_day(self, trustuid: str, day: date) -> Period | None:
        year = academic_year(day)
        first, last = date(int(year[:4]), 9, 1), date(int(year[:4]) + 1, 8, 31)
        if first.year > self._last_year:
            return None
        begin = self._begin.get((trustuid, year))
        if not begin:
            return Period(first, last, year)
        ends = [starts_on - timedelta(days=1) for starts_on, _ in begin[1:]] + [last]
        starts = [first] + [starts_on for starts_on, _ in begin[1:]]
        names = [f"{year}-{name}" for _, name in begin]
        periods = [Period(*one) for one in zip(starts, ends, names, strict=True)]
        [period] = [period for period in periods if period.starts_on <= day <= period.ends_on]
        return period

    def touched(self, trustuid: str, from_on: date, to_on: date) -> list[Period]:
        """Every period that has one of these days."""
        days = (from_on + timedelta(days=n) for n in range((to_on - from_on).days + 1))
        return sorted({period for day in days if (period := self.of_day(trustuid, day))})
