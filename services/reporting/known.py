"""Which events are known, exactly: of each service the log indexes, with every hole.

How far a page goes is shown as a position, `{service: log index}`. While events flow, what is there is seldom all below
it and nothing above: partitions arrive one after the other, and what is parked is left out. Whoever wants the same
figures again needs the log indexes themselves. Postgres keeps them as a multirange: `{[0,1201),[1203,1204)}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from shared.contracts import canonical


@dataclass(frozen=True, slots=True)
class Known:
    """Some events of the ledger.

    Attributes:
        position: of each service, how far it is said to be known.
        indexes: of each service, the log indexes, as the text of an int8multirange.
    """

    position: Mapping[str, int]
    indexes: Mapping[str, str]

    @property
    def key(self) -> str:
        """The same for the same events."""
        return sha256(canonical.dumps(dict(self.indexes))).hexdigest()


# Below the position all but what is parked; above it what is there already.
_now = """
select service, next - 1 as last, (
    int8multirange(int8range(0, next))
    - coalesce((select range_agg(int8range(l.logindex, l.logindex, '[]')) from public.ledger l
                where l.service = p.service and l.logindex < p.next and l.parked), '{}')
    + coalesce((select range_agg(int8range(l.logindex, l.logindex, '[]')) from public.ledger l
                where l.service = p.service and l.logindex >= p.next and not l.parked), '{}')
)::text as indexes
from public.position p
order by service
"""
# Nearly always there is no hole: then to have counted them is enough.
_at = """
with told as (
    select service, count(*) as events, max(logindex) as last from ledger
    where not parked and time <= $1 and not (service = $2 and logindex > $3)
    group by service
)
select service, last, (
    case when events = last + 1 then int8multirange(int8range(0, last, '[]')) else (
        select range_agg(int8range(l.logindex, l.logindex, '[]')) from ledger l
        where l.service = told.service and l.logindex <= told.last and not l.parked and l.time <= $1
    ) end
)::text as indexes
from told
order by service
"""


async def known_now(conn: Any) -> Known:
    """What is known at present."""
    return _known(await conn.fetch(_now))


async def known_at(conn: Any, moment: datetime, event: tuple[str, int] | None, patience_s: float) -> Known:
    """What was recorded up to a moment, and of the service that `event` names nothing above its log index."""
    service, last = event or ("", 0)
    return _known(await conn.fetch(_at, moment, service, last, timeout=patience_s))


def _known(rows: Any) -> Known:
    return Known(
        {row["service"]: row["last"] for row in rows if row["last"] >= 0},
        {row["service"]: row["indexes"] for row in rows},
    )
