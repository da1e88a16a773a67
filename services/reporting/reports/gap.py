"""What will we be short of in three to five years? One row a year of the latest forecast of each kind of post.

A forecast is made by talent when somebody asks for it, from the trust's own history; for each scenario the latest one
stands. All figures are in hundredths of a post: 150 is one post and a half.

- trustuid, scenario, post_type: whose posts, of which kind, and how things go: low, expected or high
- academic_year_starts_on: the first day of the year
- demand_hundredths: posts of the kind that fall vacant in the year
- supply_hundredths: leaders ready for them who are not needed for another kind of post; each leader counts once
- gap_hundredths: what is missing, demand less supply; below zero there are leaders to spare. It is the middle of the
  forecast's own futures, as the other two are, so it need not be the difference of the two
- gap_low_hundredths, gap_high_hundredths: in 8 of 10 futures the gap is not below the one and not above the other
- horizon_years: how many years the forecast looks ahead
- forecast_on: the day on which it was made
- event_id: the forecast
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch

title = "Skills gap"
about = "How many posts of each kind will be missing a leader in the coming years, as the trust's own history tells."
area: Area = "people"
key: tuple[str, ...] = ("trustuid", "scenario", "post_type", "academic_year_starts_on")
needs: tuple[str, ...] = ("posts",)


async def rows(
    conn: Connection,
    *,
    at: datetime,  # noqa: ARG001  every report takes it: a forecast does not change with the day on which it is read
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    """None for a school: what is forecast is the trust's."""
    return await fetch(conn, "gap", trust) if school is None else []
