"""What is hidden stays hidden from whoever can calculate."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from services.reporting.seeing.suppression import LEAST, TOTAL, Cell, hidden, suppress

SMALL = LEAST - 1
counts = st.one_of(st.integers(0, 3), st.integers(0, 12), st.just(0), st.integers(0, 40))


@st.composite
def tables(draw: st.DrawFn) -> dict[Cell, int]:
    shape = draw(st.sampled_from([(1,), (4,), (1, 3), (2, 2), (3, 3), (4, 3), (2, 2, 2), (3, 2, 2), (2, 1, 3)]))
    cells = product(*([f"{axis}{n}" for n in range(size)] for axis, size in zip("abc", shape, strict=False)))
    return {cell: draw(counts) for cell in cells}


def with_totals(table: Mapping[Cell, int]) -> dict[Cell, int]:
    """Every cell and every total, each with the people in it."""
    categories = [sorted({cell[axis] for cell in table}) for axis in range(len(next(iter(table))))]
    return {
        one: sum(n for cell, n in table.items() if inside(cell, one))
        for one in product(*([*names, TOTAL] for names in categories))
    }


def inside(cell: Cell, total: Cell) -> bool:
    return all(b in (a, TOTAL) for a, b in zip(cell, total, strict=True))


class Attacker:
    """Knows everything that is published, and that counts are whole numbers from 0."""

    def __init__(self, table: Mapping[Cell, int], gone: frozenset[Cell]) -> None:
        self._cells = list(table)
        published = {cell: n for cell, n in with_totals(table).items() if cell not in gone}
        sums = np.array([self._adds_up_to(cell) for cell in published] or [[0.0] * len(table)])
        values = list(published.values()) or [0]
        self._knows = LinearConstraint(sums, values, values)

    def range_of(self, cell: Cell) -> tuple[float, float]:
        """The lowest and the highest that a cell or total could be."""
        lowest, highest = self._best(cell, 1), self._best(cell, -1)
        return lowest, -highest

    def _adds_up_to(self, total: Cell) -> list[float]:
        return [float(inside(cell, total)) for cell in self._cells]

    def _best(self, cell: Cell, sign: int) -> float:
        bounds = Bounds(0, 10_000)
        whole = np.ones(len(self._cells), dtype=np.int64)
        solved = milp(
            sign * np.array(self._adds_up_to(cell)), constraints=self._knows, bounds=bounds, integrality=whole
        )
        assert solved.success
        return round(float(solved.fun))


@settings(max_examples=80, deadline=None)
@given(tables())
def test_nobody_can_work_out_what_is_hidden(table: dict[Cell, int]) -> None:
    gone = hidden(table)
    attacker = Attacker(table, gone)

    assert {cell for cell, n in with_totals(table).items() if 0 < n < LEAST} <= gone
    for cell in gone:
        lowest, highest = attacker.range_of(cell)
        assert highest - lowest >= 2, cell  # three numbers that it may be
        if with_totals(table)[cell] < LEAST:  # and for whoever knows that it is small, two
            assert min(highest, SMALL) > max(lowest, 1), cell


def test_a_table_without_small_groups_is_published_whole() -> None:
    assert hidden({("ashby", "1"): 5, ("ashby", "2"): 0, ("birch", "1"): 7, ("birch", "2"): 30}) == frozenset()


def test_beside_a_small_group_the_smallest_box_is_hidden_and_no_total() -> None:
    table: dict[Cell, int] = {
        ("ashby", "1"): 2,
        ("ashby", "2"): 9,
        ("birch", "1"): 7,
        ("birch", "2"): 8,
        ("cedar", "1"): 20,
    }

    assert hidden(table) == {("ashby", "1"), ("ashby", "2"), ("birch", "1"), ("birch", "2")}


def test_an_empty_group_hides_nothing() -> None:
    """Whoever knows that a school has no such people would see through a box with one of its cells."""
    table: dict[Cell, int] = {
        ("ashby", "1"): 2,
        ("ashby", "2"): 9,
        ("birch", "1"): 7,
        ("birch", "2"): 0,
        ("cedar", "1"): 20,
    }

    gone = hidden(table)

    assert ("birch", "2") not in gone
    assert ("ashby", "1") in gone


def test_a_small_total_is_a_small_group() -> None:
    gone = hidden({("ashby", "1"): 1, ("ashby", "2"): 2, ("birch", "1"): 9, ("birch", "2"): 9, ("cedar", "1"): 9})

    assert ("ashby", TOTAL) in gone
    assert (TOTAL, TOTAL) not in gone


def row(trust: str, urn: str, people: int, passed: int) -> dict[str, Any]:
    events = {"people__events": list(range(people)), "passed__events": list(range(passed))}
    return {"trustuid": trust, "urn": urn, "people": people, "passed": passed} | events


def suppressed(*rows: dict[str, Any]) -> dict[tuple[str, str], tuple[int | None, int | None]]:
    left = suppress(rows, dimensions=("urn",), whole="people", parts=("passed",))
    return {(one["trustuid"], one["urn"]): (one["people"], one["passed"]) for one in left}


def test_what_the_parts_leave_of_the_whole_is_a_group_too() -> None:
    """Of twenty people all but one have passed: the one is known as soon as both numbers are."""
    assert suppressed(row("t", "ashby", 20, 19), row("t", "birch", 30, 15), row("t", TOTAL, 50, 34)) == {
        ("t", "ashby"): (20, None),
        ("t", "birch"): (30, None),
        ("t", TOTAL): (50, 34),
    }


def test_a_trusts_table_is_its_own() -> None:
    """Another trust's large groups do not hide this trust's small one."""
    left = suppressed(
        row("t", "ashby", 3, 1), row("t", TOTAL, 3, 1), row("u", "birch", 30, 15), row("u", TOTAL, 30, 15)
    )

    assert left["t", "ashby"] == left["t", TOTAL] == (None, None)
    assert left["u", "birch"] == left["u", TOTAL] == (30, 15)


def test_what_is_hidden_opens_nothing_and_says_so() -> None:
    [left] = suppress([row("t", "ashby", 4, 0)], dimensions=("urn",), whole="people", parts=("passed",))

    assert left == row("t", "ashby", 4, 0) | {"people": None, "people__events": [], "suppressed": ["people"]}
