"""Who may do what at a page, and who may sign in by saying who they are."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from services.reporting.config import Settings
from services.reporting.seeing.rights import can
from services.reporting.signing_in.sessions import Person
from shared.identity import Deed, Principal, Role

TRUST = "99001"


def test_in_production_nobody_signs_in_by_choice(tmp_path: Path) -> None:
    told = {"port": 1, "dsn": "d", "vault_dsn": "v", "kafka": "k", "kafka_user": "u", "kafka_password": "p"}
    files = dict.fromkeys(("master_key_file", "signing_key_file"), tmp_path)
    providers = {"issuers": [{"issuer": "https://idp.example"}]}
    with pytest.raises(ValueError, match="BATON_SIGNING_KEY_FILE: the built-in issuer signs nothing in production"):
        Settings.model_validate({**told, **files, **providers, "environment": "production"})


@pytest.mark.parametrize("deed", ["read_texts", "act"])
def test_who_may_do_what(deed: Deed) -> None:
    def may(role: Role, *, trustuid: str = TRUST, urn: str | None = None) -> bool:
        person = Person(Principal("x", frozenset({role}), TRUST, frozenset({"900001"})), "X")
        return can(person, deed, trustuid=trustuid, urn=urn)

    assert [may("trust_leader", urn=urn) for urn in (None, "900001", "900002")] == [True, True, True]
    assert [may("school_leader", urn=urn) for urn in (None, "900001", "900002")] == [False, True, False]
    assert not may("trust_leader", trustuid="99002")
    assert not may("school_leader", trustuid="99002", urn="900001")
    assert [role for role in get_args(Role) if may(role, urn="900001")] == ["trust_leader", "school_leader"]
    assert not can(None, deed, trustuid=TRUST, urn="900001")


@pytest.mark.parametrize("deed", ["see_whole", "speak_for_school"])
def test_what_only_a_schools_own_leaders_do(deed: Deed) -> None:
    def may(role: Role, urn: str | None) -> bool:
        person = Person(Principal("x", frozenset({role}), TRUST, frozenset({"900001"})), "X")
        return can(person, deed, trustuid=TRUST, urn=urn)

    assert [may("school_leader", urn) for urn in ("900001", "900002", None)] == [True, False, False]
    assert [role for role in get_args(Role) if may(role, "900001")] == ["school_leader"]
