"""What is said before the local stack is started with settings that it cannot be started with."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.errors import Unmet
from deploy.local.checks import check_hosts
from deploy.local.postgres import check_programs
from deploy.settings import StackSettings


def test_a_stack_that_is_elsewhere_is_not_started_here() -> None:
    with pytest.raises(Unmet, match=r"the settings look for talent on talent\.internal"):
        check_hosts(StackSettings(talent_host="talent.internal"))


def test_a_directory_without_postgresqls_programs_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unmet, match=f"BATON_POSTGRES_PROGRAMS is {tmp_path}, and PostgreSQL's programs are not there"):
        check_programs(tmp_path)
