"""`baton vault`: keep a safe copy of the keys, and bring it back."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.baton.output import Json, Yes, confirm, run, show

if TYPE_CHECKING:
    from deploy.vault_file import Restored


def register(app: typer.Typer) -> None:
    group = typer.Typer(name="vault", help="The keys that personal texts are sealed with.", no_args_is_help=True)
    group.callback()(_root)
    group.command()(backup)
    group.command()(restore)
    app.add_typer(group)


def _root() -> None:
    """The keys that personal texts are sealed with."""


def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write it; it must not exist yet.")],
    *,
    as_json: Json = False,
) -> None:
    """Write all keys, still wrapped by the master key, to a file that only you can read.

    Keep the master key somewhere else. A backup of a key is a copy of what an erasure destroys: do not keep it long.
    """
    from deploy.errors import Unmet

    content = run(_dump())
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
    except FileExistsError:
        raise Unmet(f"{file} exists already.", "Name a new file: a backup never takes the place of another.") from None
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
        f"Added {done.added} keys, fenced {done.fenced} that were erased since; "
        f"{done.stayed_erased} stay erased, {done.unchanged} were there already."
    )
    show(asdict(done), text, as_json=as_json)


async def _dump() -> bytes:
    from deploy.local.databases import connected
    from deploy.vault_file import dump

    async with connected("vault", as_="owner") as vault:
        return await dump(vault)


async def _restore(content: bytes) -> Restored:
    from deploy.local.databases import connected
    from deploy.local.secrets import ensure_secrets
    from deploy.settings import stack_settings
    from deploy.vault_file import restore
    from shared.vault import read_master_key

    master_key = read_master_key(ensure_secrets(stack_settings()).master_key_file)
    async with connected("vault", as_="owner") as vault:
        return await restore(vault, content, master_key)
