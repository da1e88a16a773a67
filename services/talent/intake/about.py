"""Commands about somebody: on a stream of theirs that is not their entry in the register, and naming others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.talent.domain.person import Person, person, person_stream
from services.talent.intake.scope import check_at_own_school, check_of_trust
from shared.clock import today
from shared.contracts.vocabulary import Day, Id, PersonId, Urn
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, States


def about(
    person_id: Id,
    context: Context,
    stream: str,
    decider: AnyDecider,
    command: Callable[[States], Any],
    *,
    others: Mapping[str, PersonId] | None = None,
) -> Act:
    """A command on a stream about somebody whom the sender may speak of.

    Args:
        others: who else is named, by the field that names them: people of the same trust, wherever they work.
    """
    entry = person_stream(person_id)
    named = {field: person_stream(other) for field, other in (others or {}).items()}

    def decide(states: States) -> Decision:
        check_may_speak_of(states[entry], context, today(states.at))
        for field, other in named.items():
            check_of_trust(states[other], context, field)
        return {stream: decider.decide(command(states), states[stream])}

    reads = {stream: decider, **dict.fromkeys((entry, *named.values()), person)}
    return Act(context, reads, decide, writes=frozenset({stream}))


def check_may_speak_of(state: Person, context: Context, on: Day) -> None:
    """A person of the sender's trust and, for a school, one of its own: working there, or about to."""
    check_of_trust(state, context)
    check_at_own_school(context, _places_from(on, state), "/person_id")


def _places_from(day: Day, state: Person) -> set[Urn | None]:
    return {
        engagement.urn
        for engagement_id, engagement in state.started.items()
        if engagement_id not in state.ended or day <= state.ended[engagement_id].ended_on
    }
