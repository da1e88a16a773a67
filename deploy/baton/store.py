"""`baton store`: one service's store to a file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.baton.options import SERVICE_NAMES, one_of
from deploy.baton.output import Json, Yes, confirm, progress, run, show
from deploy.progress import Progress

if TYPE_CHECKING:
    from deploy.backups.store_file import Manifest
    from deploy.description import ServiceDescription


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="store", help="What a service has stored, to a file and back.", no_args_is_help=True)
    group.command()(backup)
    group.command()(restore)
    app.add_typer(group)


Service = Annotated[str, typer.Argument(callback=one_of(SERVICE_NAMES), help=", ".join(SERVICE_NAMES))]
Replace = Annotated[bool, typer.Option("--replace", help="Also where there are events already: they are gone then.")]
Republish = Annotated[
    bool, typer.Option("--republish", help="Publish from the first event on: for a Kafka that lost its topics.")
]


def backup(
    service: Service,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write it; it must not exist yet.")],
    *,
    as_json: Json = False,
) -> None:
    """Write a service's store to a file that only you can read, while the service goes on.

    Personal texts are in it as they are stored: sealed. Without the vault's keys nobody reads them.
    """
    with progress() as report:
        [manifest] = run(_back_up(service, file, report))
    events = sum(manifest.holds.events.values())
    payload = {"file": str(file), "events": manifest.holds.events, "bytes": file.stat().st_size}
    show(payload, f"Wrote {service} with {events} events to {file}.", as_json=as_json)


def restore(
    service: Service,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file of `baton store backup`.")],
    *,
    replace: Replace = False,
    republish: Republish = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Put a service's store back, whole or not at all. The service must not run."""
    if replace:
        confirm(f"Replace all that {service} holds by {file}?", yes=yes)
    with progress() as report:
        [manifest] = run(_restore(service, file, report, replace=replace, republish=republish))
    events = sum(manifest.holds.events.values())
    payload = {"service": service, "events": manifest.holds.events, "at": manifest.at}
    show(payload, f"{service} holds {events} events again, as of {manifest.at}.", as_json=as_json)


async def _back_up(service: str, file: Path, report: Progress) -> list[Manifest]:
    from deploy.backups.stores import back_up
    from deploy.local.stores import server
    from deploy.settings import stack_settings

    async with server(stack_settings(), report) as postgres:
        return await back_up(postgres, {described(service): file}, report)


async def _restore(service: str, file: Path, report: Progress, *, replace: bool, republish: bool) -> list[Manifest]:
    from deploy.backups.stores import restore
    from deploy.local.stores import server
    from deploy.settings import stack_settings

    async with server(stack_settings(), report) as postgres:
        return await restore(postgres, {described(service): file}, report, replace=replace, republish=republish)


def described(name: str) -> ServiceDescription:
    from deploy.description import SERVICES

    return next(service for service in SERVICES if service.name == name)
