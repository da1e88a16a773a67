"""What stands on every page: whose it is, how fresh, and what is around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from services.reporting.read_models.reading import View
from services.reporting.receipts import Receipt
from services.reporting.reports.sql import Connection
from services.reporting.seeing.scope import current
from services.reporting.web.around import Around, around, nothing_around
from services.reporting.web.asking import sql
from services.reporting.web.freshness import Position, positions

needs: tuple[str, ...] = ("register", "loop")


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page has.

    Attributes:
        at: the moment that it is of.
        positions: how far each service is known.
        lag_known: whether Kafka has told lately what it has that is not here.
        receipt: the one that it was asked for as of.
    """

    trust: str
    at: datetime
    heading: str
    positions: tuple[Position, ...]
    lag_known: bool = True
    trustuid: str | None = None
    around: Around = nothing_around
    receipt: Receipt | None = None

    @property
    def known(self) -> dict[str, int]:
        """How far each service is known, as the stream of updates says it."""
        return {one.service: one.event for one in self.positions if one.event is not None}


_Page = TypeVar("_Page", bound=Frame)


async def frame(view: View, *, trust: str | None = None) -> Frame:
    """The frame of a page of a trust: the one it is told, else the one that the newest cycle belongs to."""
    return await begun(Frame, view, trust=trust)


async def begun(page: type[_Page], view: View, *, trust: str | None) -> _Page:
    """A page with nothing but its frame yet."""
    trustuid, name = await trust_of(view.conn, trust)
    return page(
        trust=name,
        at=view.at,
        heading="",
        positions=await positions(view),
        lag_known=view.lag is not None,
        trustuid=trustuid,
        around=await around(view, trustuid),
        receipt=view.as_of.receipt if view.as_of else None,
    )


async def trust_of(conn: Connection, wanted: str | None) -> tuple[str | None, str]:
    """The trust's UID and name; None when nothing is known of any."""
    wanted = current().trust(wanted)
    known = await conn.fetch(sql("trust"), wanted)
    if not known:
        return wanted, "Your trust"
    return known[0]["trustuid"], known[0]["name"] or f"Trust {known[0]['trustuid']}"
