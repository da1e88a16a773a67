"""Which programmes there are, and what each says it is for: a view, for those who look for one."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from shared.consumer import Arrival
from shared.contracts.cpd.programmes import ProgrammePublished
from shared.contracts.vocabulary import Code, Id, TrustUid
from shared.intake import View

at_most = 20  # a development need names no more


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep the programmes of a batch."""
    published = [a.event for a in arrivals if isinstance(a.event, ProgrammePublished)]
    if published:
        await connection.execute(
            """insert into programme (programme_id, trustuid, roles, says)
               select p.programme_id, p.trustuid, string_to_array(p.roles, ' '), p.says
               from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) p(programme_id, trustuid, roles, says)
               on conflict do nothing""",
            [e.programme_id for e in published],
            [e.trustuid for e in published],
            [" ".join(e.audience_roles) for e in published],
            ["\n".join((e.title, *e.outcomes)).lower() for e in published],
        )


async def forget(connection: asyncpg.Connection, heard: Sequence[Arrival]) -> None:
    """Forget these programmes."""
    published = [a.event.programme_id for a in heard if isinstance(a.event, ProgrammePublished)]
    await connection.execute("delete from programme where programme_id = any($1::uuid[])", published)


view = View(remember, forget)


async def programmes_that_answer(pool: asyncpg.Pool, trustuid: TrustUid, capability: Code) -> tuple[Id, ...]:
    """A trust's programmes that name a capability: as a role they are for, or in words in their title or outcomes."""
    rows = await pool.fetch(
        """select programme_id from programme
           where trustuid = $1 and ($2 = any(roles) or says ~ ('\\m' || translate($2, '_-', '  ') || '\\M'))
           order by programme_id limit $3""",
        trustuid,
        capability,
        at_most,
    )
    return tuple(row["programme_id"] for row in rows)
