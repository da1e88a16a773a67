"""Small groups are not published, nor is anything that gives them away (docs/adr/0031).

A table counts people, each in one cell. It is published with its totals: every way of adding up some of its
dimensions. Groups of one to four are hidden, totals like cells; an empty group is no group, and its 0 stays. What is
hidden could often be worked out from the totals, so more is hidden beside it: the other corners of a box around it,
none of them empty. In two dimensions these are three cells:

    school     stage 1  stage 2  all        One more in one corner, one fewer in the next, and so on around: every
    Ashby            2        9   11        total is what it was. Both that and the reverse could have been counted,
    Birch            7        8   15        so of each hidden number there are at least three that it may be.

A side of the box may also lead to a total: then both of its ends move the same way, and are hidden. This is the
hypercube method of official statistics (Repsilber 1994; Giessing and Repsilber 2002).

It holds for the whole table and for every part of it. So a report works out the trust's whole table, hides, and then
takes what was asked for: one that hid after taking would make another table for each question. Percentages and the
like are worked out from what is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice, product
from math import inf
from typing import Any

Row = dict[str, Any]

LEAST = 5
"""The smallest group that is published."""
TOTAL = "all"
"""Stands in the place of a category where a dimension is added up."""

Cell = tuple[str, ...]
"""Its category in each dimension, or `TOTAL`."""

Line = tuple[int, Cell]
"""The direction of one dimension, and what is the same along it."""

_rest = ""
_tried = LEAST - 1  # of each kind in each direction: of a small total, that is every cell there is
_free: tuple[float, float] = (0, 0)
_dear: tuple[float, float] = (inf, inf)


def suppress(
    rows: Iterable[Row],
    *,
    dimensions: Sequence[str],
    whole: str,
    parts: Sequence[str] = (),
    apart: str = "trustuid",
) -> list[Row]:
    """Rows in which what must not be published is None, opens no events, and is named in the list `suppressed`.

    A row that counts in several tables goes through it for each; the list names what is hidden in all.

    Args:
        rows: the trust's whole table; all rows of one `apart` stand together. A row of totals has `TOTAL` in some of
            its dimensions; it does not matter which totals are there. A count that is None is not in the table.
        whole: the column that counts people.
        parts: columns that count some of them, nobody twice. They too are hidden where they are small, and where they
            would tell something small: what is left of the whole is a part like any other.
        apart: the column that tells tables apart between which nothing is added up.
    """
    found: list[Row] = []
    for _, table in groupby(rows, key=lambda row: row[apart]):
        own = list(table)
        figures = [_figures(row, dimensions, whole, parts) for row in own]
        gone = hidden({cell: n for cells in figures for cell, n in cells.values() if TOTAL not in cell})
        for row, cells in zip(own, figures, strict=True):
            found.append(without(row, [figure for figure, (cell, _) in cells.items() if cell in gone]))
    return found


def _figures(row: Row, dimensions: Sequence[str], whole: str, parts: Sequence[str]) -> dict[str, tuple[Cell, int]]:
    """The cell and the count of each figure of a row, and of what the parts leave of the whole."""
    cell = tuple(row[dimension] for dimension in dimensions)
    if row[whole] is None:
        return {}
    if not parts:
        return {whole: (cell, row[whole])}
    figures = {part: ((*cell, part), row[part]) for part in parts}
    rest = row[whole] - sum(row[part] for part in parts)
    return {whole: ((*cell, TOTAL), row[whole]), **figures, _rest: ((*cell, _rest), rest)}


def without(row: Row, figures: Sequence[str]) -> Row:
    """A row in which these figures are None, open no events, and are named in the list `suppressed`."""
    published = [figure for figure in figures if figure in row]
    left = dict(row)
    for figure in published:
        left[figure] = None
        if f"{figure}__events" in row:
            left[f"{figure}__events"] = []
    return left | {"suppressed": [*row.get("suppressed", ()), *published]}


def hidden(counts: Mapping[Cell, int]) -> frozenset[Cell]:
    """The cells and totals that must not be published of a table.

    Args:
        counts: people by cell, without the totals; none is below zero. What is not there is empty. The same counts in
            the same order hide the same cells.
    """
    table = _with_totals(counts)
    small = sorted((cell for cell, n in table.items() if n < LEAST), key=lambda cell: -cell.count(TOTAL))
    boxes = _Boxes(table, small)
    for cell in small:
        boxes.hide(cell)
    return frozenset(boxes.gone)


def _with_totals(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    table: dict[Cell, int] = defaultdict(int)
    for cell, n in counts.items():
        if n:
            for one in product(*((category, TOTAL) for category in cell)):
                table[one] += n
    return dict(table)


class _Boxes:
    """Boxes in a table with its totals, none of whose corners is empty."""

    def __init__(self, table: Mapping[Cell, int], small: Iterable[Cell]) -> None:
        self.gone: set[Cell] = set()
        self._table = table
        self._lines: dict[Line, list[Cell]] = defaultdict(list)
        self._gone_in: dict[Line, list[Cell]] = defaultdict(list)
        for cell in sorted(table, key=table.__getitem__, reverse=True):
            for line in _lines(cell):
                self._lines[line].append(cell)
        for cell in small:
            self._leave_out(cell)

    def hide(self, cell: Cell) -> None:
        """Hide a box around a cell: of those that are tried, the one that costs least."""
        cheapest, cost = [cell], _dear
        for box in self._around(cell):
            if (its := self._cost(box)) < cost:
                cheapest, cost = box, its
            if cost == _free:
                break
        for corner in cheapest:
            self._leave_out(corner)

    def _leave_out(self, cell: Cell) -> None:
        if cell not in self.gone:
            self.gone.add(cell)
            for line in _lines(cell):
                self._gone_in[line].append(cell)

    def _cost(self, box: Sequence[Cell]) -> tuple[float, float]:
        """How many totals would be hidden, each dimension that they add up told anew; how many people."""
        new = [corner for corner in box if corner not in self.gone]
        return sum(corner.count(TOTAL) for corner in new), sum(self._table[corner] for corner in new)

    def _around(self, cell: Cell) -> Iterator[list[Cell]]:
        for across in product(*(self._others(cell, line) for line in _lines(cell))):
            box = list(product(*zip(cell, across, strict=True)))
            if all(corner in self._table for corner in box):
                yield box

    def _others(self, cell: Cell, line: Line) -> list[str]:
        """What may stand across from a cell in one direction: what is hidden already, what is small, the total."""
        axis, shown = line[0], self._lines[line]
        own = (cell[axis], TOTAL)
        while shown and shown[-1] in self.gone:
            shown.pop()
        there = (other for other in reversed(self._gone_in[line]) if other[axis] not in own)
        new = (other for other in reversed(shown) if other not in self.gone and other[axis] not in own)
        near = [other[axis] for other in chain(islice(there, _tried), islice(new, _tried))]
        return near if cell[axis] == TOTAL else [*near, TOTAL]


def _lines(cell: Cell) -> list[Line]:
    """The directions from a cell: an axis, and what is the same along it."""
    return [(axis, (*cell[:axis], *cell[axis + 1 :])) for axis in range(len(cell))]
