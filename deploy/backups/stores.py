"""The services' stores, backed up and restored by PostgreSQL's own programs.

A backup is what a store held at one moment, while its service goes on. A restore makes a new database beside the old
one, and puts it in its place when it is whole and holds what the backup says: until then nothing has changed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from deploy.backups import store_file
from deploy.backups.programs import running, suiting
from deploy.backups.store_file import Holdings, Manifest
from deploy.description import DatabaseDescription, ServiceDescription
from deploy.dsn import with_database
from deploy.errors import Unmet
from deploy.migrate import known_revisions, migrate_all
from deploy.private_file import new_private_file
from deploy.provision import ensure_database

Progress = Callable[[str], None]

_TIMEOUT_S = 10
_CHUNK = 1024 * 1024
_STEP = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A Postgres server for somebody who may do everything there.

    Attributes:
        dsn: a superuser's, of any database.
        owner_dsns: each database's owner's, by its name: what is older is migrated with them.
        programs: the directory that BATON_POSTGRES_PROGRAMS names.
    """

    dsn: str
    owner_dsns: Mapping[str, str]
    programs: Path | None = None


async def back_up(server: Server, files: Mapping[ServiceDescription, Path], report: Progress) -> list[Manifest]:
    """Write the stores to new files.

    All of them are held still before the first is written, one after the other in the given order: who consumes has to
    come before whom it hears, so that no restored consumer knows an event that its restored writer does not.

    Raises:
        Unmet: when one cannot be written; there is no file of it then.
    """
    async with AsyncExitStack() as held:
        stills = {service: await held.enter_async_context(_still(server, service)) for service in files}
        for service, path in files.items():
            await _write(server, service, stills[service], path, report)
    return [still.manifest for still in stills.values()]


async def restore(
    server: Server,
    files: Mapping[ServiceDescription, Path],
    report: Progress,
    *,
    replace: bool = False,
    republish: bool = False,
) -> list[Manifest]:
    """Put stores back, all of them in one moment or none.

    Args:
        replace: also where there are events already, which are gone then.
        republish: let the writers publish from their first event on, for a Kafka that lost its topics.

    Raises:
        Unmet: when one is not restored; every store is as it was then.
    """
    manifests = {service: await check(server, service, path, replace=replace) for service, path in files.items()}
    try:
        for service, path in files.items():
            await _fill(server, service, path, manifests[service], report)
            if republish and service.is_writer:
                async with _connected(server, _new(service)) as connection:
                    await connection.execute("update lease set published = 0")
        report("Putting them in their places")
        await _swap(server, list(files))
    finally:
        async with _connected(server, "postgres") as connection:
            for service in files:
                await connection.execute(f'drop database if exists "{_new(service)}" with (force)')
    return list(manifests.values())


async def check(server: Server, service: ServiceDescription, path: Path, *, replace: bool) -> Manifest:
    """See that a file can be restored and that its store may be replaced now; nothing is changed.

    Raises:
        Unmet: saying what is in the way.
    """
    manifest = store_file.checked(path, service.name)
    if manifest.holds.revision not in known_revisions(service.database):
        raise Unmet(
            f"{path} has the tables of version {manifest.holds.revision}, which this code does not know.",
            "Restore it with the version of Baton that made it, or a newer one.",
        )
    async with _connected(server, service.database) as connection:
        suiting(connection.get_server_version().major, server.programs)
        await _nobody_uses(connection, service)
        held = await _holdings(connection, service)
    if held is not None and not held.is_empty and not replace:
        raise Unmet(
            f"{service.name} holds {_told(held)} already, and nothing was changed.",
            "Add --replace to put the backup in its place.",
        )
    return manifest


@dataclass(frozen=True, slots=True)
class _Still:
    """A store as it is at one moment, as long as the transaction is open that holds it still.

    Attributes:
        left_out: pg_dump's options for what is made again when it is needed, and dropped at any moment.
    """

    manifest: Manifest
    name: str
    programs: Path
    left_out: Sequence[str]


@asynccontextmanager
async def _still(server: Server, service: ServiceDescription) -> AsyncIterator[_Still]:
    async with (
        _connected(server, service.database) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        holds = await _holdings(connection, service)
        if holds is None:
            raise Unmet(f"The database {service.database} has no tables yet.", "Run `baton migrate`.")
        rights = await connection.fetch(_rights)
        manifest = Manifest(
            service=service.name,
            at=datetime.now(UTC).isoformat(),
            postgres=await connection.fetchval("show server_version"),
            holds=holds,
            rights=[[row["role"], row["privilege"]] for row in rights],
        )
        programs = suiting(connection.get_server_version().major, server.programs)
        left_out = () if service.is_writer else await _made_again(connection, service)
        yield _Still(manifest, await connection.fetchval("select pg_export_snapshot()"), programs, left_out)


async def _made_again(connection: asyncpg.Connection, service: ServiceDescription) -> list[str]:
    """What reporting shows nobody live: read models as of a moment, being built or compared, or replaced."""
    beside = await connection.fetch(_beside, service.app)
    return [
        *("--exclude-table-data=public.scratch", "--exclude-table-data=public.retired"),  # which list them
        *(f"--exclude-schema={row['nspname']}" for row in beside),
    ]


async def _write(server: Server, service: ServiceDescription, still: _Still, path: Path, report: Progress) -> None:
    """The store as it is held still, into a new file."""
    dsn = with_database(server.dsn, service.database)
    options = ("--format=custom", "--compress=1", f"--snapshot={still.name}", *still.left_out)
    with new_private_file(path) as out, store_file.writing(out, still.manifest) as dump:
        report(f"{service.name}: {_told(still.manifest.holds)}")
        async with running(still.programs / "pg_dump", dsn, *options, writes=True) as process:
            assert process.stdout is not None  # noqa: S101  a pipe was asked for
            written = 0
            while chunk := await process.stdout.read(_CHUNK):
                dump.write(chunk)
                written += len(chunk)
                if written % _STEP < len(chunk):
                    report(f"{service.name}: {written // 1024**2} MB written")


async def _fill(server: Server, service: ServiceDescription, path: Path, manifest: Manifest, report: Progress) -> None:
    """A new database with the content of a backup, migrated; it was seen to hold what the manifest says."""
    new = DatabaseDescription(name=_new(service), owner=service.owner, apps=(service.app,))
    async with _connected(server, "postgres") as connection:
        for leftover in (new.name, _old(service)):  # of a restore that was killed
            await connection.execute(f'drop database if exists "{leftover}" with (force)')
        programs = suiting(connection.get_server_version().major, server.programs)
    await ensure_database(server.dsn, new)
    await _feed(programs, with_database(server.dsn, new.name), path, lambda step: report(f"{service.name}: {step}"))
    async with _connected(server, new.name) as connection:
        for role, privilege in manifest.rights:
            await connection.execute(f'grant {privilege} on database "{new.name}" to "{role}"')
        if await _holdings(connection, service) != manifest.holds:
            raise Unmet(f"What was restored of {service.name} is not what {path} says that it holds.")
        await connection.execute("analyze")
    await migrate_all({service.database: with_database(server.owner_dsns[service.database], new.name)})


async def _feed(programs: Path, dsn: str, path: Path, report: Progress) -> None:
    """Let pg_restore read a backup into an empty database, whole or not at all."""
    options = ("--single-transaction", "--exit-on-error")
    with store_file.reading(path) as (dump, size):
        async with running(programs / "pg_restore", dsn, *options, reads=True) as process:
            assert process.stdin is not None  # noqa: S101  a pipe was asked for
            fed = 0
            while chunk := dump.read(_CHUNK):
                process.stdin.write(chunk)
                await process.stdin.drain()
                fed += len(chunk)
                if fed % _STEP < len(chunk) or fed == size:
                    report(f"{100 * fed // size} % read")
            process.stdin.close()


async def _swap(server: Server, services: Sequence[ServiceDescription]) -> None:
    """Give the new databases the old ones' names, all of them at once, and drop the old ones."""
    async with _connected(server, "postgres") as connection:
        try:
            async with connection.transaction():
                for service in services:
                    await connection.execute(f'alter database "{service.database}" rename to "{_old(service)}"')
                    await connection.execute(f'alter database "{_new(service)}" rename to "{service.database}"')
        except asyncpg.ObjectInUseError:
            raise Unmet(
                "Somebody connected to a store while it was being restored; nothing was changed.",
                "Stop the services, and whatever else uses their databases, and try again.",
            ) from None
        for service in services:
            await connection.execute(f'drop database "{_old(service)}" with (force)')


async def _nobody_uses(connection: asyncpg.Connection, service: ServiceDescription) -> None:
    """A service that runs would go on in the old database, or write what is gone a moment later."""
    names = [row["application_name"] for row in await connection.fetch(_others)]
    if f"baton-{service.name}" in names:
        raise Unmet(f"{service.name} is running.", "Stop it first: `baton down`.")
    if names:
        raise Unmet(
            f"The database {service.database} is in use by {len(names)} more ({', '.join(sorted({*names}))}).",
            "Let them end first.",
        )


async def _holdings(connection: asyncpg.Connection, service: ServiceDescription) -> Holdings | None:
    """What a store holds; None where it has no tables."""
    try:
        async with connection.transaction():
            revision = await connection.fetchval("select version_num from alembic_version")
            if not service.is_writer:
                rows = await connection.fetch("select service, next from position order by service")
                events = {row["service"]: row["next"] for row in rows}
                return Holdings(revision=revision, events=events, newest=None, unnumbered=0)
            newest = await connection.fetchrow(_newest)
            unnumbered = await connection.fetchval("select count(*) from pending")
    except asyncpg.UndefinedTableError:
        return None
    return Holdings(
        revision=revision,
        events={service.name: newest["logindex"] + 1 if newest else 0},
        newest=[str(newest["logindex"]), str(newest["id"]), newest["hash"].hex()] if newest else None,
        unnumbered=unnumbered,
    )


@asynccontextmanager
async def _connected(server: Server, database: str) -> AsyncIterator[asyncpg.Connection]:
    try:
        connection = await asyncpg.connect(
            with_database(server.dsn, database),
            timeout=_TIMEOUT_S,
            server_settings={"application_name": "baton", "idle_in_transaction_session_timeout": "0"},
        )
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unmet(f"The database {database} cannot be reached ({type(error).__name__}).", "Is it up?") from None
    try:
        yield connection
    finally:
        await connection.close()


def _new(service: ServiceDescription) -> str:
    return f"{service.database}_restored"


def _old(service: ServiceDescription) -> str:
    return f"{service.database}_replaced"


def _told(holds: Holdings) -> str:
    """`3001 events`, or what reporting has of each service."""
    total = sum(holds.events.values()) + holds.unnumbered
    return f"{total} event" + ("" if total == 1 else "s")


_newest = """
select logindex, id, hash from log join event using (position)
where logindex = (select max(logindex) from log)
"""
_beside = """
select nspname from pg_namespace
where pg_get_userbyid(nspowner) = $1 and nspname not in (select schema from live)
"""
_others = """
select coalesce(nullif(application_name, ''), 'without a name') as application_name from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
_rights = """
select r.rolname as role, a.privilege_type as privilege
from pg_database d, aclexplode(d.datacl) a join pg_roles r on r.oid = a.grantee
where d.datname = current_database() and a.grantee <> d.datdba order by 1, 2
"""
