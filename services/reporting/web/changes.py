"""Two answers of the same report side by side: what was different, row by row and cell by cell, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.reporting.reports.report import Row
from services.reporting.web.cell import cell
from services.reporting.web.table import Column, table
from services.reporting.web.words import of
from services.reporting.wording import sentence


class Other(NamedTuple):
    """How the other answer is spoken of: a cell's other value, a row that only this one has, one that only it has."""

    cell: str
    only_this: str
    only_other: str


EARLIER = Other("was {}", "new", "gone")
LATER = Other("later {}", "gone later", "new later")
PRESENT = Other("now {}", "gone now", "new since")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says; and what it says in the other answer, where that differs: "was 3"."""

    text: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row, with what there is to say of it: "changed", "new", "gone"; nothing where it is the same."""

    cells: tuple[Cell, ...]
    change: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """This answer's rows, then those that only the other one has; and all that differs in one sentence."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    summary: str

    @property
    def changed(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.change)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a page's rows are compared with: `when`, in words."""

    when: str
    changes: Changes


def changes(this: Sequence[Row], other: Sequence[Row], key: Sequence[str], words: Other) -> Changes:
    """What differs between two answers of one report; rows are the same row where the columns of its key are equal."""
    others = {_key(row, key): row for row in other}
    ours = {_key(row, key) for row in this}
    shown = table([*this, *(row for row in other if _key(row, key) not in ours)])
    lines = [
        _line(shown.columns, row, others.get(_key(row, key)), said.texts, words)
        for row, said in zip(this, shown.lines, strict=False)
    ]
    lines += [Line(tuple(map(Cell, said.texts)), words.only_other) for said in shown.lines[len(this) :]]
    return Changes(shown.columns, tuple(lines), _summary(lines, words))


def _key(row: Row, key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[column] for column in key)


def _line(columns: Sequence[Column], row: Row, other: Row | None, texts: Sequence[str], words: Other) -> Line:
    if other is None:
        return Line(tuple(map(Cell, texts)), words.only_this)
    cells = []
    for column, said in zip(columns, texts, strict=True):
        same = other[column.name] == row[column.name]
        cells.append(Cell(said, "" if same else words.cell.format(cell(other, column.name))))
    return Line(tuple(cells), "" if row == other else "changed")


def _summary(lines: Sequence[Line], words: Other) -> str:
    """Such as "Three rows changed, one row is new."."""
    counted = Counter(line.change for line in lines)
    said = [f"{of(counted['changed'], 'row')} changed"] if counted["changed"] else []
    said += [
        f"{of(n, 'row')} {'is' if n == 1 else 'are'} {change}"
        for change in (words.only_this, words.only_other)
        if (n := counted[change])
    ]
    return sentence(", ".join(said) or "nothing is different") + "."
