"""A demo takes away what an earlier demo left, and nothing that somebody else made."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.demo.room import make_room
from deploy.errors import Unmet
from deploy.settings import StackSettings


@pytest.fixture
def settings(tmp_path: Path) -> StackSettings:
    return StackSettings(var=tmp_path / "var", master_key_file=tmp_path / "master.key")


def quiet(_step: str) -> None:
    pass


def leave_data(settings: StackSettings) -> list[Path]:
    """What a stack leaves: data, and what takes long to get again."""
    files = ["postgres/PG_VERSION", "kafka/data/meta.properties", "log/talent.log", "clock/clock.json"]
    kept = ["kafka/libs/kafka.jar", "secrets/baton.password"]
    for name in (*files, *kept):
        path = settings.var / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    return [settings.var / name for name in files]


async def test_the_first_demo_marks_its_data(settings: StackSettings) -> None:
    await make_room(settings, 1, quiet)

    assert (settings.var / "demo.json").read_text() == '{"seed": 1}'


async def test_an_earlier_demos_data_is_removed_and_what_took_long_is_kept(settings: StackSettings) -> None:
    await make_room(settings, 1, quiet)
    left = leave_data(settings)

    await make_room(settings, 2, quiet)

    assert not any(path.exists() for path in left)
    assert (settings.var / "kafka" / "libs" / "kafka.jar").exists()
    assert (settings.var / "secrets" / "baton.password").exists()


async def test_data_that_no_demo_made_is_left_alone(settings: StackSettings) -> None:
    left = leave_data(settings)

    with pytest.raises(Unmet, match="no demo made"):
        await make_room(settings, 1, quiet)

    assert all(path.exists() for path in left)
    assert not (settings.var / "demo.json").exists()


async def test_jars_alone_are_no_data(settings: StackSettings) -> None:
    (settings.var / "kafka" / "libs").mkdir(parents=True)

    await make_room(settings, 1, quiet)
