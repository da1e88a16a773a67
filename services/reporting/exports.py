"""A report as a file: JSON for machines, CSV and XLSX for spreadsheets, each with what it says of itself.

What a file says: the report, as of when, the position, the filters, how many rows, their SHA-256, and the code of its
receipt. The rows are the same in all three, and so is their hash.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from services.reporting.london import london
from services.reporting.receipts import Receipt, Row
from shared.contracts.envelope import timestamp
from shared.problems import Problem

most_rows = 1_048_575
"""That a sheet can have below its header."""

_formulas = ("=", "+", "-", "@", "\t", "\r", "\n", "＝")  # noqa: RUF001 - the full-width one counts as well
_first_year = 1900
_no_place = f"A sheet holds {most_rows:,} rows, a cell 32,767 characters: ask for CSV, or for one school."
_hashed = "the rows as JSON in its canonical form, RFC 8785; /reports/<report>.json has them"


@dataclass(frozen=True, slots=True)
class Export:
    """A report that is given out.

    Attributes:
        title: what a person calls the report.
        meanings: what each column means; the columns, where there are no rows.
        check: the address at which its receipt is looked at.
    """

    title: str
    meanings: Mapping[str, str]
    rows: Sequence[Row]
    receipt: Receipt
    check: str

    @property
    def columns(self) -> list[str]:
        return list(self.rows[0] if self.rows else self.meanings)

    @property
    def name(self) -> str:
        """A file's name, but for its ending."""
        figures = self.receipt.figures
        return f"{figures.model}_{figures.judged_at.astimezone(london):%Y-%m-%d}_{self.receipt.code}"

    def said(self) -> dict[str, Any]:
        """What every file says of itself."""
        figures = self.receipt.figures
        return {
            "model": figures.model,
            "as_of": figures.as_of,
            "judged_at": timestamp(figures.judged_at),
            "position": figures.known.position,
            "filters": figures.filters,
            "row_count": self.receipt.row_count,
            "sha256": self.receipt.sha256,
            "receipt": self.receipt.code,
        }

    def headers(self) -> dict[str, str]:
        """The same as HTTP headers, for a file that has no place for it; what is no text is JSON."""
        said = {
            header(name): value if isinstance(value, str) else json.dumps(value) for name, value in self.said().items()
        }
        return {**said, "Link": f'<{self.check}>; rel="describedby"'}


def header(name: str) -> str:
    """The HTTP header that says what `name` does in JSON."""
    return f"Baton-{name.replace('_', '-').title()}"


def as_json(export: Export) -> bytes:
    """What it says of itself, and `rows`."""
    return to_json({**export.said(), "rows": export.rows})


def as_csv(export: Export) -> bytes:
    """RFC 4180 in UTF-8: a header, then the rows; nothing in it is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([guarded(name) for name in export.columns])
    for row in export.rows:
        writer.writerow([_as_text(value) for value in row.values()])
    return out.getvalue().encode()


def guarded(text: str) -> str:
    """A text that a spreadsheet takes for a text."""
    return f"'{text}" if text.startswith(_formulas) else text


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return guarded(_text(value))


def _text(value: Any) -> str:
    """Of what no cell can hold otherwise."""
    if isinstance(value, str | UUID | date):
        return str(value)
    return json.dumps(json.loads(to_json(value)), ensure_ascii=False)


def as_xlsx(export: Export) -> bytes:
    """A workbook: the rows, then a sheet "About". Numbers are numbers, days are days, times are those of London.

    Raises:
        Problem: there are more rows than a sheet can have, or longer texts than a cell (`too_large`).
    """
    if len(export.rows) > most_rows:
        raise Problem(413, "too_large", _no_place)
    out = io.BytesIO()
    with Workbook(out, {"constant_memory": True}) as workbook:
        _Sheet(workbook, "Rows").fill([export.columns, *(row.values() for row in export.rows)], header=True)
        _Sheet(workbook, "About").fill(_about(export))
    return out.getvalue()


def _about(export: Export) -> list[Sequence[Any]]:
    figures = export.receipt.figures
    return [
        ("Report", export.title),
        ("As of", figures.as_of or "the present"),
        ("Judged at", figures.judged_at.replace(microsecond=0)),
        *((f"Events of {service}, up to", last) for service, last in figures.known.position.items()),
        *((f"Only {name}", text) for name, text in figures.filters.items()),
        ("Rows", export.receipt.row_count),
        ("SHA-256", export.receipt.sha256),
        ("SHA-256 of", _hashed),
        ("Receipt", export.receipt.code),
        ("Check it at", export.check),
        ("Times", "Europe/London"),
        (),
        ("Column", "What it means"),
        *export.meanings.items(),
    ]


class _Sheet:
    """A sheet that is written row by row; each row leaves the memory when the next begins."""

    def __init__(self, workbook: Workbook, name: str) -> None:
        self._sheet: Worksheet = workbook.add_worksheet(name)
        self._day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._time = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self._quoted = workbook.add_format({"quote_prefix": True})  # a text, even after somebody has edited it
        self._bold = workbook.add_format({"bold": True})

    def fill(self, rows: Sequence[Any], *, header: bool = False) -> None:
        self._sheet.set_column(0, len(rows[0]) - 1, 24)
        if header:
            self._sheet.freeze_panes(1, 0)
            self._sheet.set_row(0, None, self._bold)
        for at, row in enumerate(rows):
            for place, value in enumerate(row):
                self._write(at, place, value)

    def _write(self, row: int, column: int, value: Any) -> None:
        match value:
            case None:
                pass
            case bool():
                self._sheet.write_boolean(row, column, value)
            case int() | float():
                self._sheet.write_number(row, column, value)
            case date() if value.year >= _first_year and not isinstance(value, datetime):
                self._sheet.write_datetime(row, column, datetime.combine(value, time()), self._day)
            case datetime():
                self._sheet.write_datetime(row, column, value.astimezone(london).replace(tzinfo=None), self._time)
            case _:
                text = _text(value)
                if self._sheet.write_string(row, column, text, self._quoted if text.startswith(_formulas) else None):
                    raise Problem(413, "too_large", _no_place)
