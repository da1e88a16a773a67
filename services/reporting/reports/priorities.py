"""What do leaders want first? One row a cycle, a group of its voters, and a proposal.

The groups are everybody; everybody of a role level; everybody of a school; and those of a school who are of a role
level. Who votes for the trust itself is of no school. Each voter has one ballot in a cycle: the latest, also where two
entries of the register turned out to be one person. A ballot is of the school and the role level that it names.

Points are Borda's: with m proposals in the cycle, the first of a ballot gets m - 1, the second m - 2, and so on; a
proposal that a ballot leaves out gets none from it. A proposal that is void has no place in any ballot: those behind
it move up.

- trustuid, cycle: of which cycle
- urn, school: the voters' school; no URN for all schools together
- role_level: the voters' role level; "all" for all of them together
- priority_id, priority: what was proposed
- proposed_by: the school that proposed it, or the trust
- ballots: how many of the group voted
- points: what their ballots give to the proposal; null while nobody has voted
- place: 1 has the most points in the group; the same points, the same place; null while nobody has voted
- first_choices: ballots that have it first
- ranked_by: ballots that have it at all
- agreed_rank: the place in the cycle that the trust agreed for it; null if none
- event_id: the proposal
- agreed_event_id: the agreement
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns
from shared.contracts.collaboration.planning import RoleLevel

title = "What leaders want first"
about = "How leaders of every level would order each cycle's priorities, and the order that the trust agreed."
area: Area = "loop"
key: tuple[str, ...] = ("trustuid", "cycle", "urn", "role_level", "priority_id")
needs: tuple[str, ...] = ("register", "people", "priorities")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
    cycle: str | None = None,
) -> list[dict[str, Any]]:
    levels = list(get_args(RoleLevel))
    return await fetch(conn, "priorities", at, await urns(conn, school), trust, cycle, levels)
