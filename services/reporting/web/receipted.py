"""What can have a receipt: each report, and the first page; and what their pages say of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from services.reporting.reading import View
from services.reporting.reports import Report, answer
from services.reporting.reports.report import Row
from services.reporting.web import home, sheet
from services.reporting.web.home import HomePage
from services.reporting.web.site import address


@dataclass(frozen=True, slots=True)
class Receipted:
    """Something whose rows can be worked out for what a receipt says was asked for.

    Attributes:
        path: where its page is.
        key: the columns that tell its rows apart.
        needs: the read models that it reads.
    """

    title: str
    path: str
    key: tuple[str, ...]
    needs: tuple[str, ...]
    rows: Callable[[View, Mapping[str, str]], Awaitable[list[Row]]]


def receipted(reports: Mapping[str, Report], *, trust: str | None) -> dict[str, Receipted]:
    """Everything that can have a receipt, by the model that the receipt names."""
    first = Receipted(sheet.title, "/", sheet.key, home.needs, partial(sheet.rows, trust=trust))
    others = {
        model: Receipted(report.title, f"/reports/{model}", report.key, report.needs, partial(rows_of, report))
        for model, report in reports.items()
    }
    return {sheet.model: first, **others}


def on_paper(page: HomePage, model: str, filters: Mapping[str, str], as_of: str | None) -> dict[str, Any]:
    """What a page's template is told: its receipt, if it is asked for as of its own; and where one is made."""
    receipt = page.receipt
    own = receipt is not None and (receipt.figures.model, receipt.figures.filters) == (model, filters)
    return {
        "receipt": receipt if own else None,
        "printable": address(f"/receipts/{model}", **filters, as_of=as_of),
    }


async def rows_of(report: Report, view: View, filters: Mapping[str, str], *, whole: bool = False) -> list[Row]:
    """A report's rows, of what was asked for: `school`, and columns with their values."""
    only = {name: text for name, text in filters.items() if name != "school"}
    return (await answer(report, view, school=filters.get("school"), only=only, whole=whole)).rows
