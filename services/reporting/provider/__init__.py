"""The trust's OpenID provider, where people sign in."""

from services.reporting.provider.attempts import Attempt
from services.reporting.provider.client import OpenIdProvider, Proof, ProviderRefused, Tokens
from services.reporting.provider.described import SignInWith

__all__ = ["Attempt", "OpenIdProvider", "Proof", "ProviderRefused", "SignInWith", "Tokens"]
