"""A service is told its settings in its environment or, what is secret, in files of the same names."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.settings import ServiceSettings


@pytest.fixture(autouse=True)
def _told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = {
        "BATON_SERVICE": "talent",
        "BATON_PORT": "8101",
        "BATON_KAFKA": "kafka:9092",
        "BATON_MASTER_KEY_FILE": "/keys/master.key",
        "BATON_ISSUER_KEY_FILE": "/keys/issuer.jwk",
        "BATON_SECRETS": str(tmp_path),
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "baton_dsn").write_text("postgresql://talent_app:from-a-file@postgres/talent\n")
    (tmp_path / "baton_vault_dsn").write_text("postgresql://talent_app:from-a-file@postgres/vault")


def test_secrets_are_read_from_files() -> None:
    settings = ServiceSettings()

    assert settings.dsn.get_secret_value() == "postgresql://talent_app:from-a-file@postgres/talent"
    assert settings.port == 8101


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_DSN", "postgresql://elsewhere")

    assert ServiceSettings().dsn.get_secret_value() == "postgresql://elsewhere"


def test_without_the_directory_files_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BATON_SECRETS")

    with pytest.raises(ValidationError, match="dsn"):
        ServiceSettings()


def test_showing_them_shows_no_secret() -> None:
    assert "from-a-file" not in repr(ServiceSettings())
