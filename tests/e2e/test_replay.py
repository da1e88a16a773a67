"""`baton replay` on the demo: every read model from everywhere, and its report is signed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import asyncpg
import pytest

from deploy.description import SUPERUSER
from deploy.settings import StackSettings
from services.reporting.composition import all_projections
from tests.e2e.conftest import Baton

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


def test_every_read_model_is_the_same_from_everywhere(demo: StackSettings, baton: Baton, tmp_path: Path) -> None:
    found = []
    for source in ("ledger", "store", "kafka"):
        report = tmp_path / f"{source}.json"
        done = baton("replay", "--as-of", "2999-01-01", "--from", source, "--out", str(report))
        assert done.returncode == 0, done.stdout + done.stderr
        found.append(json.loads(report.read_text(encoding="utf-8")))

    assert [one["outcome"] for one in found] == ["equal"] * 3
    assert found[0]["models"] == found[1]["models"] == found[2]["models"]
    assert found[0]["position"] == found[1]["position"] == found[2]["position"]
    assert {one["name"] for one in found[0]["models"]} == {projection.name for projection in all_projections}
    assert all(one["compared"] == {"as_of": [], "live": []} for one in found[0]["models"])
    assert baton("replay", "--check", str(tmp_path / "kafka.json")).returncode == 0


async def test_what_a_store_lacks_is_named(demo: StackSettings, baton: Baton, tmp_path: Path) -> None:
    """As after its end was removed by somebody who is past all rights; afterwards it is put back."""
    password = demo.password(SUPERUSER)
    assert password
    store = await asyncpg.connect(demo.dsn(SUPERUSER, "cpd", password), timeout=10)
    try:
        await store.execute("set session_replication_role = replica")
        end = await store.fetchval("select max(logindex) from log")
        async with store.transaction():
            tail = await store.fetch("delete from log where logindex > $1 returning *", end - 3)
        found = baton("replay", "support", "--as-of", "2999-01-01", "--from", "store", "--out", str(tmp_path / "lacks"))
        await store.copy_records_to_table("log", records=map(tuple, tail))
    finally:
        await store.close()

    assert f"the source lacks: cpd/{end - 2} to {end}" in found.stdout
    assert found.returncode in (1, 2)
    assert re.search(r"store: events read: [\d,]+ of [\d,]+, [\d,]+/s", found.stderr), found.stderr
