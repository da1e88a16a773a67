"""Who is trusted to say who somebody is: the built-in issuer, and the trust's own OpenID providers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.identity import issuing
from shared.identity.principal import Role

Algorithm = Literal["Ed25519", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"]
"""Asymmetric ones: who checks a token cannot make one (RFC 8725 §3.2)."""
TokenType = Literal["at+jwt", "JWT"]

Address = Annotated[str, StringConstraints(pattern=r"^https?://[^/?#\s@]+[^?#\s]*$")]
ClaimName = Annotated[str, StringConstraints(min_length=1)]

_given: frozenset[Role] = frozenset({"trust_leader", "school_leader", "school_system", "hr", "auditor", "operator"})


class Issuer(BaseModel):
    """What a token of an issuer has to look like. Of its own keys nothing is here.

    Attributes:
        issuer: its name, exactly as `iss` has it; of an OpenID provider the address that discovery starts from.
        audience: what `aud` calls this platform.
        jwks_uri: where its keys are; none: where its discovery document says.
        algorithms: those that it may sign with.
        token_types: the header's `typ`: `at+jwt` (RFC 9068), or `JWT` where a provider says no more.
        clients: the applications (`client_id` or `azp`) whose tokens for people are taken; none: every one's that the
            provider lets speak to this audience.
        roles_claim, trust_claim, urns_claim: the claims that hold a list of roles, the trust's UID, a list of URNs.
        trustuid: the one trust that it may speak for; none: whichever `trust_claim` names.
        roles: those that it may give.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: Annotated[str, Field(min_length=1)]
    audience: Annotated[str, Field(min_length=1)] = issuing.audience
    jwks_uri: Address | None = None
    algorithms: Annotated[frozenset[Algorithm], Field(min_length=1)] = frozenset({"RS256"})
    token_types: Annotated[frozenset[TokenType], Field(min_length=1)] = frozenset({"at+jwt"})
    clients: frozenset[str] = frozenset()
    roles_claim: ClaimName = "roles"
    trust_claim: ClaimName = "trustuid"
    urns_claim: ClaimName = "urns"
    trustuid: str | None = None
    roles: frozenset[Role] = _given


class Provider(Issuer):
    """An OpenID provider: an issuer whose keys are fetched, and which may let people sign in."""

    issuer: Address


BUILT_IN = Issuer(
    issuer=issuing.issuer,
    algorithms=frozenset({issuing.algorithm}),
    roles=_given | {"service"},
)
