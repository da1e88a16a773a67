"""What somebody is told whose session the provider has ended while they were at work."""

from __future__ import annotations

from collections.abc import Mapping

_ended = (
    "Your account at your sign-in service was closed or changed, or you signed out there. "
    "Sign in again to go on; nothing that is recorded is lost."
)
_why: Mapping[str, str] = {
    "no_role": "Your account has no role here any more. If that is wrong, ask whoever looks after your account.",
    "no_school": "Your account does not name a school of this trust any more. If that is wrong, ask whoever looks "
    "after your account.",
    "second_factor": "What your account may see now needs a second step. Sign in again to show it.",
}


def said(why: str | None) -> str | None:
    """The sentence for a reason; None where nobody was signed out."""
    return None if why is None else _why.get(why, _ended)
