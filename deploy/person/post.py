"""What somebody who is to be erased signs in and gets post by: told to reporting while their address can still be read.

Reporting clears it when it hears that they are erased. Nothing in the register says by which name of an issuer's
somebody signs in: it is found by the address that their post goes to, where that is their own in the register, or told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

import asyncpg
from cryptography.exceptions import InvalidTag

from deploy.databases import connected, pool, vault_of
from deploy.entries import Entries
from deploy.person.held import Event, opened
from services.reporting.erasing import erasures
from services.reporting.history.events import by_ids
from services.reporting.post.subscriptions import Subscriptions
from shared.vault import Vault


async def note(entries: Entries, told: Collection[str] = ()) -> set[str]:
    """Note by which names somebody signs in: those that are told, and those whose post goes to an address of theirs.

    Raises:
        Unmet: reporting's tables or the vault cannot be reached.
    """
    async with pool("reporting") as connections, vault_of("reporting") as vault:
        names = {*told, *await _by_address(connections, vault, await _addresses(connections, vault, entries.all))}
        await connections.executemany(
            "insert into signs_in_as (person_id, subject) values ($1, $2) on conflict do nothing",
            [(entries.standing, name) for name in sorted(names)],
        )
    return names


async def forget(entries: Entries) -> None:
    """Forget what was noted: they are not erased."""
    async with connected("reporting", as_="app") as reporting:
        await reporting.execute("delete from signs_in_as where person_id = $1", entries.standing)


async def clear(entries: Entries, of: Mapping[UUID, UUID]) -> int:
    """Clear it, where it was noted only after reporting had heard that they were erased, and add it to its receipt.

    Args:
        of: the erasures' ids, by entry.

    Returns:
        How many records more that were.
    """
    async with connected("reporting", as_="app") as reporting, reporting.transaction():
        return await erasures.clear_more(reporting, entries.standing, of[entries.standing])


async def _addresses(connections: asyncpg.Pool, vault: Vault, entries: Collection[UUID]) -> set[str]:
    """Their addresses in the register, as it has and had them."""
    rows = await connections.fetch(
        "select id from ledger where service = 'talent' and stream = any($1)", [f"person-{entry}" for entry in entries]
    )
    async with connections.acquire() as connection:
        found = await by_ids(connection, [row["id"] for row in rows])
    keys = await vault.existing_keys({f"person:{entry}" for entry in entries})
    said = [opened(Event(one, frozenset(), is_void=False), keys) for one in found.values()]
    return {address.strip().casefold() for one in said if (address := one.texts.get("email"))}


async def _by_address(connections: asyncpg.Pool, vault: Vault, addresses: set[str]) -> set[str]:
    subscriptions, found = Subscriptions(connections, vault), set()
    for subscription in await subscriptions.all() if addresses else ():
        try:
            address = subscriptions.address(subscription)
        except InvalidTag:  # a store and a vault that do not belong together: nobody gets this post
            continue
        if address.strip().casefold() in addresses:
            found.add(subscription.subject)
    return found
