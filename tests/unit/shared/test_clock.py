"""The simulated clock: one file, the same time for every process, ticking on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from shared.clock import SimulatedClock, SystemClock
from shared.settings import ServiceSettings

MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
A_MOMENT = timedelta(seconds=30)


def test_it_is_the_real_time_until_it_is_moved(tmp_path: Path) -> None:
    clock = SimulatedClock(tmp_path / "clock.json")

    assert abs(clock.now() - SystemClock().now()) < A_MOMENT
    assert (clock.simulated, SystemClock().simulated) == (True, False)


def test_every_process_sees_a_move_at_once_and_the_clock_ticks_on(tmp_path: Path) -> None:
    mine, theirs = SimulatedClock(tmp_path / "clock.json"), SimulatedClock(tmp_path / "clock.json")
    theirs.now()

    for when in (MONDAY, MONDAY + timedelta(days=3)):
        mine.move_to(when)
        first, second = theirs.now(), theirs.now()

        assert timedelta() <= first - when < A_MOMENT
        assert first <= second


def test_production_refuses_it(tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "service": "talent",
        "port": 8101,
        "dsn": SecretStr("postgresql://x"),
        "vault_dsn": SecretStr("postgresql://x"),
        "kafka": "127.0.0.1:9092",
        "master_key_file": tmp_path / "key",
        "issuer_key_file": tmp_path / "issuer",
        "clock_file": tmp_path / "clock.json",
    }

    assert ServiceSettings(**settings).clock_file is not None
    with pytest.raises(ValidationError, match="BATON_CLOCK_FILE"):
        ServiceSettings(**settings, environment="production")
