"""Development tokens, signed with the key of this stack's own issuer; for production there are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from deploy.description import ServiceDescription
from deploy.errors import Unmet
from deploy.secrets import issuer_key_path
from deploy.settings import StackSettings
from shared.identity import Principal, issue

A_YEAR = timedelta(days=365)
_NO_TRUST = "platform"  # a service belongs to no trust; the claim must not be empty


def development_token(settings: StackSettings, principal: Principal, *, lasts: timedelta) -> str:
    """A token that the services of this stack accept.

    Raises:
        Unmet: in production, or when this stack has no issuer yet.
    """
    if settings.environment == "production":
        raise Unmet("The development issuer signs nothing in production.", "Ask your identity provider for a token.")
    key = issuer_key_path(settings)
    if not key.exists():
        raise Unmet(f"There is no issuer in {settings.var} yet.", "Run `baton up` first.")
    return issue(key, principal, now=datetime.now(UTC), lasts=lasts)


def service_token(settings: StackSettings, service: ServiceDescription, *, lasts: timedelta = A_YEAR) -> str:
    """What a service proves itself with to its peers."""
    principal = Principal(f"service-{service.name}", frozenset({"service"}), _NO_TRUST)
    return development_token(settings, principal, lasts=lasts)


def trust_token(settings: StackSettings, trustuid: str, subject: str, *, lasts: timedelta) -> str:
    """A token of a trust's own people: it speaks for this trust alone."""
    return development_token(settings, Principal(subject, frozenset({"trust_leader"}), trustuid), lasts=lasts)
