"""What an operator's command writes is for its owner's eyes, and is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.errors import Unmet
from deploy.private_file import new_private_directory, new_private_file, private_file


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    for number, open_file in enumerate((new_private_file, private_file)):
        path = tmp_path / str(number)
        with open_file(path) as out:
            assert path.stat().st_mode & 0o777 == 0o600
            out.write(b"secret")

        assert path.read_bytes() == b"secret"


def test_what_others_could_read_they_can_no_more(tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.touch(mode=0o644)

    with private_file(path):
        assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_text("older")

    with pytest.raises(Unmet, match="exists already"), new_private_file(path):
        pass

    assert path.read_text() == "older"


def test_a_file_that_was_not_finished_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "half"

    with pytest.raises(ZeroDivisionError), new_private_file(path) as out:
        out.write(bytes(1 // 0))

    assert not path.exists()


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    for open_file in (new_private_file, private_file):
        with (
            pytest.raises(Unmet, match="cannot be written: No such file or directory"),
            open_file(tmp_path / "no" / "x"),
        ):
            pass


def test_a_directory_is_there_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new"

    def fail() -> None:
        with new_private_directory(path) as draft:
            (draft / "half").write_text("secret")
            assert draft.stat().st_mode & 0o777 == 0o700
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []

    with new_private_directory(path) as draft:
        (draft / "whole").write_text("secret")

    assert [(found.name, found.stat().st_mode & 0o777) for found in tmp_path.iterdir()] == [("new", 0o700)]
    with pytest.raises(Unmet, match="exists already"), new_private_directory(path):
        pass
