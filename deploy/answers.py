"""What the writers answered to claims and commands, and what they keep of those: as their databases have it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.databases import connected, vault_of
from deploy.errors import Unmet
from shared.intake import keeping

most = 1_000
_columns = ("origin", "source", "id", "type", "outcome", "answered_at")
_said = ("code", "field", "message")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which answers.

    Attributes:
        services: of these writers.
        urns: to what was sent for these schools; None: for any, and for the trust.
        since, before: answered since then, and before.
    """

    services: Sequence[str]
    outcome: str | None = None
    urns: Sequence[str] | None = None
    since: datetime | None = None
    before: datetime | None = None


async def answers(wanted: Wanted) -> list[dict[str, Any]]:
    """The newest 1,000 that are wanted."""
    found: list[dict[str, Any]] = []
    for service in wanted.services:
        async with connected(service) as connection:
            rows = await connection.fetch(
                """select origin, source, id, p.type, outcome, receipt, answered_at
                   from command left join parked_claim p using (origin, source, id)
                   where ($1::text is null or outcome = $1) and ($2::text[] is null or origin = any($2))
                     and ($3::timestamptz is null or answered_at >= $3)
                     and ($4::timestamptz is null or answered_at < $4)
                   order by answered_at desc limit $5""",
                wanted.outcome,
                wanted.urns,
                wanted.since,
                wanted.before,
                most,
            )
        found += [_answer(service, row) for row in rows]
    return sorted(found, key=lambda answer: answer["answered_at"], reverse=True)[:most]


def _answer(service: str, row: Any) -> dict[str, Any]:
    said = json.loads(row["receipt"])
    return {"service": service, **{name: row[name] for name in _columns}, **{name: said.get(name) for name in _said}}


async def known(event_id: str, services: Sequence[str]) -> list[dict[str, Any]]:
    """All that is known of what was sent under an id, whoever sent it: what came of it, and since when it waits.

    What was refused is kept sealed for a while; `kept_at` says since when. It may have no answer that is remembered.
    """
    found: list[dict[str, Any]] = []
    for service in services:
        async with connected(service) as connection:
            rows = await connection.fetch(
                """select origin, source, id, p.type, coalesce(c.outcome, 'refused') as outcome, c.receipt,
                          coalesce(c.answered_at, k.kept_at) as answered_at, p.waits_for, p.parked_at, k.kept_at, k.code
                   from (select * from command where id = $1) c
                   left join parked_claim p using (origin, source, id)
                   full join (select distinct on (origin, source) origin, source, id, code, kept_at from kept_claim
                              where id = $1 order by origin, source, kept_at desc) k using (origin, source, id)
                   order by answered_at desc""",
                event_id,
            )
        for row in rows:
            answer = _answer(service, {**row, "receipt": row["receipt"] or json.dumps({"code": row["code"]})})
            found.append(answer | {name: row[name] for name in ("waits_for", "parked_at", "kept_at")})
    return found


async def as_sent(event_id: str, services: Sequence[str]) -> bytes:
    """What was sent last under an id, of what was refused.

    Raises:
        Unmet: nothing is kept of it.
    """
    found: list[keeping.Kept] = []
    for service in services:
        async with connected(service) as connection, vault_of(service) as vault:
            found += await keeping.kept(connection, vault, event_id)
    if not found:
        raise Unmet(f"Nothing is kept of {event_id}.", "Only what was refused is kept, for 30 days.")
    return max(found, key=lambda kept: kept.kept_at).body
