"""Claims about collaborations: the trust and the schools that are partners speak of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from services.collaboration.domain.collaboration import (
    AgreeCollaboration,
    AssessCollaboration,
    CloseCollaboration,
    Collaboration,
    CommitPracticeChange,
    collaboration,
    collaboration_stream,
)
from services.collaboration.domain.five_tests import Judgement
from services.collaboration.domain.partners import schools_among
from services.collaboration.intake.acts import dated
from services.collaboration.intake.register import check_members
from services.collaboration.intake.scope import check_own_school
from shared.clock import Clock
from shared.contracts.collaboration import partnerships as events
from shared.contracts.vocabulary import Day, Id
from shared.eventstore import Act, Context, EventStore
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """`FiveTestsAssessed`: how strong a collaboration is in the tests that people judge; mutuality follows from it."""

    collaboration_id: Id
    scores: Judgement = field(default_factory=Judgement)
    assessed_on: Day


def agree_collaboration(c: AgreeCollaboration, context: Context) -> Act:
    """Agree to work together, for a purpose and until a day."""
    check_own_school(context, "/partners", *schools_among(c.partners))
    stream = collaboration_stream(c.collaboration_id)
    return dated(collaboration, stream, c, None, context, partial(_known, context))


def assess_collaboration(c: Assessment, context: Context) -> Act:
    """Judge how strong a collaboration is; how mutual it is is worked out with it."""
    command = AssessCollaboration(
        collaboration_id=c.collaboration_id, scores=c.scores, assessed_on=c.assessed_on, by=context.actor
    )
    stream = collaboration_stream(c.collaboration_id)
    return dated(collaboration, stream, command, c.assessed_on, context, partial(_known, context))


def commit_practice_change(c: CommitPracticeChange, context: Context) -> Act:
    """Commit a school to do something differently from a day on."""
    stream = collaboration_stream(c.collaboration_id)
    return dated(collaboration, stream, c, None, context, partial(_known, context))


def close_collaboration(c: CloseCollaboration, context: Context) -> Act:
    """Close a collaboration with its outcome."""
    stream = collaboration_stream(c.collaboration_id)
    return dated(collaboration, stream, c, c.closed_on, context, partial(_known, context))


async def _among_members(
    store: EventStore, clock: Clock, c: AgreeCollaboration, context: Context
) -> AgreeCollaboration:
    """The schools among the partners are members of the trust."""
    partners = enumerate(c.partners)
    named = {f"/partners/{number}/urn": partner.urn for number, partner in partners if partner.urn is not None}
    await check_members(store, clock, context, named)
    return c


_one = "/collaborations/{collaboration_id}"
taken: Sequence[Taken] = (
    (
        events.CollaborationAgreed,
        "/collaborations",
        Admission(AgreeCollaboration, agree_collaboration, look_up=_among_members),
    ),
    (events.FiveTestsAssessed, f"{_one}/assess", Admission(Assessment, assess_collaboration)),
    (
        events.PracticeChangeCommitted,
        f"{_one}/commitments",
        Admission(CommitPracticeChange, commit_practice_change),
    ),
    (events.CollaborationClosed, f"{_one}/close", Admission(CloseCollaboration, close_collaboration)),
)


def _known(context: Context, state: Collaboration) -> Collaboration:
    """A school has those in which it is a partner."""
    if state.agreed is not None:
        check_own_school(context, "/collaboration_id", *schools_among(state.agreed.partners))
    return state
