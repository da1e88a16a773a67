"""What travels between schools? One row a template, a research group, a way to visit, a subject of moderation, a theme.

- trustuid, kind: template, research, visit, moderation, success or challenge
- thing_id: which: an id, or for the last four what stands under `what`
- what: a template's title as it is now, a group's question, a way to visit, a subject, a theme
- found: what a research group has found out last; null before that, and for everything else
- shared_by: the school that shares a template, or "The trust"; null for everything else
- times: of a template its versions, of a group its findings, else how many visits, moderations held, or tellings
- schools: how many schools: those that have adopted the template, are in the group, visited or were visited, were
  there, or told of it; each once, whichever URN it went by
- school_names: who they are, by their names of today
- last_at: when any of this happened last
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "What travels between schools"
about = "Templates, research, visits, moderation, successes and challenges: how often, and with which schools."
area: Area = "reviews"
key: tuple[str, ...] = ("trustuid", "kind", "thing_id")
needs: tuple[str, ...] = ("register", "practice", "reviews")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    """With a school, what it has part in."""
    return await fetch(conn, "practice", at, await urns(conn, school), trust)
