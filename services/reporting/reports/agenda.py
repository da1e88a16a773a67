"""Who met, who answered? One row a school and cycle: who was asked, and every member on a day of the cycle.

A meeting of a cycle is one that was held on one of its days (in London), or that answered one of its items. A joint
meeting is counted for each school that sat in it.

- trustuid, cycle, starts_on, ends_on, urn, school: who, when
- meetings_held: meetings of the cycle
- meetings_complete: of these, those whose latest report says that every item was answered
- items_issued, items_answered: items of the cycle for this school; those with an answer, "not applicable" included
- complete: every item issued is answered; null when none was issued
- late_answers: items whose answer came after they were due
- no_meeting: the cycle has begun and no meeting was held; null before it begins
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "Who met, who answered"
about = "Each school in each cycle: its leadership meetings, and how much of what it was asked it has answered."
area: Area = "loop"
key: tuple[str, ...] = ("trustuid", "cycle", "urn")
needs: tuple[str, ...] = ("register", "loop")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
    cycle: str | None = None,
) -> list[dict[str, Any]]:
    return await fetch(conn, "agenda", at, await urns(conn, school), trust, cycle)
