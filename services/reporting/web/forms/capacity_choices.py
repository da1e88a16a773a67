"""What may be chosen of capacity: drafts to confirm, requests that are open, and offers with what is left of them."""

from __future__ import annotations

from services.reporting.reports.sql import fetch
from services.reporting.web.forms.form import Asking, Option
from services.reporting.web.forms.rows import Row, rows
from services.reporting.web.words import days
from services.reporting.wording import said, so_much
from shared.contracts.collaboration.capacity import rates


async def drafts(asking: Asking) -> list[Option]:
    """Requests that were drafted from answers, and wait for the trust."""
    found = await rows(asking, "drafts", asking.trustuid)
    return [Option(row["request_id"], f"{row['taker']}: {said(row['dimension'])}") for row in found]


async def open_requests(asking: Asking) -> list[Option]:
    """Requests that are not withdrawn and not over."""
    found = await fetch(asking.view.conn, "matches_requests", asking.view.at, asking.trustuid)
    return [Option(row["request_id"], f"{row['taker']}: {_asked(row, row['quantity'])}") for row in found]


async def offers(asking: Asking) -> list[Option]:
    """Offers that are not over; of what is used up, those of which something is left."""
    found = await fetch(asking.view.conn, "matches_offers", asking.view.at, asking.trustuid)
    left = [(row, sum(row["quantities"])) for row in found]
    return [
        Option(row["offer_id"], f"{row['giver']}: {_left(row, quantity)}")
        for row, quantity in left
        if quantity > 0 or row["unit"] in rates
    ]


def _left(row: Row, quantity: int) -> str:
    if row["unit"] in rates:
        return _asked(row, max(row["quantities"]))
    return f"{_asked(row, quantity)} left"


def _asked(row: Row, quantity: int) -> str:
    return f"{so_much(quantity, row['unit'])} of {said(row['dimension'])}, {days(row['from_on'], row['to_on'])}"
