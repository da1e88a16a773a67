"""Who was erased, as each service says of itself; and what reporting has cleared, which says so of itself, too.

A service says it when no process can have one of the person's keys any more: pages cannot open their texts then, and
what stands in the ledger and in the read models stays sealed. What is cleared is what they signed in and got post by.

Who signs in is known by the name that the issuer gives, which says nothing of the register, unless it is the register's
own id. So whoever has an erasure decided tells first under which names that is: found by the address of their post, or
looked up where the accounts are (deploy/person/post.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.clock import Clock
from shared.consumer import Arrival
from shared.contracts.bookkeeping import PersonErased

OWN = "reporting"


def schema(app_role: str) -> str:
    """The table of receipts, and what the application's role may do with it."""
    text = Path(__file__).with_name("schema_erasures.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


def schema_of_names(app_role: str) -> str:
    """The table of the names that people sign in by who are to be erased, and what the role may do with it."""
    text = Path(__file__).with_name("schema_signs_in_as.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


async def apply(conn: Any, arrivals: Sequence[Arrival], clock: Clock) -> None:
    """Take in, with the events of a batch, who was erased; clear what is held about them here."""
    for arrival in arrivals:
        if isinstance(erased := arrival.event, PersonErased):
            about = (erased.erasure_id, erased.person_id, arrival.delivered and arrival.delivered.envelope.trustuid)
            await conn.execute(_apply, *about, arrival.service, erased.keys, erased.cleared, clock.now())
            await conn.execute(_apply, *about, OWN, 0, await cleared(conn, erased.person_id), clock.now())


async def cleared(conn: Any, person_id: UUID) -> int:
    """Clear what somebody signed in and got post by; how many sessions, subscriptions and letters that were."""
    count: int = await conn.fetchval(_clear, person_id)
    return count


async def clear_more(conn: Any, person_id: UUID, erasure_id: UUID) -> int:
    """Clear it once more, for names that were told only when the erasure had been applied; the receipt counts it."""
    more = await cleared(conn, person_id)
    await conn.execute(
        "update erasure_applied set cleared = cleared + $2 where erasure_id = $1 and service = $3",
        erasure_id,
        more,
        OWN,
    )
    return more


_clear = """
with names as (delete from signs_in_as where person_id = $1 returning subject),
     theirs as (select subject from names union select $1::text),
     sessions as (delete from session where subject in (table theirs) returning 1),
     letters as (
         delete from letter where subscription_id in (
             select subscription_id from subscription where subject in (table theirs)
         ) returning 1
     ),
     subscriptions as (delete from subscription where subject in (table theirs) returning 1)
select (select count(*) from sessions) + (select count(*) from letters) + (select count(*) from subscriptions)
"""
_apply = """
insert into erasure_applied (erasure_id, person_id, trustuid, service, keys, cleared, at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (erasure_id, service) do update set cleared = erasure_applied.cleared + excluded.cleared
where excluded.service = 'reporting'
"""
