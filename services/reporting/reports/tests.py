"""Is collaboration strong? One row a collaboration, with its latest score in each of the five tests.

A strong collaboration has three or four of four in all five. What was not assessed is not zero.

- trustuid, collaboration_id, title, purpose: which, and what it is for
- partners: who takes part: schools by their names of today, the trust, and partners outside
- gives, receives: what each partner gives and receives, in words, in the order of the partners
- starts_on, ends_on: its days
- state: planned before its first day, running, stalled when its last day is past and nobody has closed it, or closed
- outcome: red, amber or green when it is closed
- purpose_score, mutuality_score, change_score, pace_score, prioritisation_score: from 0 to 4 as last assessed; null
  when it was not
- strong: yes when all five are at least 3, no when one that was assessed is less, else null
- opportunity_cost_days, opportunity_cost_pence: what is given up for it
- commitments: how many changes of practice schools have committed to
- event_id: the agreement
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "How strong collaborations are"
about = "Each collaboration of schools with each other and with partners outside, in the five tests."
area: Area = "reviews"
key: tuple[str, ...] = ("collaboration_id",)
needs: tuple[str, ...] = ("register", "partnerships")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    """With a school, the collaborations that it takes part in."""
    return await fetch(conn, "tests", at, await urns(conn, school), trust)
