"""`baton replay` on the demo: every read model from everywhere, and its report is signed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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
