"""Who is asking: proven by a token, which says what roles they have and which schools they may speak for."""

from shared.identity.issuers import BUILT_IN, Issuer, Provider
from shared.identity.issuing import issue
from shared.identity.keys import IssuerUnreachable, KeyFile, keys_of
from shared.identity.principal import NotAuthenticated, Principal, Role
from shared.identity.tokens import Trusted, Verifier

__all__ = [
    "BUILT_IN",
    "Issuer",
    "IssuerUnreachable",
    "KeyFile",
    "NotAuthenticated",
    "Principal",
    "Provider",
    "Role",
    "Trusted",
    "Verifier",
    "issue",
    "keys_of",
]
