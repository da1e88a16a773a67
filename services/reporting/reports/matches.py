"""Who could help? One row a request for capacity that is open, and one a wish to be coached, each with a suggestion.

It is advice: the assignment of what is asked to what is on offer that helps the most, the urgent first, then covers
the most and goes the shortest ways. Nothing is allocated by it. A request that is met is none any more, and of an offer
or a coach what is left is suggested. Schools that have left the trust neither take nor give.

- trustuid, kind: "capacity" or "coaching"
- request_id, taker_urn, taker: who asks, a school or the trust
- asked: what, in words
- dimension: of the capacity, or the kind of coaching
- specialism: the one that is asked for
- priority: of a request for capacity
- quantity, unit, from_on, to_on: how much is still missing (of a rate, on the day on which the most is), and the days
  to come on which it is asked for; null where there is no such thing
- offer_id, giver_urn, giver: the offer that would help, or the coach's membership; null where nothing fits
- would_cover, covers: how much of it, in words and as a number of the unit
- overlap_days, distance_km: the days that both are about; as the crow flies, null where a place is not known
- reasons: why this one, in words; or, without one, why none
- second_id, second_giver_urn, second_giver, second_reasons: whom the best advice to all would name here if it were not
  for the first; it may be suggested for another now, and then says for whom; null where nobody would be left
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from services.reporting.matching.rows import Row, of_capacity, of_coaching
from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "Who could help"
about = "Each open request, and each wish to be coached: whom to ask first and why, and who is next. This is advice."
area: Area = "capacity"
key: tuple[str, ...] = ("request_id",)
needs: tuple[str, ...] = ("register", "capacity", "coaching")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[Row]:
    """With a school, what it asks and what it could give: even so all schools are looked at together."""
    of_school = await urns(conn, school)
    asked = await of_requests(conn, at=at, trust=trust)
    wished, pool = [await fetch(conn, f"matches_{name}", at, trust) for name in ("wishes", "coaches")]
    found = [*asked, *await asyncio.to_thread(of_coaching, wished, pool)]
    return [row for row in found if of_school is None or row["taker_urn"] in of_school or row["giver_urn"] in of_school]


async def of_requests(conn: Connection, *, at: datetime, trust: str | None, seconds: bool = True) -> list[Row]:
    """Those of the rows that are requests for capacity; without `seconds` sooner, and without who would be next."""
    asked, offered = [await fetch(conn, f"matches_{name}", at, trust) for name in ("requests", "offers")]
    return await asyncio.to_thread(of_capacity, asked, offered, seconds=seconds)
