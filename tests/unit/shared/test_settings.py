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


def production(monkeypatch: pytest.MonkeyPatch, **told: str | None) -> ServiceSettings:
    own = {
        "BATON_ENVIRONMENT": "production",
        "BATON_KAFKA_USER": "talent",
        "BATON_KAFKA_PASSWORD": "secret",
        "BATON_ISSUERS": '[{"issuer": "https://idp.example"}]',
        "BATON_ISSUER_KEY_FILE": None,
    }
    for name, text in (own | told).items():
        monkeypatch.delenv(name, raising=False)
        if text is not None:
            monkeypatch.setenv(name, text)
    return ServiceSettings()


def test_production_trusts_the_trusts_own_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    [provider] = production(monkeypatch).issuers

    assert (provider.issuer, provider.audience, set(provider.algorithms)) == ("https://idp.example", "baton", {"RS256"})


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"BATON_ISSUER_KEY_FILE": "/keys/issuer.jwk"}, "BATON_ISSUER_KEY_FILE: production trusts no built-in issuer"),
        ({"BATON_ISSUERS": None}, "BATON_ISSUER"),
        ({"BATON_ISSUERS": '[{"issuer": "http://idp.example"}]'}, "by https alone"),
        (
            {"BATON_ISSUERS": '[{"issuer": "https://idp.example", "jwks_uri": "http://idp.example/keys"}]'},
            "by https alone",
        ),
        (
            {"BATON_ISSUERS": '[{"issuer": "https://a.example"}, {"issuer": "https://a.example"}]'},
            "name each issuer once",
        ),
    ],
)
def test_production_trusts_nobody_else(told: dict[str, str | None], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match=said):
        production(monkeypatch, **told)


def test_somebody_has_to_sign_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BATON_ISSUER_KEY_FILE")

    with pytest.raises(ValidationError, match="without either, nobody proves who they are"):
        ServiceSettings()


def test_production_waits_as_long_as_keys_may_be_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_KEYS_REMEMBERED", "[1, 0.5]")
    assert ServiceSettings().keys_remembered == (1, 0.5)

    with pytest.raises(ValidationError, match="waits until keys are forgotten"):
        production(monkeypatch, BATON_KEYS_REMEMBERED="[1, 0.5]")
