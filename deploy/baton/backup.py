"""`baton backup` and `baton restore`: every store and the vault, in one go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.baton.output import Json, Yes, confirm, progress, run, show
from deploy.baton.store import Replace, Republish
from deploy.progress import Progress

if TYPE_CHECKING:
    from deploy.backups.store_file import Manifest
    from deploy.description import ServiceDescription

_VAULT = "vault.backup"


def register(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)


def backup(
    directory: Annotated[Path, typer.Argument(file_okay=False, help="Where to write; it must not exist yet.")],
    *,
    as_json: Json = False,
) -> None:
    """Write every store and the vault's keys to a new directory that only you can read, while the services go on.

    The vault's file has copies of keys that an erasure destroys: keep the newest alone, and the master key elsewhere.
    """
    from deploy.private_file import new_private_directory

    with progress() as report, new_private_directory(directory) as draft:
        manifests = run(_back_up(draft, report))
    events = {manifest.service: manifest.holds.events for manifest in manifests}
    size = sum(file.stat().st_size for file in directory.iterdir())
    text = f"Wrote the stores and the vault to {directory}, {size / 1024**2:.1f} MB."
    show({"directory": str(directory), "events": events, "bytes": size}, text, as_json=as_json)


def restore(
    directory: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="One of `baton backup`.")],
    *,
    replace: Replace = False,
    republish: Republish = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Put the vault's keys and every store back. No service may run; what is restored is migrated if it is older."""
    confirm(f"{'Replace all stores by' if replace else 'Restore'} {directory}?", yes=yes)
    with progress() as report:
        manifests = run(_restore(directory, report, replace=replace, republish=republish))
    events = {manifest.service: manifest.holds.events for manifest in manifests}
    lines = [f"{m.service}: {sum(m.holds.events.values())} events, as of {m.at}" for m in manifests]
    show({"events": events}, "\n".join([*lines, "Start the services: `baton up`."]), as_json=as_json)


def _files(directory: Path) -> dict[ServiceDescription, Path]:
    """Who consumes comes before whom it hears: everybody hears talent, and reporting everybody."""
    from deploy.description import SERVICES

    return {service: directory / f"{service.name}.backup" for service in reversed(SERVICES)}


async def _back_up(draft: Path, report: Progress) -> list[Manifest]:
    from deploy.backups.stores import back_up
    from deploy.backups.vault_file import dump
    from deploy.databases import connected
    from deploy.local.stores import server
    from deploy.private_file import new_private_file
    from deploy.settings import stack_settings

    async with server(stack_settings(), report) as postgres:
        manifests = await back_up(postgres, _files(draft), report)
        report("The vault's keys")  # last: whatever the stores hold was sealed with a key that is in it
        async with connected("vault", as_="owner") as vault:
            with new_private_file(draft / _VAULT) as out:
                out.write(await dump(vault))
    return manifests


async def _restore(directory: Path, report: Progress, *, replace: bool, republish: bool) -> list[Manifest]:
    from deploy.backups.stores import check, restore
    from deploy.backups.vault_file import restore as restore_keys
    from deploy.backups.vault_file import rows_of
    from deploy.databases import connected, master_key
    from deploy.errors import Unmet
    from deploy.local.stores import server
    from deploy.settings import stack_settings

    files = _files(directory)
    if missing := [path.name for path in (*files.values(), directory / _VAULT) if not path.is_file()]:
        raise Unmet(f"{directory} is not a whole backup: {', '.join(missing)} is missing.", "Use another copy of it.")
    keys = (directory / _VAULT).read_bytes()
    async with server(stack_settings(), report) as postgres:
        key = master_key()
        rows_of(keys, key)
        report("Checking the stores' files")
        for service, path in files.items():
            await check(postgres, service, path, replace=replace)
        async with connected("vault", as_="owner") as vault:
            done = await restore_keys(vault, keys, key)
        if done.another_key:
            raise Unmet(
                f"The vault has other keys under {len(done.another_key)} of the backup's names, so what those of the "
                "backup sealed would stay shut. No store was changed.",
                "Restore into a vault that no service has used: before the first `baton up` of a new stack.",
            )
        return await restore(postgres, files, report, replace=replace, republish=republish)
