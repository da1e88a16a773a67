"""The rows that choices are made of: a statement of `sql/`, asked once for a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from services.reporting.reports.sql import statement
from services.reporting.seeing.texts import Sealed
from services.reporting.web.forms.form import Asking

Row = dict[str, Any]

_folder = Path(__file__).parent / "sql"


async def rows(asking: Asking, name: str, *arguments: object) -> list[Row]:
    """The rows of `sql/<name>.sql`, in its order."""
    return [dict(row) for row in await asking.view.conn.fetch(statement(name, _folder), *arguments)]


def own(asking: Asking, found: Sequence[Row]) -> list[Row]:
    """Those that are of a school that somebody speaks for."""
    return [row for row in found if asking.urns is None or row["urn"] in asking.urns]


def as_id(text: str) -> UUID | None:
    """An id of an address or a form; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


async def opened(asking: Asking, row: Row, field: str) -> str | None:
    """A row's text in clear, for who may read it. The row says where it stands."""
    if asking.texts is None or row[field] is None:
        return None
    sealed = Sealed(row[field], row["stream"], row["event_id"], field, row["trustuid"], row["urn"])
    return (await asking.texts.open(asking.person, [sealed])).get(sealed)
