"""What the reports of training say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.reporting.london import london
from services.reporting.reports.report import Row
from services.reporting.web.headlines.sentences import do, named, names_in, some_do, things_do, together
from services.reporting.web.words import day


def calendar(rows: Sequence[Row], at: datetime) -> str:
    """How many sessions are still to come, which is the next, and how many of them clash."""
    ahead = sorted(
        (row for row in rows if row["status"] == "confirmed" and row["starts_at"] > at),
        key=lambda row: row["starts_at"],
    )
    if not ahead:
        return together("no session is planned")
    clash = sum(row["clashes"] > 0 for row in ahead)
    when = day(ahead[0]["starts_at"], near=at.astimezone(london).date())
    which = f": {ahead[0]['programme']}" if ahead[0]["programme"] else ""
    return together(
        f"{things_do(len(ahead), 'session', 'are')} still to come, the next on {when}{which}",
        f"{do(clash, 'clash')} with others" if clash else "",
    )


def impact(rows: Sequence[Row], _: datetime) -> str:
    """How many programmes have evidence of what they changed, and which."""
    proven = [row for row in rows if row["evidence"]]
    has = f"{some_do(len(proven), len(rows), 'programme', 'have')} evidence of what changed for pupils"
    return together(f"{has}: {named(names_in(proven, 'programme'))}" if proven else has)


headlines = {"calendar": calendar, "impact": impact}
