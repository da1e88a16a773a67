"""System leaders by scheme, with what each does. One row an area and scheme, as last declared.

- trustuid, area, scheme, role: which scheme, where
- basis: "declared": the area says so; rows of another basis are never added to these
- count: null when it is not known: that is not zero
- not_known_reason: why it is not known
- schools_sponsored: where the scheme is a trust that sponsors schools
- functions: what the scheme's holders do, by its short name; null for a scheme that is not one of the known seven
- as_at: the day that the count is of
- event_id: the declaration
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch

title = "System leaders"
about = "How many there are of each kind, as each area declares it, and what they do. Not known is not zero."
area: Area = "people"
key: tuple[str, ...] = ("trustuid", "area", "scheme")
needs: tuple[str, ...] = ("roles",)

functions = {
    "TSA": "Groups of schools around a teaching school that train new teachers, run professional development, support "
    "other schools, bring on future leaders, manage specialist leaders and try out research.",
    "MAT": "One legal body, with members and a board of trustees, that answers to the Secretary of State for how "
    "each of its academies does.",
    "NLE": "Heads of outstanding schools who help schools in difficulty to improve, often together with their own "
    "staff, in a way agreed with that school.",
    "NSS": "The school of a national leader, whose staff give support beside the head while it runs as usual.",
    "NLG": "Strong chairs of governors who coach other chairs, review how a board works, plan its next steps and "
    "advise on the head's performance review and on becoming an academy.",
    "LLE": "Experienced heads who coach or mentor one other head at a time: a new one, or one whose school is in "
    "difficulty.",
    "SLE": "Middle or senior leaders with a specialism who help other schools' leaders to lead their own teams "
    "better, one-to-one or in groups.",
}


async def rows(
    conn: Connection,
    *,
    at: datetime,  # noqa: ARG001  every report takes it: a declared count does not depend on it
    school: str | None,  # noqa: ARG001  and this: a count is an area's
    trust: str | None = None,
) -> list[dict[str, Any]]:
    return [_with_functions(row) for row in await fetch(conn, "roles", trust)]


def _with_functions(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its basis after the role, and its functions before the day."""
    ordered = ("trustuid", "area", "scheme", "role")
    return {
        **{column: row[column] for column in ordered},
        "basis": "declared",
        **{column: row[column] for column in ("count", "not_known_reason", "schools_sponsored")},
        "functions": functions.get(row["scheme"]),
        **{column: row[column] for column in ("as_at", "event_id")},
    }
