"""What claims about programmes are asked first: whose trust, and whose school."""

from __future__ import annotations

from services.cpd.domain.programme import Programme
from services.cpd.domain.session import Session
from shared.contracts.vocabulary import Urn
from shared.decider import Rejected
from shared.eventstore import Context


def check_names_school(urn: Urn | None, context: Context) -> None:
    """What names no school is the trust's own to say."""
    if urn is None and context.urns is not None:
        raise Rejected("trust_only", "Name your school: only the trust leaves it out.", field="/urn")


def check_own_school(urn: Urn | None, context: Context, field: str) -> None:
    """Nobody changes what is another school's, or the trust's, by knowing its id."""
    if context.urns is not None and urn not in context.urns:
        raise Rejected("not_your_school", "Only the trust or its own school may do this.", field=field)


def check_session(state: Session, context: Context) -> None:
    """Another trust's sessions are not known here."""
    if state.scheduled is not None and state.scheduled.trustuid != context.trustuid:
        raise Rejected("session_unknown", "Your trust has no such session.", field="/session_id")


def check_programme(state: Programme, context: Context, field: str) -> None:
    """A programme is one that this trust, or a school of it, published."""
    if state.published is None or state.published.trustuid != context.trustuid:
        raise Rejected(
            "programme_unknown",
            "The trust has no such programme: check its id, or publish the programme first.",
            field=field,
        )
