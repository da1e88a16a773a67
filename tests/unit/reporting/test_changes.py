"""What is different between two answers, in words."""

from __future__ import annotations

from typing import Any

from services.reporting.web.changes import EARLIER, LATER, PRESENT, Changes, changes
from services.reporting.web.words import dash


def row(key: str, n: int | None, other_id: str = "a") -> dict[str, Any]:
    return {"school": key, "n": n, "event_id": other_id}


def said(found: Changes) -> list[tuple[str, list[str]]]:
    different = [line for line in found.lines if line.change]
    return [(line.change, [f"{cell.text} {cell.other}".strip() for cell in line.cells]) for line in different]


def test_a_cell_says_what_it_was() -> None:
    this, other = [row("a", 5), row("b", None), row("c", 1)], [row("a", 3), row("b", 2), row("c", None)]
    found = changes([*this, row("d", 1)], [*other, row("d", 1)], ["school"], EARLIER)

    assert found.summary == "Three rows changed."
    assert said(found) == [
        ("changed", ["a", "5 was 3"]),
        ("changed", ["b", f"{dash} was 2"]),
        ("changed", ["c", f"1 was {dash}"]),
    ]
    assert len(found.lines) == 4


def test_rows_come_and_go() -> None:
    this, other = [row("a", 1), row("b", 1)], [row("b", 1), row("c", 1), row("d", 1)]

    earlier, later = changes(this, other, ["school"], EARLIER), changes(this, other, ["school"], LATER)

    assert earlier.summary == "One row is new, two rows are gone."
    assert [line.change for line in earlier.lines] == ["new", "", "gone", "gone"]
    assert [line.change for line in later.lines] == ["gone later", "", "new later", "new later"]


def test_what_a_page_does_not_show_is_a_change_as_well() -> None:
    found = changes([row("a", 1)], [row("a", 1, "b")], ["school"], PRESENT)

    assert (found.summary, said(found)) == ("One row changed.", [("changed", ["a", "1"])])


def test_nothing_at_all() -> None:
    assert changes([], [], ["school"], EARLIER) == Changes((), (), "Nothing is different.")
    assert changes([], [row("a", 1)], ["school"], EARLIER).summary == "One row is gone."
