"""Who is asking: proven by a key or a token, which leads to their roles and to the schools they may speak for."""

from shared.identity.clients import Clients
from shared.identity.doorkeeping import Doorkeeper
from shared.identity.issuers import BUILT_IN, Issuer, Provider
from shared.identity.issuing import issue
from shared.identity.keys import IssuerUnreachable, KeyFile, keys_of
from shared.identity.principal import LockedOut, NotAuthenticated, Principal, Role
from shared.identity.rights import Deed, asks_for, can, reach
from shared.identity.tokens import Trusted, Verifier

__all__ = [
    "BUILT_IN",
    "Clients",
    "Deed",
    "Doorkeeper",
    "Issuer",
    "IssuerUnreachable",
    "KeyFile",
    "LockedOut",
    "NotAuthenticated",
    "Principal",
    "Provider",
    "Role",
    "Trusted",
    "Verifier",
    "asks_for",
    "can",
    "issue",
    "keys_of",
    "reach",
]
