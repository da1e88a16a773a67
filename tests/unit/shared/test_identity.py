"""Tokens: what is signed by who is trusted is believed, and nothing else."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey
from packaging.version import Version
from pydantic import ValidationError

from shared.identity import (
    BUILT_IN,
    IssuerUnreachable,
    NotAuthenticated,
    Principal,
    Provider,
    Trusted,
    Verifier,
)
from shared.identity import keys as identity_keys
from shared.identity.keys import Fetched, KeySet, at_most_every_s, check_own, kept_s, signing_keys
from tests.support.forging import FORGED, LEADER, Forge
from tests.support.own_issuer import OwnIssuer

NOW = datetime(2026, 11, 16, 10, tzinfo=UTC)
HEAD = Principal("person-7", frozenset({"school_leader"}), "99001", frozenset({"900001"}))
PROVIDER = Provider(
    issuer="https://idp.example/realms/trust",
    token_types={"JWT"},
    clients={"dashboard"},
    roles_claim="https://baton.example/roles",
    trust_claim="mat",
    urns_claim="schools",
)


@pytest.fixture(scope="module")
def rsa() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "key-1"})


@pytest.fixture
def built_in(tmp_path: Path) -> tuple[Forge, Verifier]:
    issuer = OwnIssuer(tmp_path, lambda: NOW)
    return issuer.forge(), issuer.verifier


@pytest.fixture
def provider(rsa: RSAKey) -> tuple[Forge, Verifier]:
    async def fetch() -> Mapping[str, Key]:
        return signing_keys({"keys": [rsa.as_dict(private=False)]})

    forge = Forge(PROVIDER, rsa, NOW, type="JWT", more={"azp": "dashboard", "typ": "Bearer"})
    return forge, Verifier([Trusted(PROVIDER, KeySet(Fetched(fetch)))], lambda: NOW)


@pytest.mark.parametrize("who", ["built_in", "provider"])
async def test_what_holds_is_the_principal(who: str, request: pytest.FixtureRequest) -> None:
    forge, verifier = request.getfixturevalue(who)

    assert await verifier.principal(f"Bearer {forge.token()}") == LEADER
    assert await verifier.principal(f"bearer {forge.token(aud=['account', 'baton'])}") == LEADER


@pytest.mark.parametrize("wrong", FORGED)
@pytest.mark.parametrize("who", ["built_in", "provider"])
async def test_what_is_forged_or_stale_proves_nobody(who: str, wrong: str, request: pytest.FixtureRequest) -> None:
    forge, verifier = request.getfixturevalue(who)

    with pytest.raises(NotAuthenticated) as refused:
        await verifier.principal(f"Bearer {FORGED[wrong](forge)}")

    expired = wrong == "expired"
    assert str(refused.value).startswith("The token has expired" if expired else "This token is not one")


async def test_what_was_issued_is_the_principal_again(tmp_path: Path) -> None:
    issuer = OwnIssuer(tmp_path, lambda: NOW)

    assert await issuer.verifier.principal(issuer.proof(HEAD)["authorization"]) == HEAD


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwdw=="])
async def test_without_a_token_nobody_is_anybody(header: str | None, built_in: tuple[Forge, Verifier]) -> None:
    with pytest.raises(NotAuthenticated, match="Send a token"):
        await built_in[1].principal(header)


async def test_a_token_of_another_client_is_refused(provider: tuple[Forge, Verifier]) -> None:
    forge, verifier = provider

    for claims in ({"azp": "another"}, {"azp": None}, {"client_id": "another"}):
        with pytest.raises(NotAuthenticated) as refused:
            await verifier.bearer(forge.token(**claims))
        assert refused.value.reason == "client"


async def test_a_machines_token_says_which_client_it_is_and_no_more(provider: tuple[Forge, Verifier]) -> None:
    forge, verifier = provider
    roles = {PROVIDER.roles_claim: ["school_system"]}

    who = await verifier.bearer(forge.token(None, azp="harbour-mis", **roles))

    assert who == Principal("harbour-mis", frozenset({"school_system"}), "", client="harbour-mis")
    with pytest.raises(NotAuthenticated):
        await verifier.bearer(forge.token(None, azp=None, **roles))


async def test_one_issuers_key_signs_nothing_for_another(
    built_in: tuple[Forge, Verifier], provider: tuple[Forge, Verifier], tmp_path: Path
) -> None:
    trusted = [*built_in[1]._trusted.values(), *provider[1]._trusted.values()]
    both = Verifier(trusted, lambda: NOW)
    crossed = Forge(BUILT_IN, provider[0].key, NOW)

    assert await both.bearer(provider[0].token()) == LEADER
    for token in (crossed.token(), crossed.token({"alg": "Ed25519"})):
        with pytest.raises(NotAuthenticated):
            await both.bearer(token)


async def test_a_provider_speaks_for_its_own_trust_and_gives_its_own_roles(rsa: RSAKey) -> None:
    own = Provider(issuer="https://idp.example", trustuid="99001", roles={"hr"})

    async def fetch() -> Mapping[str, Key]:
        return {"key-1": rsa}

    verifier = Verifier([Trusted(own, KeySet(Fetched(fetch)))], lambda: NOW)
    forge = Forge(own, rsa, NOW)

    assert (await verifier.bearer(forge.token(roles=["hr"], trustuid="99002"))).trustuid == "99001"
    with pytest.raises(NotAuthenticated):
        await verifier.bearer(forge.token(roles=["hr", "trust_leader"]))
    with pytest.raises(NotAuthenticated):
        await verifier.bearer(forge.token(roles=["service"]))


class Asked:
    """A provider that may be down, and the time."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] | None = {"a": OKPKey.generate_key("Ed25519")}
        self.times = 0
        self.at = 1_000.0
        self.waits: asyncio.Event | None = None
        self.known = KeySet(Fetched(self.fetch, lambda: self.at))

    async def fetch(self) -> Mapping[str, Key]:
        self.times += 1
        if self.waits is not None:
            await self.waits.wait()
        if self.keys is None:
            raise httpx.ConnectError("down")
        return dict(self.keys)


async def test_keys_are_fetched_once_and_again_for_an_unknown_one_but_not_often() -> None:
    asked = Asked()
    assert [await asked.known.find("a"), await asked.known.find("a")] == [asked.keys["a"]] * 2 if asked.keys else None
    assert asked.times == 1

    asked.keys = {"b": OKPKey.generate_key("Ed25519")}
    assert [await asked.known.find(f"unknown-{n}") for n in range(50)] == [None] * 50
    assert asked.times == 1
    asked.at += at_most_every_s + 1

    assert await asked.known.find("b") is asked.keys["b"]
    assert await asked.known.find("a") is None
    assert asked.times == 2


async def test_keys_are_kept_while_the_provider_is_down_and_forgotten_when_it_withdraws_them() -> None:
    asked = Asked()
    kept = await asked.known.find("a")
    known, asked.keys = asked.keys, None
    asked.at += kept_s + 1
    assert await asked.known.find("a") is kept

    assert known is not None
    asked.keys = {"b": known["a"]}
    asked.at += at_most_every_s + 1
    assert await asked.known.find("a") is None


async def test_while_the_provider_is_slow_whoever_has_a_known_key_does_not_wait() -> None:
    asked, goes_on = Asked(), asyncio.Event()
    kept = await asked.known.find("a")
    asked.at += kept_s + 1
    asked.waits = goes_on
    first = asyncio.create_task(asked.known.find("a"))
    await asyncio.sleep(0)

    assert await asked.known.find("a") is kept

    goes_on.set()
    assert await first is kept


async def test_while_no_key_was_ever_had_nobody_can_say_whether_a_token_holds() -> None:
    asked = Asked()
    asked.keys = None

    for _ in range(3):
        with pytest.raises(IssuerUnreachable):
            await asked.known.find("a")
    assert asked.times == 1


async def test_a_provider_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_keys, "_longest_s", 0.01)
    asked = Asked()
    asked.waits = asyncio.Event()

    with pytest.raises(IssuerUnreachable):
        await asked.known.find("a")


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://other.example"},
        {"jwks_uri": None},
        {"jwks_uri": "http://idp.example/keys"},
        {"token_endpoint": "http://idp.example/token"},
    ],
    ids=["another", "no_keys", "open_keys", "open_token"],
)
def test_what_a_provider_says_of_itself_is_its_own_and_by_https_if_it_is(said: dict[str, Any]) -> None:
    own = {"issuer": "https://idp.example", "jwks_uri": "https://keys.example", "token_endpoint": "https://idp.example"}
    check_own(own, "https://idp.example")

    with pytest.raises(ValueError, match="not"):
        check_own(own | said, "https://idp.example")


def test_keys_that_do_not_sign_or_are_secret_are_left_out() -> None:
    rsa, ec = RSAKey.generate_key(2048, {"kid": "rsa"}), ECKey.generate_key("P-256", {"kid": "ec"})
    left_out: list[Any] = [
        {**rsa.as_dict(private=False), "kid": "enc", "use": "enc"},
        OctKey.generate_key(256, {"kid": "oct"}).as_dict(),
        {"kty": "EC", "kid": "broken"},
        {name: text for name, text in rsa.as_dict(private=False).items() if name != "kid"},
        "no key",
    ]

    assert set(signing_keys({"keys": [rsa.as_dict(private=False), ec.as_dict(private=False), *left_out]})) == {
        "rsa",
        "ec",
    }


@pytest.mark.parametrize(
    "told",
    [
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"algorithms": []},
        {"issuer": "idp.example"},
        {"jwks_uri": "file:///etc/passwd"},
        {"audiense": "baton"},
        {"token_types": ["JOSE"]},
    ],
)
def test_a_provider_is_described_as_it_has_to_be(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Provider.model_validate({"issuer": "https://idp.example", **told})


MENDED = {
    # CVE-2026-62995 (padded), CVE-2026-75509 (a list as `iss`) and, in what is unused here, -102946, -49852 and -48990
    "joserfc": "1.7.7",
    # CVE-2025-59420, CVE-2026-27962, -96760, -114615 and -114616: all of its own jose, which nothing here imports
    "authlib": "1.9.10",
}


def test_the_libraries_are_those_in_which_what_is_known_is_mended() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = dict(line.split(">=") for line in project["dependencies"] if line.count(">=") == 1)

    assert {
        package: Version(oldest[package]) >= Version(mended) for package, mended in MENDED.items()
    } == dict.fromkeys(MENDED, True)
