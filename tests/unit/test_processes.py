"""What a service is told by its environment, and what it must never be told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.description import SERVICES, SUPERUSER, ServiceDescription
from deploy.local.services import service_environment
from deploy.secrets import StackSecrets, ensure_secrets
from deploy.settings import StackSettings


@pytest.fixture
def settings(tmp_path: Path) -> StackSettings:
    return StackSettings(var=tmp_path / "var", master_key_file=tmp_path / "master.key", talent_port=9101)


@pytest.fixture
def known(settings: StackSettings) -> StackSecrets:
    return ensure_secrets(settings)


def environment(
    settings: StackSettings, known: StackSecrets, service: ServiceDescription = SERVICES[0], **inherited: str
) -> dict[str, str]:
    return service_environment(service, settings, known, inherited=inherited)


def test_a_service_logs_in_as_its_app_role(settings: StackSettings, known: StackSecrets) -> None:
    told = environment(settings, known)

    password = known.passwords["talent_app"]
    assert told["BATON_DSN"] == f"postgresql://talent_app:{password}@127.0.0.1:5433/talent"
    assert told["BATON_VAULT_DSN"] == f"postgresql://talent_app:{password}@127.0.0.1:5433/vault"
    assert told["BATON_PORT"] == "9101"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_no_service_learns_another_roles_password(
    settings: StackSettings, known: StackSecrets, service: ServiceDescription
) -> None:
    told = json.dumps(environment(settings, known, service))

    others = {role: word for role, word in known.passwords.items() if role != service.app}
    assert SUPERUSER in others
    assert [role for role, word in others.items() if word in told] == []


def test_a_service_knows_where_its_peers_are(settings: StackSettings, known: StackSecrets) -> None:
    peers = json.loads(environment(settings, known)["BATON_PEERS"])

    assert peers["talent"] == "http://127.0.0.1:9101"
    assert peers["reporting"] == "http://127.0.0.1:8100"
    assert set(peers) == {service.name for service in SERVICES}


def test_what_the_shell_says_of_databases_is_not_passed_on(settings: StackSettings, known: StackSecrets) -> None:
    told = environment(
        settings,
        known,
        PGPASSWORD="x",
        BATON_EXTERNAL_POSTGRES="postgresql://root@elsewhere",
        BATON_CRASHPOINT="relay.after_ack",
        PATH="/bin",
    )

    assert "PGPASSWORD" not in told
    assert "BATON_EXTERNAL_POSTGRES" not in told
    assert told["BATON_CRASHPOINT"] == "relay.after_ack"
    assert told["PATH"] == "/bin"


def test_the_clock_is_simulated_only_when_asked_for(settings: StackSettings, known: StackSecrets) -> None:
    inherited = {"BATON_CLOCK_FILE": "/elsewhere"}

    plain = service_environment(SERVICES[0], settings, known, inherited=inherited)
    moved = service_environment(SERVICES[0], settings, known, inherited=inherited, simulated_clock=True)

    assert "BATON_CLOCK_FILE" not in plain
    assert moved["BATON_CLOCK_FILE"] == str(settings.var / "clock" / "clock.json")


def test_services_get_the_half_of_the_issuers_key_that_signs_nothing(
    settings: StackSettings, known: StackSecrets
) -> None:
    told = environment(settings, known)

    key = json.loads(Path(told["BATON_ISSUER_KEY_FILE"]).read_text())
    assert key["crv"] == "Ed25519"
    assert "d" not in key
    assert "d" in json.loads(known.issuer_key_file.read_text())
