"""`baton dlq`: what consumers could not apply: listed, looked at, and marked for another try."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from deploy.baton.output import Json, run, show

_CONSUMERS = ("reporting", "talent", "cpd", "collaboration")


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="dlq", help="Parked records: what could not be applied yet.", no_args_is_help=True)
    group.callback()(_root)
    group.command("list")(list_)
    group.command("show")(show_parked)
    group.command()(redrive)
    app.add_typer(group)


def _root() -> None:
    """Parked records: what could not be applied yet."""


def _consumer(given: str | None) -> str | None:
    if given not in (None, *_CONSUMERS):
        raise typer.BadParameter(f"{given!r} is not one of {', '.join(_CONSUMERS)}")
    return given


Service = Annotated[str | None, typer.Option("--service", callback=_consumer, help="Only what this service parked.")]


def list_(*, service: Service = None, as_json: Json = False) -> None:
    """What is parked, the oldest first, and why."""
    found = run(_parked(service))
    lines = [
        f"{p['id']}  {p['database']}  {p['reason']:12}  {p['service']}/{p['logindex']}  {p['stream']}" for p in found
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
    from deploy.errors import Unmet

    found = next((p for p in run(_parked(None)) if p["id"] == id_), None)
    if found is None:
        raise Unmet(f"Nothing is parked as {id_}.", "See `baton dlq list`.")
    if into is not None:
        content = run(_opened(found["database"], id_))
        with os.fdopen(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
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


async def _parked(service: str | None) -> list[dict[str, Any]]:
    from deploy.local.databases import connected
    from shared.consumer import parked

    found: list[dict[str, Any]] = []
    for database in _CONSUMERS if service is None else (service,):
        async with connected(database) as connection:
            found += [{"database": database, **asdict(one)} for one in await parked(connection)]
    return found


async def _mark(service: str | None, ids: list[UUID] | None) -> int:
    from deploy.local.databases import connected
    from shared.consumer import mark_for_redrive

    marked = 0
    for database in _CONSUMERS if service is None else (service,):
        async with connected(database, as_="app") as connection:
            marked += await mark_for_redrive(connection, ids)
    return marked


async def _opened(database: str, id_: UUID) -> bytes:
    from deploy.local.databases import connected, vault_of
    from shared.consumer.parking import place_of

    async with connected(database) as connection, vault_of(database) as vault:
        sealed: bytes = await connection.fetchval("select sealed from parked where id = $1", id_)
        return vault.open_bytes(sealed, place_of(id_))
