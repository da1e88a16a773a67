"""Stores, backed up and restored by the command: whole, with everybody's rights, or not at all."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import psutil
import pytest

from deploy.backups.programs import suiting
from deploy.description import SERVICES, SUPERUSER
from deploy.dsn import with_database
from deploy.errors import Unmet
from services.reporting.composition import all_projections
from services.reporting.read_models.rebuild import prepare
from shared.clock import SystemClock
from shared.eventstore import act, execute
from tests.integration.test_operators import MARKER, Operated, files, operated
from tests.support.history import context, people, person, write
from tests.support.northmoor import northmoor
from tests.support.read_model import receive

__all__ = ["operated"]

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
async def stores(operated: Operated) -> Operated:
    """A stack with some history in talent and in reporting, and an operator who knows the superuser's password."""
    server = urlsplit(operated.stack.postgres_dsn)
    password = server.password or ""
    if server.username != SUPERUSER:
        async with connected(operated, "postgres") as admin:
            await admin.execute(f"create role {SUPERUSER} superuser login password '{password}'")
    (operated.var / "secrets" / f"{SUPERUSER}.password").write_text(password)
    async with operated.history("talent") as (store, vault):
        asked = act(people, "person-1", person("p1", MARKER), context("backup"))
        await execute(store, vault, SystemClock(), [asked])
        await store.append([write(f"s{number}", 0, 20) for number in range(50)])
    async with operated.pool("reporting_app", "reporting") as pool:
        await prepare(pool, all_projections)
        await receive(pool, northmoor().told)
    return operated


@asynccontextmanager
async def connected(stores: Operated, database: str, **settings: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the server's superuser."""
    dsn = with_database(stores.stack.postgres_dsn, database)
    connection = await asyncpg.connect(dsn, timeout=10, server_settings=settings)
    try:
        yield connection
    finally:
        await connection.close()


async def content(stores: Operated, database: str) -> dict[str, Any]:
    """All rows of all tables of a database, what may be done with them, and what watches over them."""
    async with connected(stores, database) as connection:
        tables = await connection.fetch(
            "select format('%I.%I', n.nspname, c.relname) as name, pg_get_userbyid(relowner) as owner,"
            " relacl::text as rights, relkind = 'S' as counts"
            " from pg_class c join pg_namespace n on n.oid = relnamespace"
            " where relkind in ('r', 'S') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"
        )
        found: dict[str, Any] = {row["name"]: (row["owner"], row["rights"]) for row in tables}
        for row in tables:
            columns = "last_value, is_called" if row["counts"] else "*"
            content = await connection.fetch(f"select {columns} from {row['name']}")
            found[f"rows of {row['name']}"] = sorted(map(repr, content))
        for what, statement in {
            "rights": "select datacl::text from pg_database where datname = current_database()",
            "schemas": "select nspname, pg_get_userbyid(nspowner), nspacl::text from pg_namespace"
            " where nspname !~ '^pg_'",
            "triggers": "select tgname, tgrelid::regclass::text, tgenabled from pg_trigger where not tgisinternal",
            "functions": "select proname, pg_get_userbyid(proowner), proacl::text, prosecdef from pg_proc"
            " where pronamespace = 'public'::regnamespace",
            "indexes": "select indexdef from pg_indexes where schemaname !~ '^pg_'",
        }.items():
            found[what] = sorted(map(repr, await connection.fetch(statement)))
        return found


async def databases(stores: Operated) -> set[str]:
    async with connected(stores, "postgres") as connection:
        return {row["datname"] for row in await connection.fetch("select datname from pg_database")}


async def test_a_store_comes_back_as_it_was_with_everybodys_rights(stores: Operated, tmp_path: Path) -> None:
    for service in ("talent", "reporting"):
        before, names = await content(stores, service), await databases(stores)
        file = tmp_path / f"{service}.backup"
        written = (await stores.baton("store", "backup", service, str(file), "--json")).json
        await wreck(stores, service)
        assert await content(stores, service) != before

        restored = (await stores.baton("store", "restore", service, str(file), "--replace", "--yes", "--json")).json

        assert await content(stores, service) == before
        assert await databases(stores) == names
        assert restored["events"] == written["events"]
        assert file.stat().st_mode & 0o777 == 0o600
        assert MARKER.encode() not in file.read_bytes()


async def wreck(stores: Operated, database: str) -> None:
    """An operator's bad day."""
    async with connected(stores, database) as connection:
        for table in ("stream", "command", "position"):
            await connection.execute(f"drop table if exists {table}")


async def test_read_models_that_are_made_again_are_in_no_backup_and_hold_none_up(
    stores: Operated, tmp_path: Path
) -> None:
    file, before = tmp_path / "reporting.backup", await content(stores, "reporting")
    async with stores.connected("reporting_app", "reporting") as app:
        await app.execute("create schema asof_x; create table asof_x.names (name text)")
        await app.execute("insert into scratch (projection, key, schema) values ('names', 'x', 'asof_x')")
        async with app.transaction():
            await app.execute("drop schema asof_x cascade")  # as it happens while the backup is written
            assert (await stores.baton("store", "backup", "reporting", str(file))).code == 0

    assert (await stores.baton("store", "restore", "reporting", str(file), "--replace", "--yes")).code == 0

    assert await content(stores, "reporting") == before


async def test_the_restored_history_goes_on_and_is_still_never_changed(stores: Operated, tmp_path: Path) -> None:
    file = tmp_path / "talent.backup"
    await stores.baton("store", "backup", "talent", str(file))
    (await stores.baton("store", "restore", "talent", str(file), "--replace", "--yes", "--json")).json  # noqa: B018

    async with stores.history("talent") as (store, _):
        [written] = await store.append([write("after", 0, 3)])
        assert written.outcome == "appended"
    async with stores.connected("talent_app", "talent") as app, stores.connected("talent_owner", "talent") as owner:
        assert await app.fetchval("select max(logindex) from log") == await app.fetchval("select count(*) from log") - 1
        for connection in (app, owner):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("update event set record = ''")


async def test_what_is_no_whole_backup_of_this_service_changes_nothing(stores: Operated, tmp_path: Path) -> None:
    file = tmp_path / "talent.backup"
    await stores.baton("store", "backup", "talent", str(file))
    before, names, whole = await content(stores, "talent"), await databases(stores), file.read_bytes()
    broken = {
        "flipped": ("is damaged", whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:]),
        "short": ("is damaged", whole[:-100]),
        "half": ("is damaged", whole[: len(whole) // 2]),
        "text": ("is not a backup of a store", b"Dear diary"),
        "empty": ("is not a backup of a store", b""),
    }
    for name, (_, damaged) in broken.items():
        (tmp_path / name).write_bytes(damaged)
    asked = [stores.baton("store", "restore", "talent", str(tmp_path / name), "--replace", "--yes") for name in broken]
    for said, (told, _) in zip(await asyncio.gather(*asked), broken.values(), strict=True):
        said.refuses(told)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("readme.txt", "hello")

    refused = await stores.baton("store", "restore", "talent", str(tmp_path / "other.zip"), "--replace", "--yes")
    refused.refuses("is not a backup of a store")
    refused = await stores.baton("store", "restore", "cpd", str(file), "--replace", "--yes")
    refused.refuses("is a backup of talent, not of cpd")
    (await stores.baton("store", "restore", "talent", str(file))).refuses("events already, and nothing was changed")
    (await stores.baton("store", "backup", "talent", str(file))).refuses("exists already")

    assert file.read_bytes() == whole
    assert await content(stores, "talent") == before
    assert await databases(stores) == names


async def test_what_a_newer_baton_wrote_is_left_to_it(stores: Operated, tmp_path: Path) -> None:
    file, newer = tmp_path / "talent.backup", tmp_path / "newer.backup"
    await stores.baton("store", "backup", "talent", str(file))
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(newer, "w") as new:
        new.writestr("store.dump", old.read("store.dump"))
        manifest = json.loads(old.read("manifest.json"))
        manifest["holds"]["revision"] = "0999"
        new.writestr("manifest.json", json.dumps(manifest))

    refused = await stores.baton("store", "restore", "talent", str(newer), "--replace", "--yes")

    refused.refuses("has the tables of version 0999, which this code does not know")


async def test_a_restore_that_fails_on_its_way_changes_nothing(stores: Operated, tmp_path: Path) -> None:
    file, lying = tmp_path / "talent.backup", tmp_path / "lying.backup"
    await stores.baton("store", "backup", "talent", str(file))
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(lying, "w") as new:
        new.writestr("store.dump", old.read("store.dump")[:-5000])
        new.writestr("manifest.json", old.read("manifest.json"))
    before, names = await content(stores, "talent"), await databases(stores)

    said = await stores.baton("store", "restore", "talent", str(lying), "--replace", "--yes")

    assert said.code == 1
    assert "pg_restore failed on postgresql://" in said.err
    assert await content(stores, "talent") == before
    assert await databases(stores) == names


async def test_a_service_that_runs_keeps_its_store(stores: Operated, tmp_path: Path) -> None:
    file = tmp_path / "talent.backup"
    await stores.baton("store", "backup", "talent", str(file))
    command = ("store", "restore", "talent", str(file), "--replace", "--yes")

    async with connected(stores, "talent", application_name="baton-talent"):
        (await stores.baton(*command)).refuses("talent is running.")
    async with connected(stores, "talent", application_name="psql"):
        (await stores.baton(*command)).refuses("in use by 1 more (psql)")

    assert (await stores.baton(*command)).code == 0


async def test_everything_is_written_in_one_go_or_not_at_all(stores: Operated, tmp_path: Path) -> None:
    directory = tmp_path / "backup"

    said = (await stores.baton("backup", str(directory), "--json")).json

    assert set(files(directory)) == {"vault.backup", *(f"{service.name}.backup" for service in SERVICES)}
    assert directory.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in directory.iterdir())
    assert said["events"]["talent"] == {"talent": await events(stores, "talent")}
    (await stores.baton("backup", str(directory))).refuses("exists already")
    async with connected(stores, "cpd") as connection:  # one that cannot be dumped
        await connection.execute("alter table alembic_version rename to moved")
        failed = await stores.baton("backup", str(tmp_path / "second"))
        await connection.execute("alter table moved rename to alembic_version")
    assert failed.code == 1
    assert files(tmp_path) == ["backup"]
    (directory / "cpd.backup").unlink()
    refused = await stores.baton("restore", str(directory), "--replace", "--yes")
    refused.refuses("is not a whole backup: cpd.backup is missing")


async def events(stores: Operated, service: str) -> int:
    async with connected(stores, service) as connection:
        count: int = await connection.fetchval("select count(*) from log")
        return count


async def test_no_password_stands_on_a_command_line(stores: Operated, tmp_path: Path) -> None:
    seen: set[str] = set()
    process = await stores.start("store", "backup", "talent", str(tmp_path / "talent.backup"))
    while process.returncode is None:
        with suppress(psutil.Error):  # it has ended meanwhile
            for child in psutil.Process(process.pid).children(recursive=True):
                seen.add(" ".join(child.cmdline()))
        await asyncio.sleep(0.005)

    assert any("pg_dump" in line for line in seen)
    passwords = {urlsplit(stores.stack.postgres_dsn).password, *stores.stack.passwords.values()}
    assert not [line for line in seen for password in passwords if password and password in line]


def test_programs_that_do_not_suit_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unmet, match="pg_dump and pg_restore for PostgreSQL 99 are needed, and there are only of"):
        suiting(99, tmp_path)
