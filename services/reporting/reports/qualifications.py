"""Who leads with NPQH and a Masters? One row a group of leaders, and one for all of them.

Heads and senior leaders are expected to hold both. Heads have one of the roles that head a school; senior leaders are
`senior_leader` and those whose role begins with deputy, assistant, associate or vice and goes on with head or
principal. Each is counted once, as the highest of what they are; engagements that are paused, and schools that have
left the trust, are left out.

NPQH is `npq-headship`, and no other course; a Masters is `masters` or `mba`. Somebody holds one that was gained
anywhere, or whose latest recorded outcome is a pass. It is in progress from the enrolment to an outcome, pauses
included; whoever left the course, or failed and has not passed since, is not in progress.

Groups of one to four people are hidden, and what would give them away. A school has one head and few senior leaders: of
a school only how many they are is shown, but to its own head all of it.

- trustuid, leaders: heads or senior_leaders; `all` for both together
- people: how many they are; what this and the other figures open is, of each, the beginning of their work
- both: of these, how many hold NPQH and a Masters
- npqh_only, masters_only: how many hold one of them and not the other
- in_progress: how many hold neither and are working for one
- none: how many hold neither and are not
- suppressed: which of these figures are hidden, as null
"""

from __future__ import annotations

from datetime import datetime

from services.reporting.reports.levels import levels
from services.reporting.reports.report import Area, Row
from services.reporting.reports.sql import Connection, fetch, urns
from services.reporting.seeing.suppression import suppress, without

title = "NPQH and Masters"
about = "How many heads and senior leaders hold the NPQ for headship and a Masters, or are working for them."
area: Area = "people"
key: tuple[str, ...] = ("trustuid", "leaders")
needs: tuple[str, ...] = ("register", "people", "qualifications")
wants: tuple[str, ...] = ("whole",)

states = ("both", "npqh_only", "masters_only", "in_progress", "none")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
    whole: bool = False,
) -> list[Row]:
    found = await counted(conn, at=at, school=school, trust=trust)
    if school is not None:
        return [without(row, () if whole else states) for row in found]
    return suppress(found, dimensions=("leaders",), whole="people", parts=states)


async def counted(conn: Connection, *, at: datetime, school: str | None = None, trust: str | None = None) -> list[Row]:
    """The rows with nothing hidden, and so without `suppressed`."""
    return await fetch(conn, "qualifications", at, await urns(conn, school), trust, *await levels(conn))
