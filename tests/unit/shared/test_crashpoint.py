"""A crash point kills at exactly the time that was asked for, is known by name, and is refused in production."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from shared import crashpoint
from shared.settings import ServiceSettings

ROOT = Path(__file__).parents[3]
REACHED = """
from shared import crashpoint
crashpoint.arm({armed!r})
for time in range(1, 4):
    print(time, flush=True)
    crashpoint.reach("relay.after_ack")
    crashpoint.reach("proj.after_commit")
"""


def reached(armed: str | None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", REACHED.format(armed=armed)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("armed", "times"), [("relay.after_ack", 1), ("relay.after_ack:2", 2), ("proj.after_commit:3", 3)]
)
def test_the_process_is_killed_the_nth_time_it_comes_there(armed: str, times: int) -> None:
    ended = reached(armed)

    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == [str(n + 1) for n in range(times)]


@pytest.mark.parametrize("armed", [None, "relay.after_ack:4", "relay.before_send"])
def test_who_does_not_come_there_lives(armed: str | None) -> None:
    ended = reached(armed)

    assert (ended.returncode, ended.stdout.split()) == (0, ["1", "2", "3"])


@pytest.mark.parametrize(
    "text", ["relay.somewhere", "", "relay.after_ack:0", "relay.after_ack:x", "relay.after_ack:1:kill"]
)
def test_only_points_that_are_there_can_be_armed(text: str) -> None:
    with pytest.raises(ValueError, match="crash point"):
        crashpoint.parse(text)


def test_it_can_stand_still_instead() -> None:
    assert crashpoint.parse("relay.after_ack:2:stop") == ("relay.after_ack", 2, signal.SIGSTOP)


def test_every_point_is_somewhere_in_the_code() -> None:
    code = "".join(path.read_text() for path in (ROOT / "shared").rglob("*.py"))

    assert [name for name in crashpoint.points if f'reach("{name}")' not in code] == []


def settings(tmp_path: Path, **more: Any) -> ServiceSettings:
    return ServiceSettings(
        service="talent",
        port=8101,
        dsn=SecretStr("postgresql://x"),
        vault_dsn=SecretStr("postgresql://x"),
        kafka="127.0.0.1:9092",
        master_key_file=tmp_path / "key",
        issuer_key_file=tmp_path / "issuer",
        **more,
    )


def test_production_refuses_it(tmp_path: Path) -> None:
    assert settings(tmp_path, crashpoint="relay.after_ack").crashpoint == "relay.after_ack"
    with pytest.raises(ValidationError, match="BATON_CRASHPOINT"):
        settings(tmp_path, crashpoint="relay.after_ack", environment="production")


def test_a_service_does_not_start_with_a_point_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="no crash point"):
        settings(tmp_path, crashpoint="relay.somewhere")
