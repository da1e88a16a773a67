"""The address of a calendar that a program subscribes to, where people sign in: it says itself whose calendar it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.reporting.seeing.scope import Scope
from services.reporting.tokens import SealsBytes, seal, words_of
from shared.clock import Clock

lasts = timedelta(days=400)
"""A school year and some weeks: then somebody signs in once and subscribes anew."""
_place = "calendar-link"


class CalendarLinks:
    """Makes the keys and reads them. A key names a trust or its schools, and nobody: it opens the calendar alone."""

    def __init__(self, vault: SealsBytes, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    def key(self, scope: Scope) -> str | None:
        """What stands in the address; None where the calendar is open to all."""
        if scope.trustuid is None:
            return None
        until = self._clock.now() + lasts
        whole = "trust" if scope.urns is None else "schools"
        return seal(self._vault, _place, until.isoformat(), scope.trustuid, whole, *sorted(scope.urns or ()))

    def scope(self, key: str) -> Scope | None:
        """Whose calendar a key opens; None when it is none of ours, not whole, or too old."""
        words = words_of(self._vault, _place, key)
        if words is None:
            return None
        until, trustuid, whole, *urns = words
        if self._clock.now() > datetime.fromisoformat(until):
            return None
        return Scope(trustuid, None if whole == "trust" else frozenset(urns))
