"""Who is asking: tokens, what they claim, and what a role may do.

Until sign-in has its own issue there is one kind of token: signed by the local stack's issuer, verified by every
service as it would verify a real provider's. The issuer signs nothing for production.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

Role = Literal["trust_leader", "school_leader", "school_system", "hr", "auditor", "operator", "service"]

issuer = "baton-local"
audience = "baton"
algorithm = "Ed25519"
leeway_seconds = 5


class NotAuthenticated(Exception):
    """The token is missing or does not hold; the message says which and never quotes it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A proven caller.

    Attributes:
        subject: a pseudonymous id.
        urns: the schools that it may speak for; a trust's people may speak for all of their trust's.
    """

    subject: str
    roles: frozenset[Role]
    trustuid: str
    urns: frozenset[str] = frozenset()

    def has(self, *roles: Role) -> bool:
        """Whether it has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def speaks_for(self, urn: str) -> bool:
        """Whether it may speak for a school."""
        return urn in self.urns or self.has("trust_leader")


def issue(private_key_file: Path, principal: Principal, *, now: datetime, lasts: timedelta) -> str:
    """A development token, signed with the local issuer's key."""
    key = OKPKey.import_key(json.loads(private_key_file.read_text(encoding="utf-8")))
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": principal.subject,
        "iat": int(now.timestamp()),
        "exp": int((now + lasts).timestamp()),
        "roles": sorted(principal.roles),
        "trustuid": principal.trustuid,
        "urns": sorted(principal.urns),
    }
    return jwt.encode({"alg": algorithm, "typ": "at+jwt"}, claims, key, algorithms=[algorithm])


class Verifier:
    """Checks tokens against one public key and one algorithm.

    Args:
        public_key_file: the issuer's public key, as a JWK.
        now: the real time: a token does not live longer because a demo's clock stands still.
    """

    def __init__(self, public_key_file: Path, now: Callable[[], datetime]) -> None:
        self._key = OKPKey.import_key(json.loads(public_key_file.read_text(encoding="utf-8")))
        self._now = now

    def principal(self, authorization: str | None) -> Principal:
        """The caller of an `Authorization: Bearer …` header.

        Raises:
            NotAuthenticated: there is no token, or one of its claims does not hold.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated("Send a token: Authorization: Bearer …")
        try:
            signed = jwt.decode(token, self._key, algorithms=[algorithm])
        except (JoseError, ValueError):
            raise NotAuthenticated("The token is malformed or was not signed by this platform's issuer.") from None
        return self._checked(signed.header, signed.claims)

    def _checked(self, header: dict[str, Any], claims: dict[str, Any]) -> Principal:
        now = self._now().timestamp()
        roles, urns = claims.get("roles"), claims.get("urns", [])
        if header.get("typ") != "at+jwt" or claims.get("iss") != issuer or claims.get("aud") != audience:
            raise NotAuthenticated("The token was issued for something else.")
        expires, issued = claims.get("exp"), claims.get("iat")
        if not isinstance(expires, int) or not isinstance(issued, int) or expires < now - leeway_seconds:
            raise NotAuthenticated("The token has expired: ask for a new one.")
        if issued > now + leeway_seconds:
            raise NotAuthenticated("The token is not valid yet: check the issuer's clock.")
        texts = [claims.get("sub"), claims.get("trustuid")]
        if not all(isinstance(text, str) and text for text in [*texts, *_listed(roles), *_listed(urns)]):
            raise NotAuthenticated("The token lacks a subject, a trust or its roles.")
        if not set(_listed(roles)) <= set(get_args(Role)):
            raise NotAuthenticated("The token names a role that this platform does not have.")
        return Principal(claims["sub"], frozenset(_listed(roles)), claims["trustuid"], frozenset(_listed(urns)))


def _listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [None]
