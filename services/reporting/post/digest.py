"""The weekly digest: what the first page says on a Monday morning, and what it did not say the week before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.reporting.post.kind import Content, Kind, Occasion
from services.reporting.post.morning import at_seven, latest_morning
from services.reporting.read_models.reading import Reading, View
from services.reporting.web import framing, home, sheet
from services.reporting.web.changes import EARLIER, Changes, changes
from services.reporting.web.home import HomePage
from services.reporting.web.words import day, states
from services.reporting.wording import sentence

_week = timedelta(days=7)
_most = 40


@dataclass(frozen=True, slots=True)
class Since:
    """What is different since a moment.

    Attributes:
        when: the day, in words.
        lines: a line for each of the first changes; None when there was nothing to compare with, no such cycle.
        more: how many changes are left out.
    """

    when: str
    lines: Sequence[str] | None = None
    more: int = 0


async def _occasions(view: View, _trust: str) -> list[Occasion]:
    """One a week, from its first working morning on."""
    year, week, _ = latest_morning(view.at).isocalendar()
    return [Occasion(f"{year}-W{week:02}")]


async def _content(reading: Reading, trust: str, _: Occasion) -> Content | None:
    async with reading(framing.needs) as view:
        page = await home.home(view, trust=trust)
    if page.cycle is None:
        return None
    overdue = [problem for problem in page.problems if problem.look is states["overdue"]]
    values = {
        "page": page,
        "asking": [problem for problem in page.problems if problem not in overdue],
        "overdue": overdue,
        "since": await _since(reading, page, _week_before(page.at), trust),
    }
    return Content(f"{page.trust}: {page.heading}", values)


def _week_before(at: datetime) -> datetime:
    """The Monday morning of the week before."""
    latest = latest_morning(at)
    return at_seven(latest - timedelta(days=latest.weekday()) - _week)


async def _since(reading: Reading, page: HomePage, then: datetime, trust: str) -> Since:
    cycle = page.cycle.name if page.cycle else None
    async with reading(framing.needs, then.isoformat()) as view:
        before = await home.home(view, cycle, trust=trust)
    if before.cycle is None or before.cycle.name != cycle:
        return Since(day(then, near=page.at))
    lines = told(changes(sheet.rows_of(page), sheet.rows_of(before), sheet.key, EARLIER))
    return Since(day(then, near=page.at), lines[:_most], len(lines[_most:]))


def told(compared: Changes) -> Sequence[str]:
    """Each change in a line: "Ashby Park Primary: Attendance: Off track (was At risk)"."""
    names = [column.name for column in compared.columns]
    lines = []
    for line in compared.changed:
        cells = dict(zip(names, line.cells, strict=True))
        note = line.change if line.change != "changed" else cells["says"].other
        if note:
            part = cells["part" if cells["part"].text == sheet.message else "line"]
            lines.append(f"{sentence(part.text)}: {cells['says'].text} ({note})")
    return lines


digest = Kind(
    name="digest",
    title="The weekly digest",
    about="On Monday morning: how the loop stands, who needs help now, who is overdue, and what has changed in a week.",
    who="trust_leader",
    occasions=_occasions,
    content=_content,
)
