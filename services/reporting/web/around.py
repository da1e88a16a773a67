"""Where a page stands in time: the event before what it shows and the one after, and the first day that there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from services.reporting.london import london
from services.reporting.read_models.reading import View
from services.reporting.web.asking import sql

_latest = datetime(9999, 1, 1, tzinfo=UTC)
_behind_all = ("zz", 2**62)  # whatever the collation


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around a page.

    Attributes:
        first: the day of the first event of all.
        before, after: the page without the last event that it shows, and with the next one: as `as_of` names them.
            None where there is none; the present has nothing after it.
    """

    first: date | None = None
    before: str | None = None
    after: str | None = None


nothing_around = Around()


async def around(view: View, trustuid: str | None) -> Around:
    """What lies around a view of a trust's pages (of all trusts' where it is not known)."""
    [row] = await view.conn.fetch(sql("around"), trustuid, *_last(view))
    first = row["first"].astimezone(london).date() if row["first"] else None
    after = row["after"] if view.as_of else None
    return Around(first, *(f"event:{event}" if event else None for event in (row["before"], after)))


def _last(view: View) -> tuple[datetime, str, int]:
    """The last event that is shown is not later than this, as (time, service, log index)."""
    if view.as_of is None:
        return _latest, *_behind_all
    return view.as_of.at, *(view.as_of.event or _behind_all)
