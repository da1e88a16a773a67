"""What a service that is older than the view of who leaves has heard already, the migration fills in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

import asyncpg

from shared import migrations

VERSIONS = Path(__file__).parents[2] / "services" / "talent" / "migrations" / "versions"
ADA, FIRST, SECOND = (str(UUID(int=n)) for n in (1, 11, 12))


async def test_engagements_of_before_are_in_the_view(database: str, roles: Mapping[str, str], tmp_path: Path) -> None:
    assert roles
    older = tmp_path / "versions"
    older.mkdir()
    for version in ("0001_history.py", "0002_views.py", "0003_append_by_sets.py"):
        shutil.copy(VERSIONS / version, older)
    await migrations.upgrade(older, database, "talent_app")
    async with asyncpg.create_pool(database, min_size=1, max_size=1) as pool:
        await _happened(pool, 2, "EngagementStarted", engagement_id=FIRST, started_on="2020-09-01")
        await _happened(pool, 3, "EngagementStarted", engagement_id=SECOND, started_on="2024-09-01")
        await _happened(pool, 4, "EngagementEnded", engagement_id=FIRST, ended_on="2026-08-31")

        await migrations.upgrade(VERSIONS, database, "talent_app")

        rows = await pool.fetch("select * from engagement order by engagement_id")
        assert [tuple(row) for row in rows] == [
            (UUID(ADA), UUID(FIRST), date(2026, 8, 31)),
            (UUID(ADA), UUID(SECOND), None),
        ]


async def _happened(pool: asyncpg.Pool, version: int, name: str, **data: str) -> None:
    await pool.execute(
        """insert into event (stream, version, id, type, meta, record, prev_hash, hash)
           values ($1, $2, gen_random_uuid(), $3, '', $4, $5, $5)""",
        f"person-{ADA}",
        version,
        f"uk.mat.talent.{name}.v1",
        json.dumps({"person_id": ADA, **data}).encode(),
        bytes(32),
    )
