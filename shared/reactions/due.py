"""Facts that something is still to be done about: kept in the transaction that hears them, gone when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

longest_wait = timedelta(hours=24)
first_pause_s, longest_pause_s = 0.5, 15.0


def schema(app_role: str) -> str:
    """Their table, and what the application's role may do with it."""
    text = Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


@dataclass(frozen=True, slots=True)
class Due:
    """One fact that one reaction is to be done about.

    Attributes:
        meta, record: as they were heard.
        tries: how often it was tried in vain.
        late: it has been kept for so long that it does not wait any more.
    """

    fact_id: UUID
    reaction: str
    meta: bytes
    record: bytes
    tries: int
    late: bool


async def keep(connection: Any, facts: Iterable[tuple[UUID, str, bytes, bytes]]) -> None:
    """Keep facts: the id, the reaction's name, meta and record of each."""
    if columns := list(zip(*facts, strict=True)):
        await connection.execute(
            """insert into fact_due (fact_id, reaction, meta, record)
               select * from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[]) on conflict do nothing""",
            *columns,
        )


async def forget_voided(connection: Any, fact_ids: Sequence[UUID]) -> None:
    """These facts are void. Who is doing one of them is waited for: what that makes can be found then."""
    if fact_ids:
        await connection.execute("delete from fact_due where fact_id = any($1::uuid[])", fact_ids)


async def due_now(connection: Any, reactions: Sequence[str], at_most: int) -> list[Due]:
    """What these reactions are to be done about by now, what has waited for longest first.

    It is the caller's until the transaction ends: other processes pass it by.
    """
    rows = await connection.fetch(
        """select fact_id, reaction, meta, record, tries, kept_at < clock_timestamp() - $3::interval as late
           from fact_due where due_at <= clock_timestamp() and reaction = any($1) order by due_at, fact_id limit $2
           for update skip locked""",
        reactions,
        at_most,
        longest_wait,
    )
    return [Due(*row) for row in rows]


async def forget(connection: Any, done: Sequence[Due]) -> None:
    """It is done."""
    await connection.execute(
        """delete from fact_due f using unnest($1::uuid[], $2::text[]) d(fact_id, reaction)
           where (f.fact_id, f.reaction) = (d.fact_id, d.reaction)""",
        [one.fact_id for one in done],
        [one.reaction for one in done],
    )


async def put_off(connection: Any, later: Sequence[Due]) -> None:
    """Try again after about as long as it has waited already, and not after much longer."""
    await connection.execute(
        """update fact_due f set tries = f.tries + 1, due_at = clock_timestamp() + make_interval(secs => l.pause)
           from unnest($1::uuid[], $2::text[], $3::float8[]) l(fact_id, reaction, pause)
           where (f.fact_id, f.reaction) = (l.fact_id, l.reaction)""",
        [one.fact_id for one in later],
        [one.reaction for one in later],
        [min(first_pause_s * 2 ** min(one.tries, 10), longest_pause_s) for one in later],
    )
