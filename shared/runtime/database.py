"""Whether a service's database is as new as its code: asked as it starts and by every look at `/readyz`.

So without alembic, whose import is a quarter of a start: the file of a migration begins with its version.
"""

from __future__ import annotations

from pathlib import Path

import asyncpg


async def pending(versions: Path, pool: asyncpg.Pool) -> str | None:
    """What a database lacks, as a sentence; None when it is as new as the newest of the migrations in a folder."""
    wanted = _newest(versions)
    try:
        found = await pool.fetchval("select version_num from alembic_version", timeout=5)
    except asyncpg.UndefinedTableError:
        found = None
    if found == wanted:
        return None
    return f"the database is at version {found or 'none'}, the code needs {wanted}: run `baton migrate`"


def _newest(versions: Path) -> str:
    return max(file.name.partition("_")[0] for file in versions.glob("[0-9]*_*.py"))
