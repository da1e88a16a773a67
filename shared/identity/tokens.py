"""Tokens: what is signed by who is trusted, and claims what it has to, proves somebody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.identity.issuing import algorithm, audience, issuer
from shared.identity.principal import NotAuthenticated, Principal, Role

leeway_seconds = 5


class Verifier:
    """Checks tokens against one public key and one algorithm.

    Args:
        public_key_file: the issuer's public key, as a JWK.
        now: the real time: a token does not live longer because a demo's clock stands still.
    """

    def __init__(self, public_key_file: Path, now: Callable[[], datetime]) -> None:
        self._key = OKPKey.import_key(json.loads(public_key_file.read_text(encoding="utf-8")))
        self._now = now

    async def principal(self, authorization: str | None) -> Principal:
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
        client = claims.get("client_id") or claims.get("azp")
        if roles == ["school_system"] and isinstance(client, str):
            return Principal(client, frozenset({"school_system"}), "", client=client)
        texts = [claims.get("sub"), claims.get("trustuid")]
        if not all(isinstance(text, str) and text for text in [*texts, *_listed(roles), *_listed(urns)]):
            raise NotAuthenticated("The token lacks a subject, a trust or its roles.")
        if not set(_listed(roles)) <= set(get_args(Role)):
            raise NotAuthenticated("The token names a role that this platform does not have.")
        return Principal(claims["sub"], frozenset(_listed(roles)), claims["trustuid"], frozenset(_listed(urns)))


def _listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [None]
