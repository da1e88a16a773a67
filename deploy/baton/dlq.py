"""`baton dlq`: what consumers could not apply: listed, looked at, and marked for another try."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from deploy.baton.options import SERVICE_NAMES, one_of
from deploy.baton.output import Json, run, show

if TYPE_CHECKING:
    from shared.consumer.arrivals import Raw

_ALL = 2**31 - 1
_ATTRIBUTES = (
    *("id", "type", "source", "subject", "time", "specversion", "happenedat", "trustuid", "urn", "actor"),
    *("correlationid", "causationid", "chaindepth", "streamversion", "logindex", "partitionkey", "traceparent"),
)
_HEADERS = frozenset({"content-type", *(f"ce_{name}" for name in _ATTRIBUTES)})


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="dlq", help="Parked records: what could not be applied yet.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(show_parked)
    group.command()(redrive)
    app.add_typer(group)


Service = Annotated[
    str | None, typer.Option("--service", callback=one_of(SERVICE_NAMES), help="Only what this service parked.")
]


def list_(
    *,
    service: Service = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many of each service.")] = 1_000,
    as_json: Json = False,
) -> None:
    """What is parked, the oldest first, and why."""
    found = run(_parked(service, limit))
    lines = [
        f"{p['id']}  {p['database']}  {p['reason']:12}  {p['service']}/{p['logindex']}  {p['stream']}"
        + ("  marked" if p["redrive_requested_at"] else "")
        for p in found
    ]
    show(found, "\n".join(lines) or "Nothing is parked.", as_json=as_json)


def show_parked(
    id_: Annotated[UUID, typer.Argument(metavar="ID", help="As `baton dlq list` names it.")],
    *,
    into: Annotated[
        Path | None, typer.Option("--bytes", help="Write the record itself to this new file, readable by you alone.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what is known of a parked record. Its content may be personal: it is never printed."""
    from deploy.private_file import new_private_file

    found, raw = run(_one(id_))
    if into is not None:
        with new_private_file(into) as out:
            out.write(raw)
    text = "\n".join(f"{name}: {content}" for name, content in found.items() if content is not None)
    show(found, text, as_json=as_json)


def redrive(
    ids: Annotated[list[UUID] | None, typer.Argument(metavar="ID…", help="Parked records.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Everything that is parked.")] = False,
    service: Service = None,
    as_json: Json = False,
) -> None:
    """Mark parked records for another try; the consumer that owns them works the marks off, in each stream's order."""
    if bool(ids) == all_:
        raise typer.BadParameter("name parked records, or all of them with --all")
    marked = run(_mark(service, ids))
    show({"marked": marked}, f"Marked {marked} for another try.", as_json=as_json)


async def _parked(service: str | None, limit: int) -> list[dict[str, Any]]:
    from deploy.databases import connected
    from shared.consumer import parked

    found: list[dict[str, Any]] = []
    for database in _databases(service):
        async with connected(database) as connection:
            found += [{"database": database, **asdict(one)} for one in await parked(connection, limit=limit)]
    return found


async def _mark(service: str | None, ids: list[UUID] | None) -> int:
    """Mark all of them, or none where one is unknown."""
    from deploy.databases import connected
    from shared.consumer import mark_for_redrive

    if ids and (unknown := set(ids) - {found["id"] for found in await _parked(service, _ALL)}):
        raise _unknown(*sorted(unknown))
    marked = 0
    for database in _databases(service):
        async with connected(database, as_="app") as connection:
            marked += await mark_for_redrive(connection, ids)
    return marked


async def _one(id_: UUID) -> tuple[dict[str, Any], bytes]:
    """What is known of a parked record, and the record itself."""
    from cryptography.exceptions import InvalidTag

    from deploy.databases import connected, vault_of
    from deploy.errors import Unmet
    from shared.consumer.arrivals import Raw
    from shared.consumer.parking import place_of

    found = next((one for one in await _parked(None, _ALL) if one["id"] == id_), None)
    if found is None:
        raise _unknown(id_)
    async with connected(found["database"]) as connection, vault_of(found["database"]) as vault:
        sealed: bytes = await connection.fetchval("select sealed from parked where id = $1", id_)
        try:
            raw = vault.open_bytes(sealed, place_of(id_))
        except InvalidTag:
            raise Unmet(f"The record {id_} cannot be opened: it was sealed with another key.") from None
    return {**found, **sizes(Raw.loads(raw))}, raw


def sizes(raw: Raw) -> dict[str, Any]:
    """What may be told of a record that may hold anything: how large its parts are, and the headers that we know."""
    known = sorted({name for name, _ in raw.headers if name in _HEADERS})
    return {
        "key_bytes": None if raw.key is None else len(raw.key),
        "value_bytes": None if raw.value is None else len(raw.value),
        "headers": known,
        "other_headers": len([name for name, _ in raw.headers if name not in _HEADERS]),
    }


def _databases(service: str | None) -> tuple[str, ...]:
    return SERVICE_NAMES if service is None else (service,)


def _unknown(*ids: UUID) -> Exception:
    from deploy.errors import Unmet

    return Unmet(f"Nothing is parked as {', '.join(map(str, ids))}.", "See `baton dlq list`.")
