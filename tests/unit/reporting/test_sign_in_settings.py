"""With which provider people sign in: what has to be said of it, and that production has one."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.reporting.config import Settings

TOLD = {
    "port": 1,
    "dsn": "d",
    "vault_dsn": "v",
    "kafka": "k",
    "kafka_user": "u",
    "kafka_password": "p",
    "master_key_file": "/keys/master.key",
    "environment": "production",
    "access": "signed_in",
    "issuers": [{"issuer": "https://idp.example"}],
    "sign_in": {"issuer": "https://idp.example", "client_id": "dashboard"},
    "sign_in_secret": "s",
    "public_address": "https://baton.example",
}


def settings(**changes: Any) -> Settings:
    return Settings.model_validate({name: told for name, told in (TOLD | changes).items() if told is not None})


def test_whoever_sees_judgements_shows_a_second_factor_unless_it_is_said_otherwise() -> None:
    described = settings().sign_in

    assert described is not None
    assert described.second_factor == {"amr": {"mfa"}}
    assert described.second_factor_roles == {"trust_leader", "school_leader", "hr", "auditor"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sign_in": None}, "in production people sign in with the trust's provider"),
        ({"sign_in": {"issuer": "https://another.example", "client_id": "x"}}, "its issuer is none of BATON_ISSUERS"),
        ({"sign_in_secret": None}, "needs BATON_SIGN_IN_SECRET and BATON_PUBLIC_ADDRESS"),
        ({"public_address": None}, "needs BATON_SIGN_IN_SECRET and BATON_PUBLIC_ADDRESS"),
        ({"access": None}, "BATON_ACCESS: in production nobody sees anything unnamed; set it to signed_in"),
        ({"public_address": "http://baton.example"}, "people reach the pages by https"),
        ({"sign_in": {"issuer": "https://idp.example", "client_id": "x", "second_factor": {}}}, "second_factor"),
        ({"sign_in": {"issuer": "https://idp.example", "client_id": "x", "second_faktor": {}}}, "second_faktor"),
    ],
)
def test_what_is_not_as_production_needs_it_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings(**changes)


def test_in_development_nobody_needs_one() -> None:
    assert settings(environment="development", sign_in=None, sign_in_secret=None).sign_in is None
