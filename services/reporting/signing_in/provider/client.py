"""The provider as our application talks to it: the authorization code with PKCE, tokens made new, and leaving.

What is said is made by Authlib's parts for OAuth 2.0, and an ID token's claims are checked by its part for OpenID
Connect; whatever is signed is checked by the platform's own `Verifier` first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import structlog
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from services.reporting.signing_in.provider.attempts import Attempt
from services.reporting.signing_in.provider.described import SignInWith
from services.reporting.signing_in.provider.proof import Proof, ProviderRefused, Tokens, tokens_of
from shared.identity import BUILT_IN, IssuerUnreachable, Principal, Provider, Verifier
from shared.identity.keys import Fetched, discovered
from shared.identity.tokens import leeway_seconds

log = structlog.get_logger()

callback = "/sign-in/callback"
_patience_s = 5.0
_form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class OpenIdProvider:
    """One trust's provider.

    Args:
        described: our application there; `provider`: how its tokens look; `secret`: the application's.
        home: the address of the dashboard, as people see it; `now`: the real time.
    """

    def __init__(
        self,
        described: SignInWith,
        provider: Provider,
        secret: str,
        home: str,
        verifier: Verifier,
        now: Callable[[], datetime],
    ) -> None:
        self.described = described
        self.now = now
        self.home = home.rstrip("/")
        self._provider = provider
        self._secret = secret
        self._verifier = verifier
        self._metadata = Fetched(partial(discovered, provider))

    @property
    def redirect_uri(self) -> str:
        """Where somebody comes back to: exactly what the provider has to know of the application."""
        return f"{self.home}{callback}"

    @property
    def issuer(self) -> str:
        return self._provider.issuer

    @property
    def origin(self) -> str:
        """Its scheme, host and port, as a browser is told whom to trust."""
        address = urlsplit(self._provider.issuer)
        return f"{address.scheme}://{address.netloc}"

    async def address(self, attempt: Attempt, *, again: bool = False) -> str:
        """Where somebody signs in. `again`: with their second factor.

        Raises:
            IssuerUnreachable: it was never heard of.
        """
        more = dict(self.described.ask_again) if again else {}
        return str(
            prepare_grant_uri(
                await self._endpoint("authorization_endpoint"),
                client_id=self.described.client_id,
                response_type="code",
                redirect_uri=self.redirect_uri,
                scope=" ".join(self.described.scopes),
                state=attempt.state,
                nonce=attempt.nonce,
                code_challenge=create_s256_code_challenge(attempt.verifier),
                code_challenge_method="S256",
                **more,
            )
        )

    async def exchange(self, code: str, attempt: Attempt) -> Proof:
        """Who has come back with this code.

        Raises:
            ProviderRefused: the code, or what it was exchanged for, does not hold.
            NotAuthenticated: the access token is none for this platform.
            IssuerUnreachable: it does not answer.
        """
        tokens = await self._ask(
            "authorization_code", code=code, redirect_uri=self.redirect_uri, code_verifier=attempt.verifier
        )
        claims = await self._identity(tokens, attempt.nonce)
        return await self._proof(tokens, second_factor=self._is_second_factor(claims))

    async def renew(self, tokens: Tokens, subject: str, *, second_factor: bool) -> Proof:
        """Who somebody is now, whose proof has ended: the same subject still.

        Raises:
            ProviderRefused, NotAuthenticated, IssuerUnreachable: as above.
        """
        if tokens.refresh is None:
            raise ProviderRefused("no_refresh_token")
        newer = await self._ask("refresh_token", refresh_token=tokens.refresh)
        kept = Tokens(newer.access, newer.refresh or tokens.refresh, newer.identity or tokens.identity)
        proof = await self._proof(kept, second_factor=second_factor)
        if proof.principal.subject != subject:
            raise ProviderRefused("another_subject")
        return proof

    async def asks_for_more(self, who: Principal, access: str) -> bool:
        """Whether who has a token from elsewhere would have to show a second factor to sign in, and it says of none.

        Args:
            access: the token that proves them. Of the built-in issuer, which has no second factor, it says nothing.
        """
        if not who.has(*self.described.second_factor_roles):
            return False
        signed = await self._verifier.signed(access)
        return signed.issuer != BUILT_IN and not self._is_second_factor(signed.claims)

    async def farewell(self, tokens: Tokens) -> str | None:
        """Where somebody signs out of the provider as well (OpenID Connect RP-Initiated Logout 1.0), if it has that."""
        try:
            address = (await self._metadata.get()).get("end_session_endpoint")
        except IssuerUnreachable:
            return None
        said = {"client_id": self.described.client_id, "post_logout_redirect_uri": f"{self.home}/"}
        hint = {"id_token_hint": tokens.identity} if tokens.identity else {}
        return f"{address}?{urlencode(said | hint)}" if isinstance(address, str) else None

    async def _endpoint(self, name: str) -> str:
        address = (await self._metadata.get()).get(name)
        if not isinstance(address, str):
            raise ProviderRefused(f"no_{name}")
        return address

    async def _ask(self, grant: str, **parts: str) -> Tokens:
        """Tokens, for something that stands for somebody."""
        address = await self._endpoint("token_endpoint")
        methods = (await self._metadata.get()).get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        application = ClientAuth(self.described.client_id, self._secret, method)
        body = prepare_token_request(grant, **parts)
        address, headers, body = application.prepare("POST", address, dict(_form), body)
        try:
            async with httpx.AsyncClient(timeout=_patience_s) as client:
                answer = await client.post(address, content=body, headers=headers)
        except httpx.HTTPError as fault:
            log.warning("provider_unreachable", error=type(fault).__name__)
            raise IssuerUnreachable from None
        return tokens_of(answer)

    async def _identity(self, tokens: Tokens, nonce: str) -> Mapping[str, Any]:
        """What the ID token says, which has to be for this application and this attempt."""
        if tokens.identity is None:
            raise ProviderRefused("no_id_token")
        signed = await self._verifier.signed(tokens.identity)
        issuer, client_id = self._provider.issuer, self.described.client_id
        claims = CodeIDToken(
            dict(signed.claims),
            dict(signed.header),
            options={"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}},
            params={"nonce": nonce, "client_id": client_id, "access_token": tokens.access},
        )
        try:
            claims.validate(now=int(self.now().timestamp()), leeway=leeway_seconds)
        except JoseError as error:
            raise ProviderRefused(f"id_token_{getattr(error, 'claim', 'wrong')}") from None
        return signed.claims

    async def _proof(self, tokens: Tokens, *, second_factor: bool) -> Proof:
        principal = await self._verifier.bearer(tokens.access)
        signed = await self._verifier.signed(tokens.access)
        if signed.issuer.issuer != self._provider.issuer:
            raise ProviderRefused("another_issuer")
        ends_at = datetime.fromtimestamp(signed.claims["exp"], UTC)
        return Proof(principal, tokens, ends_at, second_factor)

    def _is_second_factor(self, claims: Mapping[str, Any]) -> bool:
        for name, values in self.described.second_factor.items():
            said = claims.get(name)
            if any(value in values for value in (said if isinstance(said, list) else [said]) if isinstance(value, str)):
                return True
        return False
