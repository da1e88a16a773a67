"""Who is asking, once that is proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["trust_leader", "school_leader", "school_system", "hr", "auditor", "operator", "service"]


class NotAuthenticated(Exception):
    """The token is missing or does not hold; the message says which and never quotes it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A proven caller.

    Attributes:
        subject: a pseudonymous id.
        urns: the schools that it may speak for; a trust's people may speak for all of their trust's.
    """

    subject: str
    roles: frozenset[Role]
    trustuid: str
    urns: frozenset[str] = frozenset()

    def has(self, *roles: Role) -> bool:
        """Whether it has one of these roles."""
        return not self.roles.isdisjoint(roles)
