"""Migrations: run as the owner, in any order of processes, and missed when they are missing."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from shared import migrations

VERSIONS = Path(__file__).parents[2] / "services" / "collaboration" / "migrations" / "versions"
NEWEST = max(VERSIONS.glob("[0-9]*.py")).name[:4]


async def test_a_database_that_is_behind_the_code_says_so(
    database: str, roles: Mapping[str, str], tmp_path: Path
) -> None:
    assert roles
    older = tmp_path / "versions"
    older.mkdir()
    shutil.copy(VERSIONS / "0001_history.py", older)
    async with asyncpg.create_pool(database, min_size=1, max_size=1) as pool:
        nothing = await migrations.pending(VERSIONS, pool)
        await migrations.upgrade(older, database, "collaboration_app")
        behind = await migrations.pending(VERSIONS, pool)
        await migrations.upgrade(VERSIONS, database, "collaboration_app")

        assert nothing == f"the database is at version none, the code needs {NEWEST}: run `baton migrate`"
        assert behind == f"the database is at version 0001, the code needs {NEWEST}: run `baton migrate`"
        assert await migrations.pending(VERSIONS, pool) is None


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
        assert await migrations.pending(VERSIONS, pool) is None
