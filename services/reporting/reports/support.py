"""What do schools ask the trust for from day to day, and how soon is it answered? One row a school and kind of request.

- trustuid, urn, school: who asks
- kind: site, hr, compliance or other
- requests: how many were made
- open: of these, how many are not closed
- waiting: of the open ones, how many have no answer yet
- answered: how many have an answer, open or closed
- closed: how many are done with
- oldest_open_at: when the request was opened that is open for longest; null when none is
- oldest_open_working_days: the working days since, without the one on which it was opened
- hours_to_first_answer: from opening to the first answer, the median in hours of the clock to one decimal; null before
  there is an answer
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns
from services.reporting.reports.working_days import working_days_since

title = "Daily requests"
about = "What schools ask the trust for from day to day: what is open, for how long, and how soon an answer comes."
area: Area = "change"
key: tuple[str, ...] = ("trustuid", "urn", "kind")
needs: tuple[str, ...] = ("register", "support")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    found = await fetch(conn, "support", await urns(conn, school), trust)
    return [_with_age(row, at) for row in found]


def _with_age(row: dict[str, Any], at: datetime) -> dict[str, Any]:
    opened_at, hours = row["oldest_open_at"], row["hours_to_first_answer"]
    return row | {
        "oldest_open_working_days": working_days_since(opened_at, at) if opened_at else None,
        "hours_to_first_answer": None if hours is None else round(float(hours), 1),
    }
