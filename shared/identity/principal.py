"""Who is asking, once that is proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["trust_leader", "school_leader", "school_system", "hr", "auditor", "operator", "service"]


Reason = Literal[
    "audience",
    "claims",
    "client",
    "credentials",
    "expired",
    "issuer",
    "malformed",
    "missing",
    "not_yet",
    "roles",
    "signature",
    "trust",
    "type",
    "urns",
]


class NotAuthenticated(Exception):
    """Nothing proves who asks, or what should does not hold; the message says which and never quotes it.

    Attributes:
        reason: what is wrong with it: for whoever keeps the platform, never for whoever sent it.
    """

    def __init__(self, message: str, reason: Reason = "credentials") -> None:
        super().__init__(message)
        self.reason = reason


class LockedOut(Exception):
    """Too many wrong secrets came from here; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Principal:
    """A proven caller.

    Attributes:
        subject: a pseudonymous id.
        trustuid: its trust; of a client it may be empty: then its schools belong to none that is known, or to several.
        urns: the schools that it may speak for; a trust's people may speak for all of their trust's.
        client: the client's id, of a machine that is a row of ours. A verified token that names one says nothing more:
            its row does.
    """

    subject: str
    roles: frozenset[Role]
    trustuid: str
    urns: frozenset[str] = frozenset()
    client: str | None = None

    def has(self, *roles: Role) -> bool:
        """Whether it has one of these roles."""
        return not self.roles.isdisjoint(roles)
