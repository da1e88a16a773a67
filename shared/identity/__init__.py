"""Who is asking: proven by a token, which says what roles they have and which schools they may speak for."""

from shared.identity.issuing import issue
from shared.identity.principal import NotAuthenticated, Principal, Role
from shared.identity.rights import Deed, asks_for, can, reach
from shared.identity.tokens import Verifier

__all__ = ["Deed", "NotAuthenticated", "Principal", "Role", "Verifier", "asks_for", "can", "issue", "reach"]
