"""Our bank of leaders: what have they done, and what do they coach now? One row a member and academic year.

A member is who is a leader today and knows it (with a record that another stands behind), is in the pool of coaches, or
is designated as a system leader. Each has a row for the present academic year, and one for every earlier year in which
they gained something. Two entries of the register that were one person are one member.

Something is gained on the day on which it ends. The same project, review, pairing or deployment counts once for a
person, whether it is known from itself, from their leader's record, or from both (then on its own day).

- trustuid, person_id: who
- urns, schools: the schools where they work today, in the order of their URNs
- member_as: leader, coach, and the schemes of their designations, such as nle
- academic_year: from September to August
- experience: all that they gained in that year: the sum of the next five
- projects: projects that they led and completed
- reviews: completed reviews in which they reviewed
- coaching: pairings in which they coached, once they have ended with a session or more
- deployments: times that they helped at another school for some days, once these have ended
- other: what else their leader's record counts, such as a qualification
- coaching_received: pairings in which they were coached, once these have ended with a session or more
- coaching_load: pairings in which they coach and that are not over; null for earlier years
- coaching_places: how many at once their memberships of the pool have places for; null for earlier years
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "Our bank of leaders"
about = "Who leads, coaches or is a system leader, what they did for others year by year, and whom they coach now."
area: Area = "capacity"
key: tuple[str, ...] = ("trustuid", "person_id", "academic_year")
needs: tuple[str, ...] = ("register", "people", "leaders", "coaching", "network")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    return await fetch(conn, "network", at, await urns(conn, school), trust)
