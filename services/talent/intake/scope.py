"""What every claim about people is asked first: whose trust, and whose school."""

from __future__ import annotations

from services.talent.domain.person import Person, check_stands
from shared.decider import Rejected
from shared.eventstore import Context


def is_of_trust(state: Person, context: Context) -> bool:
    return state.known_as is not None and state.known_as[0] == context.trustuid


def check_known(state: Person, context: Context, field: str = "/person_id") -> None:
    """Another trust's people are not known here."""
    if not is_of_trust(state, context):
        raise Rejected("person_unknown", "This person is not in the register: register them first.", field=field)


def check_of_trust(state: Person, context: Context, field: str = "/person_id") -> None:
    """Another trust's people are not known here, and of a merged entry nothing is said any more."""
    check_known(state, context, field)
    check_stands(state, field)


def check_at_own_school(context: Context, urns: set[str | None], field: str) -> None:
    """Nobody speaks of those who work at another school by knowing their ids."""
    if context.urns is not None and urns.isdisjoint(context.urns):
        raise Rejected("not_your_school", "A school may say this about its own engagements only.", field=field)
