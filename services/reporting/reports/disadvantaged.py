"""What is said of disadvantaged pupils, and what says nothing? One row a thing that should say something of them.

That is every improvement plan, focus area, proposed change, answer of a meeting, and evidence of impact, as it stands
after amendments and corrections. An answer that the question does not apply has nothing to say, and is not here.

- trustuid: which trust
- kind: plan, focus, change, answer or impact
- what: the title of the plan, focus area or change; of an answer, that of its focus area; the measure of the impact
- urns, schools: the schools that it is of, none where it is the trust's
- has_note: whether it says something of them: a note, a focus area's lens, or the measure before and after
- lens: what a focus area asks about them; null without it, and for the other kinds, whose notes are personal
- baseline_thousandths, follow_up_thousandths: their measure before and after, where it is impact and has one
- said_at: when it was said as it stands
- event_id: the event that says it
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "Disadvantaged pupils"
about = "Every plan, focus area, change, answer and evidence of impact: whether it looks at disadvantaged pupils."
area: Area = "change"
key: tuple[str, ...] = ("event_id",)
needs: tuple[str, ...] = ("register", "lens")


async def rows(
    conn: Connection,
    *,
    at: datetime,  # noqa: ARG001  every report takes it: what is said does not depend on it
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    return await fetch(conn, "disadvantaged", await urns(conn, school), trust)


def totals(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a trust and kind: `of` how many there is a note (`with_note`), or none (`without_note`)."""
    return [_total(list(things)) for _, things in groupby(rows, key=lambda row: (row["trustuid"], row["kind"]))]


def _total(things: list[dict[str, Any]]) -> dict[str, Any]:
    with_note = sum(thing["has_note"] for thing in things)
    return {
        "trustuid": things[0]["trustuid"],
        "kind": things[0]["kind"],
        "of": len(things),
        "with_note": with_note,
        "without_note": len(things) - with_note,
    }
