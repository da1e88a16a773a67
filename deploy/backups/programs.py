"""PostgreSQL's own programs for backups: which of those at hand suit a server, and how they are run."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from deploy.dsn import without_password
from deploy.errors import Unmet
from deploy.local.commands import tool_environment
from deploy.local.postgres import packaged_programs

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def suiting(server: int, asked_for: Path | None) -> Path:
    """The directory of the programs for a server of this major version: of the same, else of the next newer.

    Args:
        asked_for: the directory that BATON_POSTGRES_PROGRAMS names; it comes before what the wheel and PATH have.

    Raises:
        Unmet: when there are none.
    """
    found = at_hand(asked_for)
    fitting = [major for major in sorted(found) if major >= server]
    if not fitting:
        seen = f"only of {', '.join(map(str, sorted(found)))}" if found else "none"
        raise Unmet(
            f"pg_dump and pg_restore for PostgreSQL {server} are needed, and there are {seen}.",
            f"Install PostgreSQL {server}'s client programs, or let BATON_POSTGRES_PROGRAMS name their directory.",
        )
    return found[fitting[0]]


def at_hand(asked_for: Path | None) -> dict[int, Path]:
    """The directories that have both programs, by their major version; of two of one version the first choice."""
    return {major: directory for directory in reversed(_places(asked_for)) if (major := _major(directory)) is not None}


@asynccontextmanager
async def running(
    program: Path, dsn: str, *options: str, reads: bool = False, writes: bool = False
) -> AsyncIterator[Process]:
    """A program at work on a database, with pipes where it reads or writes; the password is not on its command line.

    Raises:
        Unmet: when it fails; with what it said, but for lines that could quote content.
    """
    process = await asyncio.create_subprocess_exec(
        *(str(program), "--no-password", f"--dbname={without_password(dsn)}", *options),
        stdin=PIPE if reads else DEVNULL,
        stdout=PIPE if writes else DEVNULL,
        stderr=PIPE,
        env={**tool_environment(), "PGPASSWORD": unquote(urlsplit(dsn).password or ""), "PGAPPNAME": "baton"},
        start_new_session=True,
    )
    assert process.stderr is not None  # noqa: S101  a pipe was asked for
    said = asyncio.create_task(process.stderr.read())
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # then it has said why
            yield process
        code = await process.wait()
        lines = (await said).decode(errors="replace").splitlines()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        said.cancel()
    if code != 0:
        detail = "\n".join(line for line in lines if line.startswith(f"{program.name}:"))
        raise Unmet(f"{program.name} failed on {without_password(dsn)} (exit code {code}).", detail=detail)


def _places(asked_for: Path | None) -> Sequence[Path]:
    """Where to look, the first choice first."""
    with suppress(Unmet):
        return [*_named(asked_for), packaged_programs() / "bin", *_on_path()]
    return [*_named(asked_for), *_on_path()]


def _named(asked_for: Path | None) -> list[Path]:
    return [asked_for] if asked_for else []


def _on_path() -> list[Path]:
    found = shutil.which("pg_dump")
    return [Path(found).parent] if found else []


def _major(directory: Path) -> int | None:
    """The major version of the programs in a directory; None where they are not both there."""
    versions = {_version(directory / name) for name in ("pg_dump", "pg_restore")}
    return versions.pop() if len(versions) == 1 else None


def _version(program: Path) -> int | None:
    if not os.access(program, os.X_OK):
        return None
    said = subprocess.run([program, "--version"], check=False, capture_output=True, text=True).stdout
    found = _VERSION.search(said)
    return int(found.group(1)) if found else None
