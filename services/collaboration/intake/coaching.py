"""Claims about coaching: the pool, wishes to be coached, pairings and their sessions. Never what is said in one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import MaxLen, MinLen

from services.collaboration.domain.coach import Coach, CoachCommand, JoinPool, LeavePool, coach, coach_stream
from services.collaboration.domain.coaching_request import (
    AnswerCoachingRequest,
    CoachingRequest,
    RequestCoaching,
    WithdrawCoachingRequest,
    coaching_request,
    coaching_request_stream,
)
from services.collaboration.domain.days import Dated
from services.collaboration.domain.pairing_up import CoacheeIds, Pair
from services.collaboration.domain.pairings import EndPairing, LogSession
from services.collaboration.intake.register import check_own_people
from services.collaboration.intake.scope import check_names_school, check_own_school
from services.collaboration.line_managers import managers_of, with_roles
from shared.clock import Clock, today
from shared.contracts.collaboration import coaching as events
from shared.contracts.talent.register import CHAIRS, HEADS
from shared.contracts.vocabulary import Code, Day, Id, PersonId, TrustUid, Urn
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, EventStore, States, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """`CoachPoolJoined`: the trust names somebody who can coach. Who is designated joins by that."""

    membership_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    person_id: PersonId
    basis: Literal["training", "experience"]
    kinds: Annotated[tuple[events.CoachingKind, ...], MinLen(1), MaxLen(6)]
    specialism: Code | None = None
    places: events.Places = 1
    from_on: Day
    to_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """`CoachingPaired`: a coach and who is coached."""

    pairing_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    coach_id: PersonId
    coachee_ids: CoacheeIds
    kind: events.CoachingKind
    request_id: Id | None = None
    starts_on: Day
    ends_on: Day | None = None


def join_pool(c: Joining, context: Context) -> Act:
    """Name somebody as a coach or a mentor."""
    command = JoinPool(
        membership_id=c.membership_id,
        trustuid=c.trustuid,
        urn=c.urn,
        person_id=c.person_id,
        basis=c.basis,
        kinds=c.kinds,
        specialism=c.specialism,
        places=c.places,
        from_on=c.from_on,
        to_on=c.to_on,
    )
    return _on_coach(c.person_id, context, command)


def leave_pool(c: LeavePool, context: Context) -> Act:
    """End a membership of the pool."""
    return _on_coach(c.person_id, on_day(c.left_on, context), c)


def request_coaching(c: RequestCoaching, context: Context) -> Act:
    """Say that somebody would like to be coached."""
    check_names_school(c.urn, context)
    return _on_request(c, context)


def withdraw_coaching_request(c: WithdrawCoachingRequest, context: Context) -> Act:
    """Withdraw the wish to be coached."""
    return _on_request(c, on_day(c.withdrawn_on, context))


async def look_up(store: EventStore, _: Clock, c: Pairing, context: Context) -> Pair:
    """What the register says of who is coached, on the first day. A school pairs people of its own."""
    await check_own_people(store, context, "/coachee_ids", c.coachee_ids)
    managers = await managers_of(store, c.coachee_ids, c.starts_on)
    return Pair(
        pairing_id=c.pairing_id,
        trustuid=c.trustuid,
        urn=c.urn,
        coach_id=c.coach_id,
        coachee_ids=c.coachee_ids,
        kind=c.kind,
        request_id=c.request_id,
        starts_on=c.starts_on,
        ends_on=c.ends_on,
        managers=frozenset(managers.values()),
        heads=await with_roles(store, c.coachee_ids, HEADS, c.starts_on),
        chairs=await with_roles(store, c.coachee_ids, CHAIRS, c.starts_on),
    )


def pair(c: Pair, context: Context) -> Act:
    """Pair a coach with who is coached; a wish that it answers is answered with it."""
    check_names_school(c.urn, context)
    stream = coach_stream(c.coach_id)
    wish = None if c.request_id is None else coaching_request_stream(c.request_id)

    def decide(states: States) -> Decision:
        day = today(states.at)
        paired = coach.decide(Dated(c, day), states[stream])
        if wish is None or c.request_id is None:
            return {stream: paired}
        asked: CoachingRequest = states[wish]
        if asked.requested is not None:
            check_own_school(context, "/request_id", asked.requested.urn)
        answer = AnswerCoachingRequest(
            request_id=c.request_id, pairing_id=c.pairing_id, kind=c.kind, coachee_ids=c.coachee_ids
        )
        return {stream: paired, wish: coaching_request.decide(Dated(answer, day), asked)}

    reads: dict[str, AnyDecider] = {stream: coach}
    return Act(context, reads if wish is None else {**reads, wish: coaching_request}, decide)


def log_session(c: LogSession, context: Context) -> Act:
    """Log a session of a pairing: when, how long, and its theme."""
    return _on_coach(c.coach_id, on_day(c.held_on, context), c, lambda state: _schools(state, c.pairing_id))


def end_pairing(c: EndPairing, context: Context) -> Act:
    """End a pairing."""
    return _on_coach(c.coach_id, on_day(c.ended_on, context), c, lambda state: _schools(state, c.pairing_id))


_pairing = "/coaching-pairings/{pairing_id}"
taken: Sequence[Taken] = (
    (events.CoachPoolJoined, "/coach-pool", Admission(Joining, join_pool, trust_only=True)),
    (events.CoachPoolLeft, "/coach-pool/{membership_id}/leave", Admission(LeavePool, leave_pool, trust_only=True)),
    (events.CoachingRequested, "/coaching-requests", Admission(RequestCoaching, request_coaching)),
    (
        events.CoachingRequestWithdrawn,
        "/coaching-requests/{request_id}/withdraw",
        Admission(WithdrawCoachingRequest, withdraw_coaching_request),
    ),
    (events.CoachingPaired, "/coaching-pairings", Admission(Pairing, pair, look_up=look_up)),
    (events.CoachingSessionLogged, f"{_pairing}/sessions", Admission(LogSession, log_session)),
    (events.CoachingEnded, f"{_pairing}/end", Admission(EndPairing, end_pairing)),
)


def _on_coach(
    person_id: Id,
    context: Context,
    command: CoachCommand,
    schools: Callable[[Coach], Sequence[Urn | None]] = lambda _: (),
) -> Act:
    """A command on a coach, by the trust or by the schools that it concerns."""
    stream = coach_stream(person_id)

    def decide(states: States) -> Decision:
        if concerned := schools(states[stream]):
            check_own_school(context, "/pairing_id", *concerned)
        return {stream: coach.decide(Dated(command, today(states.at)), states[stream])}

    return Act(context, {stream: coach}, decide)


def _schools(state: Coach, pairing_id: Id) -> Sequence[Urn | None]:
    """The school of who is coached, and those that the coach is of."""
    known = state.pairings.by_id.get(pairing_id)
    if known is None:
        return ()
    return (known.paired.urn, *(joined.urn for joined in state.memberships.values()))


def _on_request(c: RequestCoaching | WithdrawCoachingRequest, context: Context) -> Act:
    stream = coaching_request_stream(c.request_id)

    def decide(states: States) -> Decision:
        state: CoachingRequest = states[stream]
        if state.requested is not None:
            check_own_school(context, "/request_id", state.requested.urn)
        return {stream: coaching_request.decide(Dated(c, today(states.at)), state)}

    return Act(context, {stream: coaching_request}, decide)
