"""`baton vault`: keep a safe copy of the keys, and bring it back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.baton.output import Json, Yes, confirm, example, run, show

if TYPE_CHECKING:
    from deploy.backups.vault_file import Restored


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="vault", help="The keys that personal texts are sealed with.", no_args_is_help=True)
    group.command(epilog=example("vault backup vault.backup"))(backup)
    group.command(epilog=example("vault restore vault.backup"))(restore)
    app.add_typer(group)


def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write it; it must not exist yet.")],
    *,
    as_json: Json = False,
) -> None:
    """Write all keys, still wrapped by the master key, to a file that only you can read.

    Keep the master key somewhere else. A backup of a key is a copy of what an erasure destroys: do not keep it long.
    """
    from deploy.private_file import new_private_file

    with new_private_file(file) as out:
        content = run(_dump())
        out.write(content)
    keys = content.count(b"\n") - 1
    show({"file": str(file), "keys": keys}, f"Wrote {keys} keys to {file}.", as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file of `baton vault backup`.")],
    *,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Add the keys that the vault lacks. An erased person stays erased, whatever the backup holds."""
    confirm(f"Add the keys of {file} to this vault?", yes=yes)
    done = run(_restore(file.read_bytes()))
    text = (
        f"Added {done.added} people's and {done.services_added} services' keys, destroyed {done.fenced} of people who "
        f"were erased; {done.stayed_erased} stay erased, {done.unchanged} were there already."
    )
    if done.another_key:
        text += "\nThese have another key here, which was left; what the backup's sealed stays shut: "
        text += ", ".join(done.another_key)
    show(asdict(done), text, as_json=as_json)


async def _dump() -> bytes:
    from deploy.backups.vault_file import dump
    from deploy.databases import connected

    async with connected("vault", as_="owner") as vault:
        return await dump(vault)


async def _restore(content: bytes) -> Restored:
    from deploy.backups.vault_file import restore
    from deploy.databases import connected, master_key

    key = master_key()
    async with connected("vault", as_="owner") as vault:
        return await restore(vault, content, key)
