"""You said, we did: a school's sheet of a cycle, on the morning after the trust responded, and after the cycle's end.

The sheet says everything but what was written: a comment and a response stay on the page, sealed, where those who may
read them do, and say that they have.
"""

from __future__ import annotations

from pathlib import Path

from services.reporting.post.kind import Content, Kind, Occasion
from services.reporting.post.morning import latest_morning, longest
from services.reporting.read_models.reading import Reading, View
from services.reporting.reports.sql import statement
from services.reporting.web.school import needs, school

_here = Path(__file__).parent


async def _occasions(view: View, trust: str) -> list[Occasion]:
    """Of each school and cycle at most one a day: whatever else came on it stands on the same sheet."""
    morning = latest_morning(view.at)
    rows = await view.conn.fetch(statement("you_said", _here), trust, morning - longest, morning)
    return [Occasion(f"{r['urn']}/{r['cycle']}/{r['told_on']}", r["cycle"], r["urn"]) for r in rows]


async def _content(reading: Reading, trust: str, occasion: Occasion) -> Content | None:
    async with reading(needs) as view:
        found = await school(view, occasion.urn or "", occasion.cycle, trust=trust)
    if found is None or found.cycle is None:
        return None
    return Content(f"You said, we did: {found.name}, cycle {found.cycle.name}", {"school": found})


you_said = Kind(
    name="you_said",
    title="You said, we did",
    about="On the morning after the trust has responded, and at the end of a cycle: what your school said, "
    "what came of it, and what the trust still owes.",
    who="school_leader",
    occasions=_occasions,
    content=_content,
)
