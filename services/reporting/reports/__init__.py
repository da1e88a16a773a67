"""The reports by their names. A report says which read models it needs and gives its rows, judged as at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from services.reporting.reports import agenda, calendar, focus, loop, matches, roles


class Report(Protocol):
    """One report."""

    needs: tuple[str, ...]

    async def rows(self, conn: Any, *, at: datetime, school: str | None) -> list[dict[str, Any]]:
        """Its rows, each with the same fields."""


reports: Mapping[str, Report] = {
    "agenda": agenda,
    "calendar": calendar,
    "focus": focus,
    "loop": loop,
    "matches": matches,
    "roles": roles,
}
