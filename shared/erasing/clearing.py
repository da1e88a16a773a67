"""What a writer holds about a person beside its history: what it keeps of claims, under keys of its own."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import asyncpg

from shared.decider import Rejected
from shared.erasing.about import About, scan_seconds, scanning
from shared.eventstore import CommandKey
from shared.intake import Intake, keeping
from shared.vault import Vault


def schema(app_role: str) -> str:
    """What a service's role may do to erase somebody."""
    text = Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


async def clear_claims(pool: asyncpg.Pool, vault: Vault, intake: Intake, person: About) -> int:
    """Forget the refused claims that name a person, refuse those that wait, and take the fingerprints of all.

    Returns:
        How many records were emptied or removed; none where that was done before.
    """

    def names(kept: keeping.Kept) -> bool:
        return person.is_named_in_bytes(kept.body) or person.is_named_in(dict(kept.headers))

    refused = await keeping.forget_those(pool, vault, names)
    waited = await intake.refuse_parked(lambda parked: person.is_named_in(parked.content), _erased)
    answers = await _forget_fingerprints(pool, [*refused, *waited], person.named_in)
    return len(refused) + len(waited) + answers


async def _forget_fingerprints(pool: asyncpg.Pool, keys: Collection[CommandKey], streams: Collection[str]) -> int:
    async with scanning(pool) as connection:
        forgotten: int = await connection.fetchval(
            _fingerprints,
            [key.origin for key in keys],
            [key.source for key in keys],
            [key.id for key in keys],
            list(streams),
            timeout=scan_seconds,
        )
    return forgotten


_erased = Rejected("person_erased", "This person's data was erased while this waited; it is not recorded.")
# A receipt says which streams its command wrote.
_fingerprints = """
with forgotten as (
    update command c set fingerprint = null
    where fingerprint is not null and (
        (origin, source, id) in (select * from unnest($1::text[], $2::text[], $3::text[]))
        or (convert_from(receipt, 'UTF8')::jsonb -> 'streams') ?| $4::text[])
    returning 1
) select count(*) from forgotten
"""
