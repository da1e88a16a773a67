"""What is said before the local stack is started with settings that it cannot be started with."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.errors import Unmet
from deploy.local.checks import check_hosts, check_mode
from deploy.local.layout import local_kafka
from deploy.local.postgres import check_programs
from deploy.settings import StackSettings


def test_a_stack_that_is_elsewhere_is_not_started_here() -> None:
    with pytest.raises(Unmet, match=r"the settings look for talent on talent\.internal"):
        check_hosts(StackSettings(talent_host="talent.internal"))


def test_a_directory_without_postgresqls_programs_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unmet, match=f"BATON_POSTGRES_PROGRAMS is {tmp_path}, and PostgreSQL's programs are not there"):
        check_programs(tmp_path)


def test_a_stack_that_lets_everybody_in_is_not_made_a_secured_one(tmp_path: Path) -> None:
    settings = StackSettings(var=tmp_path, secure=True)
    check_mode(settings)
    (local_kafka(settings).directory / "data").mkdir(parents=True)

    with pytest.raises(Unmet, match="was first started without --secure, and its Kafka lets everybody in"):
        check_mode(settings)


def test_a_secured_stack_stays_one_whatever_is_said_later(tmp_path: Path) -> None:
    settings = StackSettings(var=tmp_path, secure=None)
    settings.kafka_ca.parent.mkdir(parents=True)
    settings.kafka_ca.touch()

    check_mode(settings)
    assert settings.is_secure
    with pytest.raises(Unmet, match="first started with --secure, and stays secured"):
        check_mode(settings.model_copy(update={"secure": False}))
