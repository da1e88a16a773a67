"""Who is designated as a system leader is in the pool of coaches, and leaves it when the designation is withdrawn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import asyncpg

from services.collaboration.domain.coach import Coach, JoinPool, LeavePool, coach, coach_stream
from services.collaboration.domain.days import Dated
from shared.clock import today
from shared.contracts.collaboration.coaching import CoachingKind
from shared.contracts.talent.roles import RoleDesignated, RoleDesignationWithdrawn
from shared.contracts.vocabulary import Code
from shared.decider import NotYet
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.reactions import Effect, Fact, Reaction

_does: Mapping[Code, tuple[tuple[CoachingKind, ...], int]] = {
    "nle": (("coach", "mentor"), 2),
    "lle": (("lle_head", "coach"), 1),
    "sle": (("sle_group", "coach"), 3),
    "nlg": (("nlg_chair",), 1),
}
"""What the holders of a scheme do for others, and how many at once: a local leader coaches one head at a time."""


async def react(fact: Fact, _: asyncpg.Pool) -> Sequence[Effect]:
    """Let a leader of a known scheme join the pool, or leave it."""
    match fact.event:
        case RoleDesignated(person_id=person_id, scheme=scheme) as held if person_id is not None and scheme in _does:
            kinds, places = _does[scheme]
            command = JoinPool(
                membership_id=held.designation_id,
                trustuid=held.trustuid,
                urn=held.urn,
                person_id=person_id,
                basis="designation",
                kinds=kinds,
                specialism=None if held.specialism is None else _code(held.specialism),
                places=places,
                from_on=held.from_on,
                to_on=held.to_on,
            )
            return [Effect(coach_stream(person_id), lambda context: _join(command, context))]
        case RoleDesignationWithdrawn(person_id=person_id, scheme=scheme) as ended if person_id and scheme in _does:
            leaving = LeavePool(membership_id=ended.designation_id, person_id=person_id, left_on=ended.withdrawn_on)
            return [Effect(coach_stream(person_id), lambda context: _leave(leaving, context))]
        case _:
            return []


join_coach_pool = Reaction("join_coach_pool", (RoleDesignated, RoleDesignationWithdrawn), react)


def _join(command: JoinPool, context: Context) -> Act:
    stream = coach_stream(command.person_id)
    return Act(
        context,
        {stream: coach},
        lambda states: {stream: coach.decide(Dated(command, today(states.at)), states[stream])},
    )


def _leave(command: LeavePool, context: Context) -> Act:
    stream = coach_stream(command.person_id)

    def decide(states: States) -> Decision:
        state: Coach = states[stream]
        if command.membership_id not in state.memberships:
            raise NotYet("membership_unknown", "The designation itself is not heard of yet.", waits_for=stream)
        return {stream: coach.decide(Dated(command, today(states.at)), state)}

    return Act(on_day(command.left_on, context), {stream: coach}, decide)


def _code(specialism: str) -> Code:
    """A name as the code that it can be looked for by: "Early reading" is `early-reading`."""
    return re.sub(r"[^a-z0-9]+", "-", specialism.lower()).strip("-")[:60] or "other"
