"""A short storm on the real thing: every kind of process is killed once, and nothing is lost or doubled."""

from __future__ import annotations

import os

import pytest

from tests.faults.oracle import judge
from tests.faults.planting import PLANTS
from tests.faults.rows.storm import STORM
from tests.faults.running import play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
SEED = int(os.environ.get("BATON_FAULT_SEED", "1"))


async def test_every_process_is_killed_and_nothing_is_lost() -> None:
    result = await play(STORM, SEED, full=False, say=print)

    assert result.anomalies == [], f"seed {SEED}"
    assert result.missed == [], f"seed {SEED}"
    assert result.kills >= 6
    unnamed = {
        plant.__name__: name
        for plant, name in PLANTS.items()
        if name not in {anomaly.name for anomaly in judge(plant(result.history))}
    }
    assert unnamed == {}, "planted into this run's own history"
