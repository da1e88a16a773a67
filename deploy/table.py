"""A CSV file as rows that know their line: columns found by name, text in UTF-8 or Windows-1252."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Self

NAME_LENGTH, TEXT_LENGTH = 300, 4000
_DAY = re.compile(r"([0-9]{2})([-/])([0-9]{2})\2([0-9]{4})")
_YES, _NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0", ""}
_NUMBER = re.compile(r"[0-9]{1,9}")
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Source:
    """A file's name, as problems call it, and its content."""

    name: str
    content: bytes

    @classmethod
    def of(cls, path: Path) -> Self:
        return cls(path.name, path.read_bytes())


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a line, 1-based as an editor shows it. Nothing was asked for because of it."""

    file: str
    line: int
    column: str | None
    message: str


@dataclass(slots=True)
class Row:
    """One record. Asking for a cell that is not as it should be notes a problem; the answer is then of no use."""

    file: str
    line: int
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: str | None, message: str) -> None:
        self.problems.append(Problem(file=self.file, line=self.line, column=column, message=message))

    def raw(self, column: str) -> str:
        """The cell without white space around it; empty where the file has no such column."""
        return self.cells.get(column, "").strip()

    def optional(self, column: str, *, most: int = NAME_LENGTH) -> str | None:
        """A text on one line, or None when the cell is empty."""
        text = " ".join(self.raw(column).split())
        if _UNREADABLE in text or any(unicodedata.category(c) == "Cc" for c in text):
            self.wrong(column, "has characters that are no text: save the file as UTF-8")
        elif len(text) > most:
            self.wrong(column, f"is longer than {most} characters")
        return text or None

    def text(self, column: str) -> str:
        text = self.optional(column)
        if text is None:
            self.wrong(column, "is empty")
        return text or ""

    def optional_matching(self, column: str, form: re.Pattern[str], expected: str) -> str | None:
        """A text of a form, or None when the cell is empty."""
        text = self.raw(column)
        if text and not form.fullmatch(text):
            self.wrong(column, f"is not {expected}")
        return text or None

    def matching(self, column: str, form: re.Pattern[str], expected: str) -> str:
        text = self.raw(column)
        if not form.fullmatch(text):
            self.wrong(column, f"is not {expected}")
        return text

    def number(self, column: str) -> int | None:
        """A whole number, or None when the cell is empty."""
        text = self.raw(column)
        if text and not _NUMBER.fullmatch(text):
            self.wrong(column, "is not a whole number in digits")
            return None
        return int(text) if text else None

    def day(self, column: str) -> str:
        """A day in ISO form."""
        text = self.raw(column)
        if found := _DAY.fullmatch(text):
            day, _, month, year = found.groups()
            text = f"{year}-{month}-{day}"
        with suppress(ValueError):  # such as 30 February
            return date.fromisoformat(text).isoformat()
        self.wrong(column, "is not a day as dd-mm-yyyy, dd/mm/yyyy or yyyy-mm-dd")
        return ""

    def optional_day(self, column: str) -> str | None:
        """A day in ISO form, or None when the cell is empty."""
        return self.day(column) if self.raw(column) else None

    def yes(self, column: str) -> bool:
        """Whether the cell says yes; an empty one says no."""
        said = self.raw(column).casefold()
        if said not in _YES | _NO:
            self.wrong(column, "is neither yes nor no")
        return said in _YES


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a file. Not `readable`: there are none, since the file lacks columns."""

    readable: bool
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_table(source: Source, needed: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """Read the needed and optional columns, found by their names in whatever case."""
    records = _records(source)
    first = next(records, None)
    if first is None:
        return _unreadable(source, 1, None, "is empty")
    if isinstance(first, Problem):
        return Table(readable=False, problems=(first,))
    line, cells = first
    header = [" ".join(cell.split()).casefold() for cell in cells]
    for unfit, message in ((0, "is missing"), (2, "stands in the header more than once")):
        wrong = [c for c in needed if min(header.count(c.casefold()), 2) == unfit]
        if wrong:
            return _unreadable(source, line, ", ".join(wrong), message)
    places = {c: header.index(c.casefold()) for c in (*needed, *optional) if c.casefold() in header}
    rows: list[Row] = []
    problems: list[Problem] = []
    for record in records:
        if isinstance(record, Problem):
            problems.append(record)
            continue
        row = _row(source, record, places, len(header))
        problems += row.problems
        if not row.problems:
            rows.append(row)
    return Table(readable=True, rows=tuple(rows), problems=tuple(problems))


def _unreadable(source: Source, line: int, column: str | None, message: str) -> Table:
    return Table(readable=False, problems=(Problem(file=source.name, line=line, column=column, message=message),))


def _row(source: Source, record: tuple[int, list[str]], places: dict[str, int], width: int) -> Row:
    line, cells = record
    row = Row(source.name, line, {})
    if len(cells) < width:
        row.wrong(None, "has fewer cells than the header: is a quotation mark not closed?")
    elif any(cell.strip() for cell in cells[width:]):
        row.wrong(None, "has more cells than the header: is a text with a comma not in quotation marks?")
    else:
        row.cells = {column: cells[place] for column, place in places.items()}
    return row


def _records(source: Source) -> Iterator[tuple[int, list[str]] | Problem]:
    """The records that are not blank, each with the line on which it starts."""
    reader = csv.reader(io.StringIO(_decoded(source.content), newline=""))
    while True:
        line = reader.line_num + 1  # a record with quoted newlines starts where the one before it has ended
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Problem(file=source.name, line=line, column=None, message="cannot be read as CSV")
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
