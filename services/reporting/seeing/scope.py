"""Whose rows somebody is shown, said once at the door and held twice: by the queries, and by Postgres under them.

What is asked, in whichever task, is asked for somebody: `seen_by` says for whom as long as its block runs. The queries
narrow what they ask for by `current()`; `services.reporting.read_models.reading` tells Postgres the same, whose
`policies` hold where a query forgets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from shared.problems import Problem


@dataclass(frozen=True, slots=True)
class Scope:
    """A trust, or some of its schools.

    Attributes:
        trustuid: None: every trust that is here, and only where nobody has to sign in.
        urns: every URN that the schools have gone by; None: the whole trust.
    """

    trustuid: str | None = None
    urns: frozenset[str] | None = None

    def trust(self, wanted: str | None) -> str | None:
        """The trust to ask for, where `wanted` is what the pages show."""
        return self.trustuid or wanted

    def narrowed(self, urns: Sequence[str] | None) -> list[str] | None:
        """The schools to ask for, by their URNs; None stands for all.

        Raises:
            Problem: none of those that were asked for is within (`school_unknown`).
        """
        if self.urns is None:
            return None if urns is None else list(urns)
        within = sorted(self.urns) if urns is None else [urn for urn in urns if urn in self.urns]
        if not within:
            raise Problem(404, "school_unknown", "There is no such school here.")
        return within

    def shows(self, trustuid: str | None, urns: Sequence[str]) -> bool:
        """Whether something of a trust is shown that names these schools: whoever names none may be anybody's."""
        if self.trustuid not in (None, trustuid):
            return False
        return self.urns is None or not urns or not self.urns.isdisjoint(urns)

    def covers(self, other: Scope) -> bool:
        """Whether all that the other one shows is shown here, too."""
        if self.trustuid is None:
            return True
        of_it = self.urns is None or (other.urns is not None and other.urns <= self.urns)
        return other.trustuid == self.trustuid and of_it


EVERYTHING = Scope()
NOTHING = Scope("", frozenset())
"""What is seen where somebody has to sign in and nobody has said who it is."""

_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current(unasked: Scope = EVERYTHING) -> Scope:
    """The scope of what is asked now; `unasked` where nobody said anything."""
    return _current.get() or unasked


@contextmanager
def seen_by(scope: Scope) -> Iterator[None]:
    """Whatever is asked in this block is asked for who sees this."""
    before = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(before)
