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
- leaders: who leads at the school on the cycle's last day, or today while it runs: its heads, and everybody for whom a
  one-to-one was planned or held by then, here or elsewhere in the trust; who is away for a while is not counted. Null
  before the cycle begins, and where nobody is known
- leaders_with_one_to_one: of these, those who had one in the six school weeks up to that day: that day's own week, or
  the last one before it, and five more. Holidays are no school weeks. Null where no term dates are known
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.reporting.reports.one_to_ones import OneToOnes
from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns
from shared import clock

title = "Who met, who answered"
about = "Each school in each cycle: its leadership meetings, what it has answered, and who had a one-to-one."
area: Area = "loop"
key: tuple[str, ...] = ("trustuid", "cycle", "urn")
needs: tuple[str, ...] = ("register", "people", "loop", "one_to_ones")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
    cycle: str | None = None,
) -> list[dict[str, Any]]:
    one_to_ones, today = await OneToOnes.read(conn, at, await urns(conn, school), trust), clock.today(at)
    return [
        row | one_to_ones.of(row["trustuid"], row["urn"], _judged_on(row, today))
        for row in await meetings(conn, at=at, school=school, trust=trust, cycle=cycle)
    ]


async def meetings(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
    cycle: str | None = None,
) -> list[dict[str, Any]]:
    """The rows without what is said of leaders: they need `register` and `loop` alone."""
    return await fetch(conn, "agenda", at, await urns(conn, school), trust, cycle)


def _judged_on(row: dict[str, Any], today: date) -> date | None:
    """The last day of the cycle, or today while it runs; None before it begins."""
    begun = row["starts_on"] is not None and row["starts_on"] <= today
    return min(row["ends_on"], today) if begun else None
