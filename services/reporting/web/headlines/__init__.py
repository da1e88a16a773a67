"""What a report says in a sentence or two, worked out from its rows: counts and names, never an average or a worst."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

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

_long = frozenset({"compliance", "pipeline"})
"""They read every person's rows: their own page alone has the time for that."""


def headline(model: str, rows: Sequence[Row], at: datetime) -> str:
    """What a report says; empty for one that says nothing in a sentence, or has no rows."""
    return headlines[model](rows, at) if rows and model in headlines else ""


def at_once(model: str) -> bool:
    """Whether a report says something that a page has the time to say together with what others say."""
    return model in headlines and model not in _long
