"""Pages as rows: what somebody who holds one printed can check, a line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import HTTPException

from services.reporting.read_models.reading import View
from services.reporting.web import home, school
from services.reporting.web.home import HomePage

Lines = list[dict[str, Any]]

FIRST, SCHOOL, YOU_SAID = "home", "school", "you_said"
"""How a receipt names the page."""
key = ("part", "line_id")
message = "The message"
"""The part that is the page's heading."""


async def first_page(view: View, filters: Mapping[str, str], *, trust: str | None) -> Lines:
    """What the first page says, of the cycle that is asked for."""
    return rows_of(await home.home(view, filters.get("cycle"), trust=trust))


def rows_of(page: HomePage) -> list[dict[str, Any]]:
    """What a first page says."""
    return [{"part": part, "line_id": id, "line": line, "says": says} for part, id, line, says in _lines(page)]


def _lines(page: HomePage) -> Iterator[tuple[str, str, str, str]]:
    """(part, id, what it is about, what is said of it)."""
    yield message, "", page.period, page.heading
    for step in page.steps:
        yield "How far the loop has come", step.title, step.title, step.text
    for school_row in page.schools:
        for cell in school_row.cells:
            said = cell.look.word if cell.look else "Not asked"
            yield "What schools said", f"{school_row.urn}/{cell.focus_id}", f"{school_row.name}: {cell.title}", said
    for name, median, p90 in page.delays:
        yield "How soon the trust knows", name, name, f"half within {median}, nine in ten within {p90}"


async def school_page(view: View, filters: Mapping[str, str], *, trust: str | None) -> Lines:
    """What a school's page says of a cycle, but for what was written: that is not for everybody who holds it."""
    urn = filters.get("urn", "")
    page = await school.school(view, urn, filters.get("cycle"), trust=trust)
    if page is None:
        raise HTTPException(404, f"The trust has no school with the URN {urn}.")
    heading = {"part": message, "line_id": "", "line": page.period, "says": page.heading}
    return [heading] + [
        {"part": part, "line_id": question.focus_id, "line": question.title, "says": says or None}
        for question in page.questions
        for part, says in (
            ("What we said", " ".join(filter(None, (question.look.word, question.note, question.said)))),
            ("What came back", " ".join((*question.came_back, *(action.state for action in question.actions)))),
            ("What the trust owes", "; ".join(question.owed)),
        )
    ]
