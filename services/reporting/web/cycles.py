"""The cycles of a trust, which of them a page shows, and how it is called there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from services.reporting.london import london
from services.reporting.reports.sql import Connection
from services.reporting.web.asking import sql
from services.reporting.web.words import days
from services.reporting.wording import sentence

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cycle:
    name: str
    starts_on: date
    ends_on: date
    half_term: str | None

    def runs(self, at: datetime) -> bool:
        return self.starts_on <= at.astimezone(london).date() <= self.ends_on


async def cycles_of(conn: Connection, trustuid: str | None) -> list[Cycle]:
    rows = await conn.fetch(sql("cycles"), trustuid)
    return [Cycle(row["cycle"], row["starts_on"], row["ends_on"], row["half_term"]) for row in rows]


def choose(cycles: Sequence[Cycle], wanted: str | None, at: datetime) -> int | None:
    """The place of the cycle to show, oldest first."""
    named = next((n for n, cycle in enumerate(cycles) if cycle.name == wanted), None)
    if named is not None or not cycles:
        return named
    today = at.astimezone(london).date()
    begun = [n for n, cycle in enumerate(cycles) if cycle.starts_on <= today]
    return begun[-1] if begun else 0


def neighbours(cycles: Sequence[Cycle], chosen: int) -> tuple[str | None, str | None]:
    """The names of the cycles before and after."""
    before = cycles[chosen - 1].name if chosen > 0 else None
    return before, cycles[chosen + 1].name if chosen + 1 < len(cycles) else None


def period(cycle: Cycle, cells: Iterable[Row]) -> str:
    """The cycle's name and days, with its half-term where the term dates are known, and the days of meetings."""
    met = sorted({row["answered_at"].astimezone(london).date() for row in cells if row["answered_at"] is not None})
    half_term = f"half-term {cycle.half_term}, " if cycle.half_term else ""
    line = sentence(f"{half_term}cycle {cycle.name}, {days(cycle.starts_on, cycle.ends_on)}.")
    return f"{line} Leadership meetings {days(met[0], met[-1])}." if met else line


def listed(model: str, cycle: str, **only: str) -> str:
    """Where the rows of a cycle stand that have these values."""
    return f"/reports/{model}?{urlencode({'cycle': cycle, **only})}"
