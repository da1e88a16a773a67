"""The trust's OpenID provider, where people sign in."""

from services.reporting.provider.attempts import Attempt
from services.reporting.provider.client import OpenIdProvider
from services.reporting.provider.described import SignInWith
from services.reporting.provider.proof import Proof, ProviderRefused, Tokens

__all__ = ["Attempt", "OpenIdProvider", "Proof", "ProviderRefused", "SignInWith", "Tokens"]
