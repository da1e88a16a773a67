"""The trust's OpenID provider, where people sign in."""

from services.reporting.signing_in.provider.attempts import Attempt
from services.reporting.signing_in.provider.client import OpenIdProvider
from services.reporting.signing_in.provider.described import SignInWith
from services.reporting.signing_in.provider.proof import Proof, ProviderRefused, Tokens

__all__ = ["Attempt", "OpenIdProvider", "Proof", "ProviderRefused", "SignInWith", "Tokens"]
