"""`baton replay` on the demo: every read model, from everywhere, at two moments; and a report that somebody changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.trust import TERM_DATES
from deploy.settings import StackSettings
from services.reporting.composition import all_projections
from tests.e2e.conftest import Baton

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

HALF_TERM = next(term for term in TERM_DATES["half_terms"] if term["name"] == "A2")


def replayed(baton: Baton, *arguments: str) -> Any:
    done = baton("replay", *arguments, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_every_read_model_is_the_same_from_everywhere(demo: StackSettings, baton: Baton, tmp_path: Path) -> None:
    for day, models in ((HALF_TERM["starts_on"], ["loop", "people"]), ("2999-01-01", [])):
        found = [
            replayed(baton, *models, "--as-of", day, "--from", source, "--out", str(tmp_path / f"{day}-{source}.json"))
            for source in ("ledger", "store", "kafka")
        ]

        assert [one["outcome"] for one in found] == ["equal"] * 3
        assert found[0]["models"] == found[1]["models"] == found[2]["models"]
        assert found[0]["position"] == found[1]["position"] == found[2]["position"]
        assert {one["name"] for one in found[0]["models"]} == set(models or [p.name for p in all_projections])
        assert all(("live" in one["compared"]) == (not models) for one in found[0]["models"])


def test_a_report_that_was_changed_is_not_what_was_signed(demo: StackSettings, baton: Baton, tmp_path: Path) -> None:
    report = tmp_path / "replay.json"
    key = replayed(baton, "capacity", "--as-of", HALF_TERM["ends_on"], "--out", str(report))["key"]
    written = report.read_text(encoding="utf-8")

    assert baton("replay", "--check", str(report)).returncode == 0
    assert baton("replay", "--check", str(report), "--key", key).returncode == 0
    report.write_text(written.replace('"equal"', '"different"'), encoding="utf-8")
    changed = baton("replay", "--check", str(report), "--key", key)
    assert (changed.returncode, "ALTERED" in changed.stdout) == (1, True)
    report.write_text(written, encoding="utf-8")
    assert baton("replay", "--check", str(report), "--key", str(demo.checkpoints / "talent.key")).returncode == 2
    again = baton("replay", "capacity", "--as-of", HALF_TERM["ends_on"], "--out", str(report))
    assert (again.returncode, "nothing is overwritten" in again.stderr) == (2, True)
