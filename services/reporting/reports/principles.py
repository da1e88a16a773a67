"""Do schools agree with the trust about itself? One row a principle, or a dimension of capacity, that was answered.

Of each school the latest answer counts, under whichever URN it gave it; schools that are not in the trust today are
left out.

- trustuid, instrument, item: which of the ten principles, or of the five dimensions of capacity
- trust_answer: what the trust says of itself; null when it has not said
- schools: how many schools have answered
- we_do_this, we_talk_about_it, we_should, we_dont, never_thought_about_it: how many of them say so
- say_not: where the trust says "we do this", how many schools say anything else; null where it does not say so
- schools_that_say_not: who they are
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "How schools see the trust"
about = (
    "The ten principles and the five dimensions of capacity: what the trust says of itself, and what its schools say."
)
area: Area = "change"
key: tuple[str, ...] = ("trustuid", "instrument", "item")
needs: tuple[str, ...] = ("register", "principles")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    """With a school, what it alone says."""
    return await fetch(conn, "principles", at, await urns(conn, school), trust)
