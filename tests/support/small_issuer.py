"""A small OpenID provider, conforming and really serving HTTP, that a test lets say whatever it needs to.

It signs everybody in without asking; Keycloak is for what a provider really does.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from deploy.local.ports import free_port
from services.reporting.signing_in.provider import OpenIdProvider, SignInWith
from shared.identity import Provider, Trusted, Verifier, keys_of

CLIENT, SECRET, AUDIENCE = "dashboard", "dashboards-own", "baton"


@dataclass(slots=True)
class SmallIssuer:
    """What it says, and what it was asked.

    Attributes:
        access, identity: claims of the next tokens, beside or instead of the usual ones; None leaves one out.
        lasts: of an access token, in seconds.
        says: instead of tokens: a status and a body.
        asked: the forms sent for tokens, and the queries with which people came.
    """

    port: int = field(default_factory=free_port)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "key-1"}))
    access: dict[str, Any] = field(default_factory=dict)
    identity: dict[str, Any] = field(default_factory=dict)
    lasts: int = 300
    says: tuple[int, str] | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    came: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _refresh: set[str] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/realms/trust"

    def provider(self, home: str, **described: Any) -> OpenIdProvider:
        """It as the dashboard at an address knows it."""
        sign_in = SignInWith(issuer=self.address, client_id=CLIENT, **described)
        return OpenIdProvider(sign_in, self.issuer, SECRET, home, self.verifier(), partial(datetime.now, UTC))

    @property
    def issuer(self) -> Provider:
        """How its tokens look."""
        return Provider(issuer=self.address, token_types=frozenset({"JWT"}))

    def verifier(self) -> Verifier:
        """What checks them."""
        return Verifier([Trusted(self.issuer, keys_of(self.issuer))], partial(datetime.now, UTC))

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/realms/trust/.well-known/openid-configuration", self._discovery),
                Route("/realms/trust/keys", self._keys),
                Route("/realms/trust/authorize", self._authorize),
                Route("/realms/trust/token", self._token, methods=["POST"]),
            ]
        )

    async def _discovery(self, _: Request) -> Response:
        at = self.address
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "end_session_endpoint": "leave"}
        return JSONResponse(
            {"issuer": at, "jwks_uri": f"{at}/keys", **{name: f"{at}/{path}" for name, path in ends.items()}}
        )

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.came.append(asked)
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.address})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        self.asked.append(form)
        basic = b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        if basic != f"{CLIENT}:{SECRET}":
            return JSONResponse({"error": "invalid_client"}, 401)
        if self.says is not None:
            return Response(self.says[1], self.says[0], media_type="application/json")
        nonce = self._redeemed(form)
        return JSONResponse({"error": "invalid_grant"}, 400) if nonce is None else JSONResponse(self._tokens(nonce))

    def _redeemed(self, form: dict[str, str]) -> str | None:
        """Once, and by whoever began it: the nonce."""
        if form["grant_type"] == "refresh_token":
            known = form["refresh_token"] in self._refresh
            self._refresh.discard(form["refresh_token"])
            return "" if known else None
        asked = self._codes.pop(form["code"], None)
        if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
            return None
        return asked["nonce"] if create_s256_code_challenge(form["code_verifier"]) == asked["code_challenge"] else None

    def _tokens(self, nonce: str) -> dict[str, Any]:
        access = self.access_token()
        claims = {
            **self._usual(),
            "aud": CLIENT,
            "azp": CLIENT,
            "nonce": nonce,
            "at_hash": _half(access),
            "amr": ["pwd", "mfa"],
        }
        refresh = secrets.token_urlsafe(8)
        self._refresh.add(refresh)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "refresh_token": refresh,
            "id_token": self._signed(claims | self.identity),
        }

    def access_token(self) -> str:
        """One for whoever it signs in."""
        return self._signed(
            {**self._usual(), "aud": [AUDIENCE, "account"], "azp": CLIENT, "typ": "Bearer"} | self.access
        )

    def _usual(self) -> dict[str, Any]:
        at = int(datetime.now(UTC).timestamp())
        return {"iss": self.address, "sub": "person-7", "iat": at, "exp": at + self.lasts, "jti": secrets.token_hex(8)}

    def _signed(self, claims: dict[str, Any]) -> str:
        said = {name: content for name, content in claims.items() if content is not None}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, json.loads(json.dumps(said)), self.key)


def _half(token: str) -> str:
    return (create_half_hash(token, "RS256") or b"").decode()
