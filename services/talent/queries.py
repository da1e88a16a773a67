"""What is asked of the register: who belongs to a trust now."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from shared.clock import Clock
from shared.eventstore import EventStore

_LONDON = ZoneInfo("Europe/London")


class Register:
    """The register, read from this service's view of its own events."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def members(self, trustuid: str | None) -> dict[str, list[str]]:
        """The URNs of a trust's current members by its UID; of every trust that has any, when none is named."""
        rows = await self._store.pool.fetch(
            """select trustuid, array_agg(urn order by urn) as urns from school
               where ($1::text is null or trustuid = $1) and (left_on is null or left_on > $2)
               group by trustuid order by trustuid""",
            trustuid,
            self._clock.now().astimezone(_LONDON).date(),
        )
        found = {row["trustuid"]: list(row["urns"]) for row in rows}
        return found if trustuid is None else {trustuid: found.get(trustuid, [])}
