"""A request for help with something of every day (site, staff, compliance): asked, answered, and done with.

What is asked and answered is personal and not in the state: a request is known by its id, kind and time, an answer by
who gave it when.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never

from services.collaboration.domain.times import Timed, check_past
from shared.contracts.collaboration.support import (
    SupportKind,
    SupportRequestAnswered,
    SupportRequestClosed,
    SupportRequested,
)
from shared.contracts.vocabulary import Id, Instant, Name, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def support_request_stream(request_id: Id) -> str:
    return f"support-request-{request_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSupport:
    request_id: Id
    trustuid: TrustUid
    urn: Urn
    kind: SupportKind
    request: Text
    opened_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSupportRequest:
    """`by`: a pseudonymous id."""

    request_id: Id
    answer: Text
    answered_at: Instant
    by: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSupportRequest:
    request_id: Id
    closed_at: Instant


SupportCommand = RequestSupport | AnswerSupportRequest | CloseSupportRequest
SupportEvent = SupportRequested | SupportRequestAnswered | SupportRequestClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of a request, without its text."""

    trustuid: TrustUid
    urn: Urn
    kind: SupportKind
    opened_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRequest:
    asked: Asked | None = None
    answers: frozenset[tuple[Name, Instant]] = field(default_factory=frozenset)
    closed_at: Instant | None = None


def decide(timed: Timed[SupportCommand], state: SupportRequest) -> list[SupportEvent]:
    match timed.command:
        case RequestSupport():
            return _request(timed.command, state, timed.at)
        case AnswerSupportRequest():
            return _answer(timed.command, state, timed.at)
        case CloseSupportRequest():
            return _close(timed.command, state, timed.at)
        case _:
            assert_never(timed.command)


def _request(c: RequestSupport, state: SupportRequest, at: Instant) -> list[SupportEvent]:
    if state.asked == Asked(trustuid=c.trustuid, urn=c.urn, kind=c.kind, opened_at=c.opened_at):
        return []
    if state.asked is not None:
        raise Rejected(
            "support_request_exists",
            "This request is open with other details: ask again under a new id.",
            field="/request_id",
        )
    check_past(c.opened_at, at, "/opened_at")
    return [
        SupportRequested(
            request_id=c.request_id,
            trustuid=c.trustuid,
            urn=c.urn,
            kind=c.kind,
            request=c.request,
            opened_at=c.opened_at,
        )
    ]


def _answer(c: AnswerSupportRequest, state: SupportRequest, at: Instant) -> list[SupportEvent]:
    known = _require_asked(state)
    if (c.by, c.answered_at) in state.answers:
        return []
    if state.closed_at is not None:
        raise Rejected(
            "support_request_closed", "This request is done with: let the school ask anew.", field="/request_id"
        )
    _check_after_opening(c.answered_at, known, at, "/answered_at")
    return [
        SupportRequestAnswered(
            request_id=c.request_id, urn=known.urn, answer=c.answer, by=c.by, answered_at=c.answered_at
        )
    ]


def _close(c: CloseSupportRequest, state: SupportRequest, at: Instant) -> list[SupportEvent]:
    known = _require_asked(state)
    if state.closed_at == c.closed_at:
        return []
    if state.closed_at is not None:
        raise Rejected("support_request_closed", "This request is done with since another time.", field="/request_id")
    _check_after_opening(c.closed_at, known, at, "/closed_at")
    return [SupportRequestClosed(request_id=c.request_id, urn=known.urn, closed_at=c.closed_at)]


def _require_asked(state: SupportRequest) -> Asked:
    if state.asked is None:
        raise Rejected("support_request_unknown", "There is no such request: check its id.", field="/request_id")
    return state.asked


def _check_after_opening(instant: Instant, asked: Asked, at: Instant, field: str) -> None:
    check_past(instant, at, field)
    if instant < asked.opened_at:
        raise Rejected(
            "before_support_was_requested", "Give a time after the request was opened, or the same.", field=field
        )


def evolve(state: SupportRequest, event: SupportEvent) -> SupportRequest:
    match event:
        case SupportRequested():
            asked = Asked(trustuid=event.trustuid, urn=event.urn, kind=event.kind, opened_at=event.opened_at)
            return replace(state, asked=asked)
        case SupportRequestAnswered():
            return replace(state, answers=state.answers | {(event.by, event.answered_at)})
        case SupportRequestClosed():
            return replace(state, closed_at=event.closed_at)
        case _:
            assert_never(event)


support_request: Decider[Timed[SupportCommand], SupportRequest, SupportEvent] = Decider(
    SupportRequest(), decide, evolve
)
