"""What can have a receipt: each report, the first page, a school's pages; and what their pages say of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from services.reporting.read_models.reading import View
from services.reporting.receipts import Receipt
from services.reporting.reports import Report, answer
from services.reporting.reports.report import Row
from services.reporting.web import framing, school, sheet
from services.reporting.web.framing import Frame
from services.reporting.web.site import address


@dataclass(frozen=True, slots=True)
class Receipted:
    """Something whose rows can be worked out for what a receipt says was asked for.

    Attributes:
        path: where its page is; what stands in braces is one of the parts that it was asked for with.
        key: the columns that tell its rows apart.
        needs: the read models that it reads.
    """

    title: str
    path: str
    key: tuple[str, ...]
    needs: tuple[str, ...]
    rows: Callable[[View, Mapping[str, str]], Awaitable[list[Row]]]

    def still(self, receipt: Receipt) -> str:
        """The page as the receipt is of it."""
        filters = receipt.figures.filters
        others = {name: text for name, text in filters.items() if f"{{{name}}}" not in self.path}
        return address(self.path.format_map(filters), **others, as_of=f"receipt:{receipt.code}")


def receipted(reports: Mapping[str, Report], *, trust: str | None) -> dict[str, Receipted]:
    """Everything that can have a receipt, by the model that the receipt names."""
    of_school = partial(sheet.school_page, trust=trust)
    pages = {
        sheet.FIRST: Receipted("The first page", "/", sheet.key, framing.needs, partial(sheet.first_page, trust=trust)),
        sheet.SCHOOL: Receipted("A school's page", "/schools/{urn}", sheet.key, school.needs, of_school),
        sheet.YOU_SAID: Receipted("You said, we did", "/schools/{urn}/you-said", sheet.key, school.needs, of_school),
    }
    others = {
        model: Receipted(report.title, f"/reports/{model}", report.key, report.needs, partial(rows_of, report))
        for model, report in reports.items()
    }
    return pages | others


def on_paper(page: Frame, model: str, filters: Mapping[str, str], as_of: str | None) -> dict[str, Any]:
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
