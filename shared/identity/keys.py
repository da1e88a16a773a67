"""An issuer's public keys: of the built-in one from its file, of a provider fetched, kept, and fetched again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, OKPKey

from shared.contracts import canonical
from shared.identity.issuers import Provider

log = structlog.get_logger()

Found = TypeVar("Found")

kept_s = 600.0
"""A key that a provider has withdrawn opens nothing after so long."""
at_most_every_s = 30.0
"""However many tokens name keys that nobody knows, a provider is asked no more often."""
_patience_s = 5.0
_longest_s = 10.0
"""For all that it takes to ask: one that answers drop by drop holds nobody up for longer."""
_largest_bytes = 256 * 1024


class IssuerUnreachable(Exception):
    """A provider's keys are not known and cannot be had at the moment, so nobody can say whether a token holds."""


class Keys(Protocol):
    """The keys of one issuer."""

    async def find(self, kid: str | None) -> Key | None:
        """The key of this id; None when there is none.

        Raises:
            IssuerUnreachable: nothing is known of its keys.
        """


class KeyFile:
    """The built-in issuer's one key, which its tokens need not name."""

    def __init__(self, public_key_file: Path) -> None:
        self._key = OKPKey.import_key(json.loads(public_key_file.read_text(encoding="utf-8")))

    async def find(self, kid: str | None) -> Key | None:
        """The key, unless another is meant."""
        return self._key if kid in (None, self._key.kid) else None


class Fetched(Generic[Found]):
    """Something of a provider's: fetched when it is wanted, again after a while, kept while the provider is down.

    Whoever wants what is there already does not wait for the provider: one at most does, to see whether there is newer.

    Args:
        fetch: gets it anew; raises httpx.HTTPError or ValueError, and is given up after ten seconds.
        now: seconds that only go forward.
    """

    def __init__(self, fetch: Callable[[], Awaitable[Found]], now: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._now = now
        self._found: Found | None = None
        self._fetched_at = self._asked_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def get(self, *, lacking: bool = False) -> Found:
        """What there is.

        Args:
            lacking: it lacks what is looked for: newer is wanted, as far as the provider may be asked again already.

        Raises:
            IssuerUnreachable: it was never had, and cannot be had now.
        """
        stale = self._now() - self._fetched_at > kept_s
        others_wait = self._found is not None and self._one_at_a_time.locked()
        if lacking or (stale and not others_wait):
            async with self._one_at_a_time:
                if self._now() - self._asked_at > at_most_every_s:
                    await self._renew()
        if self._found is None:
            raise IssuerUnreachable
        return self._found

    async def _renew(self) -> None:
        self._asked_at = self._now()
        try:
            async with asyncio.timeout(_longest_s):
                self._found = await self._fetch()
            self._fetched_at = self._now()
        except (httpx.HTTPError, ValueError, TimeoutError) as fault:
            log.warning("issuer_unreachable", error=type(fault).__name__, kept=self._found is not None)


class KeySet:
    """A provider's keys."""

    def __init__(self, fetched: Fetched[Mapping[str, Key]]) -> None:
        self._fetched = fetched

    async def find(self, kid: str | None) -> Key | None:
        """The key of this id, asked for anew where it is not known yet."""
        if kid is None:
            return None
        known = await self._fetched.get()
        return known.get(kid) or (await self._fetched.get(lacking=True)).get(kid)


def keys_of(provider: Provider) -> KeySet:
    """The keys where a provider has them."""

    async def fetch() -> Mapping[str, Key]:
        address = provider.jwks_uri or (await discovered(provider))["jwks_uri"]
        return signing_keys(await fetched_json(str(address)))

    return KeySet(Fetched(fetch))


async def discovered(provider: Provider) -> Mapping[str, Any]:
    """What a provider says of itself (OpenID Connect Discovery 1.0 §4).

    Raises:
        httpx.HTTPError: it does not answer.
        ValueError: what it answers is not its own, or leads from https to something that anybody between us can change.
    """
    document = await fetched_json(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    check_own(document, provider.issuer)
    return document


def check_own(document: Mapping[str, Any], issuer: str) -> None:
    """See that an issuer may say this of itself.

    Raises:
        ValueError: as above.
    """
    if document.get("issuer") != issuer or not isinstance(document.get("jwks_uri"), str):
        raise ValueError("this is not the issuer's own document")
    leads_to = [text for name, text in document.items() if name == "jwks_uri" or name.endswith("_endpoint")]
    if issuer.startswith("https://") and not all(str(address).startswith("https://") for address in leads_to):
        raise ValueError("what is reached by https names something that is not")


async def fetched_json(address: str) -> Mapping[str, Any]:
    """A JSON object that a provider has at an address. It is not followed elsewhere.

    Raises:
        httpx.HTTPError: it does not answer with one.
        ValueError: what it answers is not JSON, or too much.
    """
    async with httpx.AsyncClient(timeout=_patience_s) as client, client.stream("GET", address) as answer:
        answer.raise_for_status()
        body = bytearray()
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > _largest_bytes:
                raise ValueError("this is larger than what a provider says of itself")
    content = canonical.loads(bytes(body))
    if not isinstance(content, dict):
        raise ValueError("this is no JSON object")  # noqa: TRY004  of what a provider says, not of our own types
    return content


def signing_keys(jwks: Mapping[str, Any]) -> Mapping[str, Key]:
    """The public keys of a JWK set that sign, by their ids. What is no such key is left out: it may be for others.

    Raises:
        ValueError: this is no JWK set.
    """
    if not isinstance(jwks.get("keys"), list):
        raise ValueError("this is no JWK set")  # noqa: TRY004  the same
    found: dict[str, Key] = {}
    for each in jwks["keys"]:
        if isinstance(each, dict) and each.get("kty") in ("EC", "OKP", "RSA") and each.get("use", "sig") == "sig":
            try:
                key = JWKRegistry.import_key(each)
            except (JoseError, ValueError):
                continue
            if isinstance(key.kid, str) and key.kid:
                found[key.kid] = key
    return found
