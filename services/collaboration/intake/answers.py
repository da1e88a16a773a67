"""Claims about an answer that was given: it is put right, acknowledged, responded to, and the response is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.collaboration.domain.answer import (
    Acknowledge,
    AnswerCommand,
    CorrectFeedback,
    MarkResponseRead,
    Respond,
    answer,
    answer_stream,
)
from services.collaboration.intake.meetings import Feedback
from shared.contracts.collaboration import loop as events
from shared.contracts.vocabulary import (
    Code,
    Id,
    Text,
    Urn,
)
from shared.decider import Rejected
from shared.eventstore import Act, Context, Decision, States
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(Feedback):
    """`FeedbackCorrected`: it takes the place of what was said in this meeting.

    `supersedes`: the answer that its sender has seen, by the id that the agenda shows; left out, the last one.
    """

    reason: Text
    supersedes: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """`TrustAcknowledged`: the trust has seen an answer."""

    item_id: Id
    urn: Urn
    meeting_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """`TrustResponseGiven`: the trust answers an answer."""

    item_id: Id
    urn: Urn
    meeting_id: Id
    response: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`ResponseRead`: the school has read the trust's response."""

    item_id: Id
    urn: Urn
    meeting_id: Id
    by_role: Code


def correct_feedback(c: Correction, context: Context) -> Act:
    """Put an answer right: the correction supersedes what was said in this meeting."""
    stream = answer_stream(c.item_id, c.urn)

    def command(states: States) -> CorrectFeedback:
        said = [
            r.envelope.id
            for r in states.history(stream)
            if isinstance(e := r.event(), events.AgendaItemFeedbackGiven | events.FeedbackCorrected)
            and e.meeting_id == c.meeting_id
        ]
        if c.supersedes not in (None, *said):
            raise Rejected(
                "nothing_to_correct",
                "This meeting gave no such answer: look at the agenda, or leave this out to correct the last one.",
                field="/supersedes",
            )
        return CorrectFeedback(
            meeting_id=c.meeting_id,
            supersedes=c.supersedes or (said[-1] if said else c.meeting_id),
            rag=c.rag,
            confidence=c.confidence,
            comment=c.comment,
            disadvantaged_note=c.disadvantaged_note,
            needs_help=c.needs_help,
            help_dimension=c.help_dimension,
            reason=c.reason,
        )

    return _on_answer(c, context, command)


def acknowledge(c: Acknowledgement, context: Context) -> Act:
    """Say that the trust has seen an answer."""
    return _on_answer(c, context, lambda _: Acknowledge(meeting_id=c.meeting_id, by=context.actor))


def respond(c: Response, context: Context) -> Act:
    """Answer an answer."""
    return _on_answer(c, context, lambda _: Respond(meeting_id=c.meeting_id, response=c.response, by=context.actor))


def mark_read(c: Reading, context: Context) -> Act:
    """Say that the school has read the response."""
    return _on_answer(c, context, lambda _: MarkResponseRead(meeting_id=c.meeting_id, by_role=c.by_role))


taken: Sequence[Taken] = (
    (events.FeedbackCorrected, "/meetings/{meeting_id}/corrections", Admission(Correction, correct_feedback)),
    (
        events.TrustAcknowledged,
        "/answers/{item_id}/{urn}/acknowledge",
        Admission(Acknowledgement, acknowledge, trust_only=True),
    ),
    (events.TrustResponseGiven, "/answers/{item_id}/{urn}/respond", Admission(Response, respond, trust_only=True)),
    (events.ResponseRead, "/answers/{item_id}/{urn}/mark-read", Admission(Reading, mark_read)),
)


def _on_answer(
    c: Correction | Acknowledgement | Response | Reading, context: Context, command: Callable[[States], AnswerCommand]
) -> Act:
    """A command on an answer that was given."""
    stream = answer_stream(c.item_id, c.urn)

    def decide(states: States) -> Decision:
        return {stream: answer.decide(command(states), states[stream])}

    return Act(context, {stream: answer}, decide)
