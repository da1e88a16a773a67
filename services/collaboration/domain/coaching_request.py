"""A wish to be coached: asked for, withdrawn, or answered by one pairing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.coaching import (
    CoachingKind,
    CoachingRequestAnswered,
    CoachingRequested,
    CoachingRequestWithdrawn,
)
from shared.contracts.vocabulary import Code, Day, Id, PersonId, TrustUid, Urn
from shared.decider import Decider, Rejected


def coaching_request_stream(request_id: Id) -> str:
    return f"coaching-request-{request_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCoaching:
    request_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    person_id: PersonId
    kind: CoachingKind
    specialism: Code | None = None
    from_on: Day
    to_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCoachingRequest:
    request_id: Id
    withdrawn_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCoachingRequest:
    """A pairing of this kind with these people answers it."""

    request_id: Id
    pairing_id: Id
    kind: CoachingKind
    coachee_ids: tuple[PersonId, ...]


CoachingRequestCommand = RequestCoaching | WithdrawCoachingRequest | AnswerCoachingRequest
CoachingRequestEvent = CoachingRequested | CoachingRequestWithdrawn | CoachingRequestAnswered


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingRequest:
    requested: CoachingRequested | None = None
    withdrawn: bool = False
    answered_by: Id | None = None


def decide(asked: Dated[CoachingRequestCommand], state: CoachingRequest) -> list[CoachingRequestEvent]:
    match asked.command:
        case RequestCoaching():
            return _request(asked.command, state)
        case WithdrawCoachingRequest():
            return _withdraw(asked.command, state, asked.today)
        case AnswerCoachingRequest():
            return _answer(asked.command, state)
        case _:
            assert_never(asked.command)


def _request(c: RequestCoaching, state: CoachingRequest) -> list[CoachingRequestEvent]:
    requested = CoachingRequested(
        request_id=c.request_id,
        trustuid=c.trustuid,
        urn=c.urn,
        person_id=c.person_id,
        kind=c.kind,
        specialism=c.specialism,
        from_on=c.from_on,
        to_on=c.to_on,
    )
    if state.requested == requested:
        return []
    if state.requested is not None:
        raise Rejected(
            "coaching_request_exists",
            "This is asked for with other details: withdraw it, and give a new request an id of its own.",
            field="/request_id",
        )
    if c.to_on is not None and c.to_on < c.from_on:
        raise Rejected("ends_before_it_starts", "Let it end on its first day or later.", field="/to_on")
    return [requested]


def _withdraw(c: WithdrawCoachingRequest, state: CoachingRequest, today: Day) -> list[CoachingRequestEvent]:
    requested = _known(state)
    if state.withdrawn:
        return []
    if state.answered_by is not None:
        raise Rejected("coaching_request_answered", "A pairing answers this: end the pairing.", field="/request_id")
    check_happened(c.withdrawn_on, today, "/withdrawn_on")
    return [
        CoachingRequestWithdrawn(
            request_id=c.request_id, person_id=requested.person_id, urn=requested.urn, withdrawn_on=c.withdrawn_on
        )
    ]


def _answer(c: AnswerCoachingRequest, state: CoachingRequest) -> list[CoachingRequestEvent]:
    requested = _known(state)
    if state.answered_by == c.pairing_id:
        return []
    if state.answered_by is not None:
        raise Rejected("coaching_request_answered", "Another pairing answers this already.", field="/request_id")
    if state.withdrawn:
        raise Rejected("coaching_request_withdrawn", "This is not wished for any more.", field="/request_id")
    if requested.kind != c.kind or requested.person_id not in c.coachee_ids:
        raise Rejected(
            "other_than_wished", "Pair who asked for it, and in the way that they asked for.", field="/request_id"
        )
    return [
        CoachingRequestAnswered(
            request_id=c.request_id, person_id=requested.person_id, urn=requested.urn, pairing_id=c.pairing_id
        )
    ]


def _known(state: CoachingRequest) -> CoachingRequested:
    if state.requested is None:
        raise Rejected(
            "coaching_request_unknown", "There is no such request: check its id, or make it first.", field="/request_id"
        )
    return state.requested


def evolve(state: CoachingRequest, event: CoachingRequestEvent) -> CoachingRequest:
    match event:
        case CoachingRequested():
            return replace(state, requested=event)
        case CoachingRequestWithdrawn():
            return replace(state, withdrawn=True)
        case CoachingRequestAnswered():
            return replace(state, answered_by=event.pairing_id)
        case _:
            assert_never(event)


coaching_request: Decider[Dated[CoachingRequestCommand], CoachingRequest, CoachingRequestEvent] = Decider(
    CoachingRequest(), decide, evolve
)
