"""Migrations: run as the owner, in any order of processes, and missed when they are missing."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import pytest

from deploy.description import DATABASES
from deploy.migrate import known_revisions, versions_of
from shared import migrations
from shared.runtime.database import pending

VERSIONS = Path(__file__).parents[2] / "services" / "collaboration" / "migrations" / "versions"
NEWEST = max(known_revisions("collaboration"))


@pytest.mark.parametrize("database", [database.name for database in DATABASES])
def test_the_file_of_a_migration_begins_with_its_version(database: str) -> None:
    files = versions_of(database).glob("*.py")

    assert sorted(known_revisions(database)) == sorted(file.name[:4] for file in files)


async def test_a_database_that_is_behind_the_code_says_so(
    database: str, roles: Mapping[str, str], tmp_path: Path
) -> None:
    assert roles
    older = tmp_path / "versions"
    older.mkdir()
    shutil.copy(VERSIONS / "0001_history.py", older)
    async with asyncpg.create_pool(database, min_size=1, max_size=1) as pool:
        nothing = await pending(VERSIONS, pool)
        await migrations.upgrade(older, database, "collaboration_app")
        behind = await pending(VERSIONS, pool)
        await migrations.upgrade(VERSIONS, database, "collaboration_app")

        assert nothing == f"the database is at version none, the code needs {NEWEST}: run `baton migrate`"
        assert behind == f"the database is at version 0001, the code needs {NEWEST}: run `baton migrate`"
        assert await pending(VERSIONS, pool) is None


async def test_two_that_migrate_at_once_take_turns(database: str, roles: Mapping[str, str]) -> None:
    assert roles
    migrate = (
        "import asyncio, sys; from pathlib import Path; from shared import migrations;"
        "asyncio.run(migrations.upgrade(Path(sys.argv[1]), sys.argv[2], 'collaboration_app'))"
    )
    both = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", migrate, str(VERSIONS), database) for _ in range(2)
    ]

    assert [await process.wait() for process in both] == [0, 0]
    async with asyncpg.create_pool(database, min_size=1, max_size=1) as pool:
        assert await pending(VERSIONS, pool) is None
