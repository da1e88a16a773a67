"""School weeks: those in which there is school on some day, by term dates. Holidays are none."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from services.reporting.reports.sql import Connection, fetch

_friday = 5


class SchoolWeeks:
    """When there was school: in a school by its own dates of a year, where it has any, else by its trust's."""

    def __init__(self, half_terms: Sequence[dict[str, Any]]) -> None:
        """The rows of `terms.sql`."""
        self._years: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for row in half_terms:
            self._years[row["trustuid"], row["urn"]][row["academic_year"]].append(row)
        self._known: dict[tuple[str, str], list[date]] = {}

    @classmethod
    async def read(cls, conn: Connection, trust: str | None) -> SchoolWeeks:
        return cls(await fetch(conn, "terms", trust))

    def since(self, trustuid: str, urn: str, day: date, weeks: int) -> date | None:
        """The Monday of the first of so many school weeks up to a day, or of the first known; None without any."""
        mondays = self._mondays(trustuid, urn)
        up_to = bisect_right(mondays, day)
        return mondays[max(up_to - weeks, 0)] if up_to else None

    def _mondays(self, trustuid: str, urn: str) -> list[date]:
        """Of a school's calendar, in their order."""
        calendar = (trustuid, urn if (trustuid, urn) in self._years else "")
        if calendar not in self._known:
            years = {**self._years.get((trustuid, ""), {}), **self._years.get(calendar, {})}
            self._known[calendar] = sorted(
                {monday for year in years.values() for row in year for monday in _weeks(row)}
            )
        return self._known[calendar]


def _weeks(half_term: dict[str, Any]) -> set[date]:
    day, last, closed = half_term["starts_on"], half_term["ends_on"], half_term["closed"]
    days = (day + timedelta(days=n) for n in range((last - day).days + 1))
    return {on - timedelta(days=on.weekday()) for on in days if on.isoweekday() <= _friday and on not in closed}
