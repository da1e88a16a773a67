"""Secrets are made once, are private, and a lost or exchanged master key is noticed."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from deploy.description import ROLES, SUPERUSER
from deploy.errors import Unmet
from deploy.secrets import ensure_secrets, master_key_path
from deploy.settings import StackSettings


@pytest.fixture
def settings(tmp_path: Path) -> StackSettings:
    return StackSettings(var=tmp_path / "var", master_key_file=tmp_path / "elsewhere" / "master.key")


def test_they_are_made_once(settings: StackSettings) -> None:
    first, second = ensure_secrets(settings), ensure_secrets(settings)

    assert first == second
    assert set(first.passwords) == {SUPERUSER, *ROLES}
    assert len(set(first.passwords.values())) == len(first.passwords)


def test_nobody_else_can_read_them(settings: StackSettings) -> None:
    ensure_secrets(settings)

    files = [*(settings.var / "secrets").iterdir(), master_key_path(settings)]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (settings.var / "secrets").stat().st_mode & 0o777 == 0o700


def test_the_master_key_is_256_bits_and_not_in_var(settings: StackSettings) -> None:
    ensure_secrets(settings)

    path = master_key_path(settings)
    assert len(base64.b64decode(path.read_text())) == 32
    assert not path.is_relative_to(settings.var)


def test_by_default_it_lies_with_the_users_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("BATON_MASTER_KEY_FILE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    with_xdg = master_key_path(StackSettings())
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    without = master_key_path(StackSettings())

    assert with_xdg.relative_to(tmp_path / "configuration" / "baton").name == "master.key"
    assert without.is_relative_to(tmp_path / ".config" / "baton")


def test_showing_them_shows_none_of_them(settings: StackSettings) -> None:
    known = ensure_secrets(settings)

    assert [password for password in known.passwords.values() if password in repr(known)] == []


def test_a_lost_master_key_is_not_made_anew(settings: StackSettings) -> None:
    ensure_secrets(settings)
    master_key_path(settings).unlink()

    with pytest.raises(Unmet, match="is gone") as unmet:
        ensure_secrets(settings)

    assert unmet.value.code == "master_key_missing"
    assert not master_key_path(settings).exists()


def test_an_exchanged_master_key_is_noticed(settings: StackSettings) -> None:
    ensure_secrets(settings)
    master_key_path(settings).write_text(base64.b64encode(bytes(32)).decode())

    with pytest.raises(Unmet, match="is not the one") as unmet:
        ensure_secrets(settings)

    assert unmet.value.code == "master_key_wrong"


def test_a_damaged_master_key_is_noticed(settings: StackSettings) -> None:
    ensure_secrets(settings)
    master_key_path(settings).write_text("not a key")

    with pytest.raises(Unmet, match="holds no master key") as unmet:
        ensure_secrets(settings)

    assert unmet.value.code == "master_key_damaged"


def test_a_master_key_that_others_can_read_is_refused(settings: StackSettings) -> None:
    ensure_secrets(settings)
    master_key_path(settings).chmod(0o644)

    with pytest.raises(Unmet, match="can be read by others"):
        ensure_secrets(settings)
