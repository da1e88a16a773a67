"""Who was erased, as each service says of itself; and what reporting has cleared, which says so of itself, too.

A service says it when no process can have one of the person's keys any more: pages cannot open their texts then, and
what stands in the ledger and in the read models stays sealed. What is cleared is what they signed in and got post by.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.clock import Clock
from shared.consumer import Arrival
from shared.contracts.bookkeeping import PersonErased

OWN = "reporting"


def schema(app_role: str) -> str:
    """The table of receipts, and what the application's role may do with it."""
    text = Path(__file__).with_name("schema_erasures.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


async def apply(conn: Any, arrivals: Sequence[Arrival], clock: Clock) -> None:
    """Take in, with the events of a batch, who was erased; clear what is held about them here."""
    for arrival in arrivals:
        if isinstance(erased := arrival.event, PersonErased):
            person = str(erased.person_id)
            about = (erased.erasure_id, erased.person_id, arrival.delivered and arrival.delivered.envelope.trustuid)
            cleared: int = await conn.fetchval(_clear, person)
            await conn.execute(_apply, *about, arrival.service, erased.keys, erased.cleared, clock.now())
            await conn.execute(_apply, *about, OWN, 0, cleared, clock.now())


# Who signs in is known by the name that the issuer gives: where that is the register's id, it is the person.
_clear = """
with sessions as (delete from session where subject = $1 returning 1),
     subscriptions as (delete from subscription where subject = $1 returning 1)
select (select count(*) from sessions) + (select count(*) from subscriptions)
"""
_apply = """
insert into erasure_applied (erasure_id, person_id, trustuid, service, keys, cleared, at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (erasure_id, service) do update set cleared = erasure_applied.cleared + excluded.cleared
where excluded.service = 'reporting'
"""
