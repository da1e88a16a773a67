"""Clients of the writers: admitted, changed and revoked in each writer's database, as its owner.

The three databases share no transaction. Whatever was interrupted is whole again when it is done again: the row that is
there already is what the others are made from.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from deploy.databases import connected
from deploy.description import WRITERS
from deploy.errors import Unmet
from shared.identity.clients import client_name, hashed

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Client:
    """A machine that may speak for schools.

    Attributes:
        trustuid: the trust that its typed commands are for; None: the one that its schools belong to.
        everywhere: whether each writer knows it like this: if not, do again what was interrupted.
    """

    client_id: str
    secret_hash: bytes
    urns: tuple[str, ...]
    trustuid: str | None
    admitted_at: datetime
    revoked_at: datetime | None
    everywhere: bool = True


async def admit_clients(
    urns_of: Mapping[str, Collection[str]], *, new_secret: bool = False
) -> list[tuple[Client, str | None]]:
    """Let clients speak for schools, each for its own, beside those it speaks for already.

    Returns:
        Each client, and its secret where there is a new one: it was not admitted before, or one was asked for.

    Raises:
        Unmet: an id is none, or no school is named; nobody is admitted then.
    """
    if not all(map(client_name.fullmatch, urns_of)):
        raise Unmet(
            "A client's id is at most 63 small letters, digits and hyphens.", "Such as school-142310 or harbour-mis."
        )
    known = {client.client_id: client for client in await clients()}
    admitted = [_admitted(one, urns, known.get(one), new_secret=new_secret) for one, urns in urns_of.items()]
    await _write([client for client, _ in admitted])
    return admitted


def _admitted(
    client_id: str, urns: Collection[str], known: Client | None, *, new_secret: bool
) -> tuple[Client, str | None]:
    standing = known if known is not None and known.revoked_at is None else None
    if not urns and standing is None:
        raise Unmet("A client speaks for schools.", "Name them by their URNs.")
    secret = secrets.token_urlsafe(_SECRET_BYTES) if standing is None or new_secret else None
    client = standing or Client(client_id, b"", (), None, datetime.now(UTC), None)
    client = replace(
        client,
        urns=tuple(dict.fromkeys([*client.urns, *urns])),
        secret_hash=client.secret_hash if secret is None else hashed(secret),
        everywhere=True,
    )
    return client, secret


async def revoke_clients(urns_of: Mapping[str, Collection[str]]) -> list[Client]:
    """Let clients speak for these schools no more; for none at all, where none is named or none is left.

    The writers refuse them within seconds.

    Raises:
        Unmet: one is not admitted, or not for one of its schools; nobody is revoked then.
    """
    known = {client.client_id: client for client in await clients()}
    revoked = [_revoked(client_id, urns, known.get(client_id)) for client_id, urns in urns_of.items()]
    await _write(revoked)
    return revoked


def _revoked(client_id: str, urns: Collection[str], client: Client | None) -> Client:
    if client is None:
        raise Unmet(f"There is no client {client_id}.", "See `baton school list`.")
    if strangers := [urn for urn in urns if urn not in client.urns]:
        raise Unmet(f"The client {client_id} does not speak for {', '.join(strangers)}.", "See `baton school list`.")
    left = tuple(urn for urn in client.urns if urn not in urns) if urns else ()
    revoked_at = client.revoked_at if left else client.revoked_at or datetime.now(UTC)
    return replace(client, urns=left or client.urns, revoked_at=revoked_at, everywhere=True)


async def clients() -> list[Client]:
    """Every client that was ever admitted, by its id."""
    found = await asyncio.gather(*(_read(writer.database) for writer in WRITERS))
    latest: dict[str, Client] = {}
    for rows in found:
        latest = {**rows, **latest}
    return [
        replace(client, everywhere=all(rows.get(client_id) == client for rows in found))
        for client_id, client in sorted(latest.items())
    ]


async def _read(database: str) -> dict[str, Client]:
    async with connected(database) as connection:
        rows = await connection.fetch(
            "select client_id, secret_hash, urns, trustuid, admitted_at, revoked_at from client"
        )
    return {row["client_id"]: Client(**{**row, "urns": tuple(row["urns"])}) for row in rows}


async def _write(wanted: Sequence[Client]) -> None:
    for writer in WRITERS:
        async with connected(writer.database, as_="owner") as connection:
            await connection.execute(
                """insert into client (client_id, secret_hash, urns, trustuid, admitted_at, revoked_at)
                   select client_id, secret_hash, string_to_array(urns, ','), trustuid, admitted_at, revoked_at
                   from unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
                       c(client_id, secret_hash, urns, trustuid, admitted_at, revoked_at)
                   on conflict (client_id) do update set secret_hash = excluded.secret_hash, urns = excluded.urns,
                       trustuid = excluded.trustuid, admitted_at = excluded.admitted_at,
                       revoked_at = excluded.revoked_at""",
                [client.client_id for client in wanted],
                [client.secret_hash for client in wanted],
                [",".join(client.urns) for client in wanted],
                [client.trustuid for client in wanted],
                [client.admitted_at for client in wanted],
                [client.revoked_at for client in wanted],
            )
