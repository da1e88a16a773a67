"""`baton demo --external` refuses a stack that is not as it needs it, in one sentence, and leaves it as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.ports import free_port
from deploy.secrets import ensure_secrets
from deploy.settings import StackSettings
from tests.e2e.conftest import Baton

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


def test_a_stack_with_data_is_left_alone(baton: Baton, demo: StackSettings) -> None:
    clock = demo.clock.read_bytes()

    said = baton("demo", "--external", "--json")

    assert (said.returncode, said.stdout) == (1, "")
    assert "baton: This stack holds data already, an earlier demo's or somebody's" in said.stderr
    assert demo.clock.read_bytes() == clock


def test_a_stack_that_does_not_know_our_key_is_left_alone(baton: Baton, demo: StackSettings, tmp_path: Path) -> None:
    ensure_secrets(demo.model_copy(update={"var": tmp_path, "master_key_file": tmp_path / "master.key"}))

    said = baton("demo", "--external", BATON_VAR=str(tmp_path))

    assert said.returncode == 1
    assert f"does not take what is signed with the key in {tmp_path / 'secrets'}" in said.stderr


def test_where_nobody_answers_it_says_who_and_where(baton: Baton, demo: StackSettings) -> None:
    port = free_port()

    said = baton("demo", "--external", BATON_TALENT_PORT=str(port))

    assert said.returncode == 1
    assert f"baton: Nobody answers as talent at http://127.0.0.1:{port}." in said.stderr


def test_it_stops_nothing_since_it_started_nothing(baton: Baton, demo: StackSettings) -> None:
    said = baton("demo", "--external", "--exit")

    assert said.returncode == 2
    assert "with --external that is nothing" in " ".join(said.stderr.split())
