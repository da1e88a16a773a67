"""Who is asking: proven by a key or a token, which leads to their roles and to the schools they may speak for."""

from shared.identity.clients import Clients
from shared.identity.doorkeeping import Doorkeeper
from shared.identity.issuing import issue
from shared.identity.principal import LockedOut, NotAuthenticated, Principal, Role
from shared.identity.tokens import Verifier

__all__ = ["Clients", "Doorkeeper", "LockedOut", "NotAuthenticated", "Principal", "Role", "Verifier", "issue"]
