"""The first page as rows: what somebody who holds it printed can check, a line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.reporting.reading import View
from services.reporting.web import home
from services.reporting.web.home import HomePage

model = "home"
title = "The first page"
key = ("part", "line_id")
message = "The message"
"""The part that is the page's heading."""


async def rows(view: View, filters: Mapping[str, str], *, trust: str | None) -> list[dict[str, Any]]:
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
    for school in page.schools:
        for cell in school.cells:
            said = cell.look.word if cell.look else "Not asked"
            yield "What schools said", f"{school.urn}/{cell.focus_id}", f"{school.name}: {cell.title}", said
    for name, median, p90 in page.delays:
        yield "How soon the trust knows", name, name, f"half within {median}, nine in ten within {p90}"
