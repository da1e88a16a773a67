"""Ports and places can be set; addresses are put together and shown with care."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.description import SERVICES
from deploy.dsn import postgres_dsn, with_database, with_role, without_password
from deploy.errors import Unmet
from deploy.settings import ROOT, StackSettings, stack_settings


def test_what_is_not_said_is_as_described(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = ("KAFKA", "POSTGRES", "MAIL", *(service.name.upper() for service in SERVICES))
    for name in ("VAR", *(f"{part}_PORT" for part in parts)):
        monkeypatch.delenv(f"BATON_{name}", raising=False)
    settings = StackSettings()

    assert settings.var == ROOT / "var"
    assert settings.ports() == {
        "PostgreSQL": 5433,
        "Kafka": 9092,
        "mail": 2525,
        "talent": 8101,
        "cpd": 8102,
        "collaboration": 8103,
        "reporting": 8100,
    }


def test_ports_and_places_are_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BATON_CPD_PORT", "9999")
    monkeypatch.setenv("BATON_VAR", str(tmp_path))

    settings = StackSettings()

    assert settings.url(SERVICES[1]) == "http://127.0.0.1:9999"
    assert settings.var == tmp_path


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_what_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("BATON_KAFKA_PORT", port)

    with pytest.raises(Unmet, match="BATON_KAFKA_PORT cannot be used"):
        stack_settings()


@pytest.mark.parametrize("told", ["BATON_KAFKA_USER", "BATON_KAFKA_PASSWORD"])
def test_half_of_a_login_is_not_taken_for_none(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv(told, "operator")

    with pytest.raises(Unmet, match="one is of no use without the other"):
        _ = stack_settings().cluster


def test_a_password_survives_the_address_it_is_put_in() -> None:
    assert postgres_dsn("a", "b", 1, password="p:/@ w") == "postgresql://a:p%3A%2F%40%20w@127.0.0.1:1/b"


def test_an_address_is_shown_without_its_password() -> None:
    assert without_password("postgresql://a:secret@h:1/b?x=1") == "postgresql://a@h:1/b?x=1"
    assert without_password("postgresql://h/b") == "postgresql://h/b"


def test_an_address_can_lead_elsewhere_on_the_same_server() -> None:
    assert with_database("postgresql://a:s@h:1/b", "c") == "postgresql://a:s@h:1/c"
    assert with_role("postgresql://a:s@h:1/b", "r", "p", "c") == "postgresql://r:p@h:1/c"


def test_an_operator_of_another_kafka_says_who_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, text in {"USER": "ops", "PASSWORD": "a secret", "CA_FILE": str(tmp_path / "ca.pem")}.items():
        monkeypatch.setenv(f"BATON_KAFKA_{name}", text)

    login = stack_settings().cluster.login

    assert login is not None
    assert (login.user, login.password, login.ca_file) == ("ops", "a secret", tmp_path / "ca.pem")
