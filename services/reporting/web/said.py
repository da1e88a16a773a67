"""What schools said in their answers and what the trust said to it, for those who may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.reporting.read_models.reading import View
from services.reporting.seeing.texts import Sealed, Texts
from services.reporting.signing_in.sessions import Person
from services.reporting.web.asking import sql

most = 500
"""So many answers are opened for one page: a longer list is for choosing a school from."""

_fields = ("comment", "disadvantaged_note", "response")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer's texts in clear; None for one that was not given."""

    comment: str | None
    disadvantaged_note: str | None
    response: str | None


async def said(
    view: View, texts: Texts | None, person: Person | None, answers: Sequence[dict[str, Any]]
) -> dict[str, Said]:
    """By the answer's event.

    Args:
        answers: rows with `item_id`, `urn` and `event_id`, of the reports `focus` and `loop`; a row without an answer
            has nothing to say.
    """
    given = [row for row in answers if row["event_id"] is not None]
    if texts is None or person is None or not given or len(given) > most:
        return {}
    asked = ([row[column] for row in given] for column in ("item_id", "urn", "event_id"))
    sealed = {
        str(row["event_id"]): {field: one for field in _fields if (one := _sealed(row, field)) is not None}
        for row in await view.conn.fetch(sql("said"), *asked)
    }
    opened = await texts.open(person, [one for parts in sealed.values() for one in parts.values()])
    return {
        event_id: Said(**{field: opened.get(parts[field]) if field in parts else None for field in _fields})
        for event_id, parts in sealed.items()
        if any(one in opened for one in parts.values())
    }


def _sealed(row: Any, field: str) -> Sealed | None:
    if row[field] is None:
        return None
    event_id = row["response_event_id" if field == "response" else "event_id"]
    return Sealed(row[field], row["stream"], event_id, field, row["trustuid"], row["urn"])
