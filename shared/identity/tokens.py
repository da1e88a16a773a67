"""Tokens: what is signed by who is trusted, and claims what it has to, proves somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from joserfc import jws
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwt import JWTClaimsRegistry
from joserfc.util import urlsafe_b64decode

from shared.contracts import canonical
from shared.identity.issuers import Issuer
from shared.identity.keys import Keys
from shared.identity.principal import NotAuthenticated, Principal, Reason, Role

leeway_seconds = 5
longest = 8 * 1024
_parts = 3  # header, claims, signature: one of five parts is encrypted, and ours are not
_known_headers = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})
"""A token brings no key of its own (`jwk`, `jku`, `x5c`, `x5u`), nothing critical (`crit`), no token inside (`cty`)."""
_of_an_id_token = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})
"""What providers that call everything `JWT` put into an ID token or a logout token, and never into an access token."""

_unfit = "This token is not one that this platform takes: ask your provider for a new one, made for this platform."
_expired = "The token has expired: ask for a new one."


@dataclass(frozen=True, slots=True)
class Trusted:
    """An issuer, and its keys."""

    issuer: Issuer
    keys: Keys


@dataclass(frozen=True, slots=True)
class Signed:
    """What an issuer has signed; nothing of what it claims is checked yet, but who signed it."""

    issuer: Issuer
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class Verifier:
    """Checks tokens of the issuers that are trusted. Whoever made one up learns nothing of why it is refused.

    Args:
        trusted: those issuers.
        now: the real time: a token does not live longer because a demo's clock stands still.
    """

    def __init__(self, trusted: Iterable[Trusted], now: Callable[[], datetime]) -> None:
        self._trusted = {one.issuer.issuer: one for one in trusted}
        self._now = now

    async def principal(self, authorization: str | None) -> Principal:
        """The caller of an `Authorization: Bearer …` header.

        Raises:
            NotAuthenticated: there is no token, or it does not hold.
            IssuerUnreachable: nobody can say whether it does.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated("Send a token: Authorization: Bearer …", "missing")
        return await self.bearer(token)

    async def bearer(self, token: str) -> Principal:
        """The caller whose access token this is.

        Raises:
            NotAuthenticated, IssuerUnreachable: as above.
        """
        signed = await self.signed(token)
        self._check_claims(signed)
        return _principal(signed)

    async def signed(self, token: str) -> Signed:
        """What a token says, of which kind it may be, once it is known that an issuer signed exactly this.

        Raises:
            NotAuthenticated, IssuerUnreachable: as above.
        """
        header, claims = _read(token)
        name = claims.get("iss")
        trusted = self._trusted.get(name) if isinstance(name, str) else None
        if trusted is None:
            _refuse("issuer")
        kid = header.get("kid")
        key = await trusted.keys.find(kid) if kid is None or isinstance(kid, str) else None
        if key is None:
            _refuse("signature")
        try:
            jws.deserialize_compact(token, key, algorithms=trusted.issuer.algorithms)
        except (JoseError, ValueError):
            _refuse("signature")
        return Signed(trusted.issuer, header, claims)

    def _check_claims(self, signed: Signed) -> None:
        issuer, claims = signed.issuer, signed.claims
        if signed.header.get("typ") not in issuer.token_types or claims.keys() & _of_an_id_token:
            _refuse("type")
        if claims.get("typ", "Bearer") != "Bearer":  # Keycloak's word for what a token is for
            _refuse("type")
        registry = JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=leeway_seconds,
            iss={"essential": True, "value": issuer.issuer},
            aud={"essential": True, "value": issuer.audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            registry.validate(dict(claims))
        except ExpiredTokenError:
            raise NotAuthenticated(_expired, "expired") from None
        except JoseError as error:
            _refuse(_reasons.get(getattr(error, "claim", ""), "claims"))


def _read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A token's header and claims as it says them, unproven; read as strictly as all else that comes from outside."""
    parts = token.split(".") if len(token) <= longest else []
    if len(parts) != _parts:
        _refuse("malformed")
    try:
        header, claims = (canonical.loads(urlsafe_b64decode(part.encode("ascii"))) for part in parts[:2])
    except ValueError:
        _refuse("malformed")
    if not (isinstance(header, dict) and isinstance(claims, dict) and header.keys() <= _known_headers):
        _refuse("malformed")
    return header, claims


def _principal(signed: Signed) -> Principal:
    """Whom it proves; of a machine only which client it is: what that may speak for, no token says."""
    issuer, claims = signed.issuer, signed.claims
    roles, client = _roles(signed), claims.get("client_id", claims.get("azp"))
    if roles == {"school_system"} and isinstance(client, str) and client:
        return Principal(client, roles, "", client=client)
    if issuer.clients and client not in issuer.clients:
        _refuse("client")
    trustuid = issuer.trustuid or claims.get(issuer.trust_claim)
    if not isinstance(trustuid, str) or not trustuid:
        _refuse("trust")
    urns = _texts(claims.get(issuer.urns_claim, []))
    if urns is None:
        _refuse("urns")
    return Principal(claims["sub"], roles, trustuid, urns)


def _roles(signed: Signed) -> frozenset[Role]:
    roles = _texts(signed.claims.get(signed.issuer.roles_claim))
    if not roles or not roles <= signed.issuer.roles:
        _refuse("roles")
    return frozenset(role for role in signed.issuer.roles if role in roles)


def _texts(content: Any) -> frozenset[str] | None:
    """The texts of a list of texts; None when it is none."""
    listed = isinstance(content, list) and all(isinstance(text, str) and text for text in content)
    return frozenset(content) if listed else None


_reasons: Mapping[str, Reason] = {"aud": "audience", "iat": "not_yet", "nbf": "not_yet"}


def _refuse(reason: Reason) -> NoReturn:
    raise NotAuthenticated(_unfit, reason)
