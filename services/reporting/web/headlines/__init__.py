"""What a report says in a sentence or two, worked out from its rows: counts and names, never an average or a worst."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from services.reporting.reading import View
from services.reporting.reports import Report, answer
from services.reporting.reports.report import Row
from services.reporting.web.headlines import capacity, change, cpd, people, reviews

Headline = Callable[[Sequence[Row], datetime], str]
"""Of a report's rows as of a moment; empty where there is nothing to say."""

headlines: Mapping[str, Headline] = {
    **capacity.headlines,
    **people.headlines,
    **cpd.headlines,
    **reviews.headlines,
    **change.headlines,
}
"""By the name of the report; a report without one shows its rows alone."""


def headline(model: str, rows: Sequence[Row], at: datetime) -> str:
    """What a report says; empty for one that says nothing in a sentence, or has no rows."""
    return headlines[model](rows, at) if rows and model in headlines else ""


async def of_reports(reports: Mapping[str, Report], view: View) -> dict[str, str]:
    """What each of some reports says in a view that has what they need."""
    return {
        model: headline(model, (await answer(report, view)).rows, view.at) if model in headlines else ""
        for model, report in reports.items()
    }
