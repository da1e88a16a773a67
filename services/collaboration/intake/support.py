"""Claims about daily requests, which the trust answers, and about what schools tell each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from services.collaboration.domain.shared_experience import (
    RaiseChallenge,
    SharedExperience,
    ShareSuccess,
    shared_experience,
    shared_experience_stream,
)
from services.collaboration.domain.support_request import (
    AnswerSupportRequest,
    CloseSupportRequest,
    RequestSupport,
    SupportRequest,
    support_request,
    support_request_stream,
)
from services.collaboration.intake.acts import timed
from services.collaboration.intake.register import names_members
from services.collaboration.intake.scope import check_own_school
from shared.contracts.collaboration import support as events
from shared.contracts.vocabulary import Id, Instant, Text
from shared.eventstore import Act, Context
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportAnswer:
    """`SupportRequestAnswered`: the trust answers a request; the first answer is the one that is timed."""

    request_id: Id
    answer: Text
    answered_at: Instant


def request_support(c: RequestSupport, context: Context) -> Act:
    """Ask the trust for help with something of every day."""
    stream = support_request_stream(c.request_id)
    return timed(support_request, stream, c, c.opened_at, context, partial(_known, context))


def answer_request(c: SupportAnswer, context: Context) -> Act:
    """Answer a school's request."""
    command = AnswerSupportRequest(
        request_id=c.request_id, answer=c.answer, answered_at=c.answered_at, by=context.actor
    )
    stream = support_request_stream(c.request_id)
    return timed(support_request, stream, command, c.answered_at, context, partial(_known, context))


def close_request(c: CloseSupportRequest, context: Context) -> Act:
    """Say that a request is done with."""
    stream = support_request_stream(c.request_id)
    return timed(support_request, stream, c, c.closed_at, context, partial(_known, context))


def share_success(c: ShareSuccess, context: Context) -> Act:
    """Tell the other schools of something that went well."""
    stream = shared_experience_stream(c.success_id)
    return timed(shared_experience, stream, c, c.shared_at, context, partial(_own, context, "/success_id"))


def raise_challenge(c: RaiseChallenge, context: Context) -> Act:
    """Tell the other schools of something that is hard."""
    stream = shared_experience_stream(c.challenge_id)
    return timed(shared_experience, stream, c, c.raised_at, context, partial(_own, context, "/challenge_id"))


_of_member = names_members("urn")
taken: Sequence[Taken] = (
    (
        events.SupportRequested,
        "/support-requests",
        Admission(RequestSupport, request_support, look_up=_of_member),
    ),
    (
        events.SupportRequestAnswered,
        "/support-requests/{request_id}/answer",
        Admission(SupportAnswer, answer_request, trust_only=True),
    ),
    (
        events.SupportRequestClosed,
        "/support-requests/{request_id}/close",
        Admission(CloseSupportRequest, close_request),
    ),
    (events.SuccessShared, "/successes", Admission(ShareSuccess, share_success, look_up=_of_member)),
    (events.ChallengeRaised, "/challenges", Admission(RaiseChallenge, raise_challenge, look_up=_of_member)),
)


def _known(context: Context, state: SupportRequest) -> SupportRequest:
    """A school has its own only."""
    if state.asked is not None:
        check_own_school(context, "/request_id", state.asked.urn)
    return state


def _own(context: Context, field: str, state: SharedExperience) -> SharedExperience:
    if state.told is not None:
        check_own_school(context, field, state.told.urn)
    return state
