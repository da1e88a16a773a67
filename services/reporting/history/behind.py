"""The events that a figure of a report counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.reporting.history.events import Found, by_ids
from services.reporting.read_models.reading import View
from services.reporting.reports.report import Report, answer, meanings
from shared.problems import Problem


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind a figure.

    Attributes:
        rows: the report's rows that were asked for: nearly always one, by its key.
        events: what they count, in the order of happening, one for each that is counted.
    """

    rows: list[dict[str, Any]]
    events: tuple[Found, ...]


async def behind(
    report: Report, view: View, figure: str, *, school: str | None, only: Mapping[str, str], whole: bool = False
) -> Behind:
    """The events that a column of some rows counts; `whole` as for the report's answer.

    Raises:
        Problem: there is no such column (`filter_unknown`), or it counts no events (`figure_unknown`).
    """
    found = await answer(report, view, school=school, only=only, whole=whole)
    figures = found.behind[0].keys() if found.behind else meanings(report).keys()
    if figure not in figures:
        told = f"They stand behind {', '.join(figures)}." if figures else "Each of its rows is one thing."
        raise Problem(400, "figure_unknown", f"No events stand behind {figure or 'no column'} of this report. {told}")
    shown = zip(found.rows, found.behind, strict=True)  # of a figure that is kept back nothing is told
    ids = [one for row, counted in shown if row[figure] is not None for one in counted[figure]]
    events = await by_ids(view.conn, ids)
    return Behind(found.rows, tuple(events[one] for one in ids if one in events))  # not every event is everybody's
