"""Tokens: what is signed is believed, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared.identity import NotAuthenticated, Principal, Verifier, issue
from shared.identity.issuing import algorithm

NOW = datetime(2026, 11, 16, 10, tzinfo=UTC)
HEAD = Principal("person-7", frozenset({"school_leader"}), "99001", frozenset({"900001"}))

Sign = Callable[..., str]


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    key = OKPKey.generate_key("Ed25519")
    private, public = tmp_path / "issuer.jwk", tmp_path / "issuer.public.jwk"
    private.write_text(json.dumps(key.as_dict(private=True)))
    public.write_text(json.dumps(key.as_dict(private=False)))
    return private, public


@pytest.fixture
def verifier(keys: tuple[Path, Path]) -> Verifier:
    return Verifier(keys[1], lambda: NOW)


@pytest.fixture
def sign(keys: tuple[Path, Path]) -> Sign:
    """Signs claims with the issuer's own key, whatever they say."""
    key = OKPKey.import_key(json.loads(keys[0].read_text()))
    good = {
        "iss": "baton-local",
        "aud": "baton",
        "sub": "person-7",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 60,
        "roles": ["school_leader"],
        "trustuid": "99001",
        "urns": ["900001"],
    }

    def signed(typ: str = "at+jwt", **changes: Any) -> str:
        claims = {name: content for name, content in (good | changes).items() if content is not None}
        return jwt.encode({"alg": algorithm, "typ": typ}, claims, key, algorithms=[algorithm])

    return signed


async def test_what_was_issued_is_the_principal_again(keys: tuple[Path, Path], verifier: Verifier) -> None:
    token = issue(keys[0], HEAD, now=NOW, lasts=timedelta(hours=1))

    assert await verifier.principal(f"Bearer {token}") == HEAD


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody-else"},
        {"iss": ["baton-local"]},
        {"aud": "another-service"},
        {"aud": None},
        {"exp": int(NOW.timestamp()) - 60},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": int(NOW.timestamp()) + 60},
        {"sub": None},
        {"sub": ""},
        {"trustuid": None},
        {"trustuid": 99001},
        {"roles": None},
        {"roles": "trust_leader"},
        {"roles": ["king"]},
        {"roles": [{"role": "trust_leader"}]},
        {"urns": "900001"},
        {"urns": [900001]},
        {"typ": "JWT"},
    ],
)
async def test_a_signed_token_with_a_wrong_claim_is_refused(
    changes: dict[str, Any], sign: Sign, verifier: Verifier
) -> None:
    assert (await verifier.principal(f"Bearer {sign()}")).subject == "person-7"

    with pytest.raises(NotAuthenticated):
        await verifier.principal(f"Bearer {sign(**changes)}")


async def test_another_key_another_algorithm_and_no_signature_are_refused(
    keys: tuple[Path, Path], verifier: Verifier, sign: Sign
) -> None:
    claims = {"iss": "baton-local", "aud": "baton", "sub": "x", "roles": ["trust_leader"], "trustuid": "99001"}
    stranger = OKPKey.generate_key("Ed25519")
    secret = OctKey.import_key(keys[1].read_bytes().ljust(64))
    forged = [
        jwt.encode({"alg": algorithm, "typ": "at+jwt"}, claims, stranger, algorithms=[algorithm]),
        jwt.encode({"alg": "HS256", "typ": "at+jwt"}, claims, secret, algorithms=["HS256"]),
        "eyJhbGciOiJub25lIn0." + sign().split(".")[1] + ".",
        sign() + "x",
        sign().rpartition(".")[0],
        "not a token",
    ]

    for token in forged:
        with pytest.raises(NotAuthenticated):
            await verifier.principal(f"Bearer {token}")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwdw=="])
async def test_without_a_token_nobody_is_anybody(header: str | None, verifier: Verifier) -> None:
    with pytest.raises(NotAuthenticated, match="Send a token"):
        await verifier.principal(header)
