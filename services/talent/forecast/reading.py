"""Where a forecast gets its events: from this service's own history, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.talent.forecast.history import wanted
from shared.contracts import canonical, codec
from shared.contracts.bookkeeping import is_voiding
from shared.contracts.talent.bookkeeping import RecordVoided
from shared.contracts.vocabulary import TrustUid
from shared.eventstore import EventStore


def _named(*classes: type[Any]) -> str:
    return ", ".join(f"'{name}'" for name in codec.type_names_of(*classes))


# The types stand in the text, so that Postgres sees that the index `event_forecast` has them all. An envelope is
# canonical JSON: an attribute is found as it is written, and nowhere else, since inside of a text quotes are escaped.
query = f"""
select e.type, e.record, l.logindex, e.stream, e.version
from (select * from event where type in ({_named(*wanted)})
      union all
      select * from event where type in ({_named(RecordVoided)})) e
join log l using (position)
where position($1::bytea in e.meta) > 0
order by l.logindex
"""  # noqa: S608  our own names


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything of a trust that a forecast is made from, as it is stored.

    Attributes:
        records: type and record of each event that stands, in the order of the log.
        logindex: of the last of them, or of what says that one is void; -1 where there is nothing.
    """

    records: Sequence[tuple[str, bytes]]
    logindex: int

    def events(self) -> list[Any]:
        return [codec.decode(type_name, record) for type_name, record in self.records]


async def basis_of(store: EventStore, trustuid: TrustUid) -> Basis:
    """The trust's events up to now, as far as they are numbered."""
    attribute = canonical.dumps({"trustuid": trustuid})[1:-1]
    rows = await store.pool.fetch(query, attribute)
    voided = {
        (row["stream"], codec.decode(row["type"], row["record"]).version) for row in rows if is_voiding(row["type"])
    }
    records = [
        (row["type"], row["record"])
        for row in rows
        if not is_voiding(row["type"]) and (row["stream"], row["version"]) not in voided
    ]
    return Basis(records, rows[-1]["logindex"] if rows else -1)
