"""What a writer holds about a person beside its history: what it keeps of claims, under keys of its own."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import asyncpg

from shared.erasing.about import About, scan_seconds, scanning
from shared.eventstore.receipts import forget_fingerprints
from shared.intake import Intake, keeping
from shared.intake.erased import ERASED
from shared.intake.keeping import Came
from shared.intake.naming import named_in, named_in_came
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
    refused = await keeping.forget_those(
        pool, vault, lambda kept: person.is_among(named_in_came(Came(kept.headers, kept.body)))
    )
    waited = await intake.refuse_parked(lambda parked: person.is_among(named_in(parked.content)), ERASED)
    answers = await forget_fingerprints(pool, refused)
    answers += await _forget_fingerprints_of(pool, person.named_in | person.own)
    return len(refused) + len(waited) + answers


async def _forget_fingerprints_of(pool: asyncpg.Pool, streams: Collection[str]) -> int:
    """Those of the commands that wrote these streams: a receipt says which."""
    async with scanning(pool) as connection:
        forgotten = await connection.fetch(
            """update command set fingerprint = null
               where fingerprint is not null and (convert_from(receipt, 'UTF8')::jsonb -> 'streams') ?| $1::text[]
               returning 1""",
            list(streams),
            timeout=scan_seconds,
        )
    return len(forgotten)
