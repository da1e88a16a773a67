"""How fresh a page is: up to which event of each service, and which service is behind, by how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.reporting.read_models.reading import View
from services.reporting.web.asking import sql
from services.reporting.web.words import long, of

_on_its_way_s = 10
"""What has waited for less is on its way: Kafka is asked only now and then."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a service is known: its latest event here, and since when.

    Attributes:
        event: None: none is here.
        behind: how far it is behind, and what is set aside, in words; empty when nothing waits.
    """

    service: str
    event: int | None
    visible_at: datetime | None
    behind: str = ""


async def positions(view: View) -> tuple[Position, ...]:
    """Of each service that is known of, by name; what waits is told of the present alone."""
    rows = await view.conn.fetch(sql("positions"), list(view.position), list(view.position.values()))
    behind = {} if view.as_of else await _behind(view)
    here = {row["service"]: Position(row["service"], row["logindex"], row["visible_at"]) for row in rows}
    return tuple(
        replace(here.get(service) or Position(service, None, None), behind=behind.get(service, ""))
        for service in sorted({*here, *behind})
    )


async def _behind(view: View) -> dict[str, str]:
    """In words, of each service of which events wait."""
    waiting = {row["service"]: row for row in await view.conn.fetch(sql("waiting"))}
    told = {
        service: ", ".join(_told(waiting.get(service), (view.lag or {}).get(service, 0.0), view.at))
        for service in {*waiting, *(view.lag or ())}
    }
    return {service: words for service, words in told.items() if words}


def _told(waiting: Mapping[str, Any] | None, lag_s: float, at: datetime) -> list[str]:
    told = []
    hole_s, parked_s = (
        (at - waiting[since]).total_seconds() if waiting and waiting[since] else 0.0
        for since in ("hole_since", "parked_since")
    )
    if max(hole_s, lag_s) >= _on_its_way_s:
        told.append(f"{long(max(hole_s, lag_s))} behind")
    if waiting and parked_s >= _on_its_way_s:
        told.append(f"{of(waiting['parked'], 'event')} set aside for {long(parked_s)}")
    return told
