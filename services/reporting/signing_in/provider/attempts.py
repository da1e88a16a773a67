"""An attempt to sign in, from here to the provider and back: it is kept by the browser, sealed, and by nobody else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.reporting.tokens import SealsBytes, seal, words_of

lasts = timedelta(minutes=10)
_random_bytes = 32
_named_letters = 16


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt; several in one browser do not disturb each other.

    Attributes:
        state, nonce: what has to come back with the answer, and in the ID token (OpenID Connect Core 1.0 §3.1.2).
        verifier: what proves that whoever fetches the tokens began this (RFC 7636).
        then: where to go on to, here.
    """

    state: str
    nonce: str
    verifier: str
    then: str
    begun_at: datetime

    @classmethod
    def begin(cls, then: str, now: datetime) -> Attempt:
        """A new one, that nobody can guess."""
        state, nonce, verifier = (secrets.token_urlsafe(_random_bytes) for _ in range(3))
        return cls(state, nonce, verifier, then, now)

    def sealed(self, vault: SealsBytes) -> str:
        """As the browser keeps it."""
        return seal(vault, _place(self.state), self.nonce, self.verifier, self.then, self.begun_at.isoformat())


def read(vault: SealsBytes, state: str, sealed: str, now: datetime) -> Attempt | None:
    """The attempt that this state was made for; None when there is none, or it has taken too long."""
    words = words_of(vault, _place(state), sealed)
    if words is None:
        return None
    nonce, verifier, then, begun_at = words
    attempt = Attempt(state, nonce, verifier, then, datetime.fromisoformat(begun_at))
    return attempt if now - attempt.begun_at <= lasts else None


def cookie(state: str) -> str:
    """The name that the browser keeps it under."""
    return f"baton_attempt_{state[:_named_letters]}"


def _place(state: str) -> str:
    return f"sign-in/{state}"
