"""What pages ask besides the reports: the statements of `sql/`."""

from __future__ import annotations

from pathlib import Path

from services.reporting.reports.sql import statement

_folder = Path(__file__).parent / "sql"


def sql(name: str) -> str:
    """The statement of `sql/<name>.sql`."""
    return statement(name, _folder)
