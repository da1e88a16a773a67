"""A collaboration of partners: agreed with its purpose and its cost, assessed by the five tests, and closed.

Help that goes one way only is taken like any other; it shows in the test of mutuality, which nobody claims. An
assessment speaks of a day on which the collaboration ran: so one of the last day may still be told after closing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, assert_never

from annotated_types import MaxLen, MinLen

from services.collaboration.domain.days import Dated, check_happened
from services.collaboration.domain.five_tests import Judgement, assessments_of
from services.collaboration.domain.partners import check_partners, schools_among
from shared.contracts.collaboration.partnerships import (
    CollaborationAgreed,
    CollaborationClosed,
    FiveTest,
    FiveTestsAssessed,
    Partner,
    PracticeChangeCommitted,
)
from shared.contracts.vocabulary import Count, Day, Id, Name, Rag, Reference, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def collaboration_stream(collaboration_id: Id) -> str:
    return f"collaboration-{collaboration_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeCollaboration:
    """The opportunity cost is said, in days of work and in pence; none is said as zero."""

    collaboration_id: Id
    trustuid: TrustUid
    title: Name
    purpose: Text
    measures: Annotated[tuple[Name, ...], MinLen(1), MaxLen(20)]
    partners: Annotated[tuple[Partner, ...], MinLen(2), MaxLen(50)]
    starts_on: Day
    ends_on: Day
    opportunity_cost_days: Count
    opportunity_cost_pence: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessCollaboration:
    """`by`: a pseudonymous id."""

    collaboration_id: Id
    scores: Judgement
    assessed_on: Day
    by: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitPracticeChange:
    collaboration_id: Id
    commitment_id: Id
    urn: Urn
    practice: Text
    by: Reference
    from_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCollaboration:
    collaboration_id: Id
    outcome: Rag
    closed_on: Day


CollaborationCommand = AgreeCollaboration | AssessCollaboration | CommitPracticeChange | CloseCollaboration
CollaborationEvent = CollaborationAgreed | FiveTestsAssessed | PracticeChangeCommitted | CollaborationClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class Collaboration:
    agreed: CollaborationAgreed | None = None
    assessed: Mapping[FiveTest, FiveTestsAssessed] = field(default_factory=dict)
    commitments: Mapping[Id, PracticeChangeCommitted] = field(default_factory=dict)
    closed: CollaborationClosed | None = None


def decide(asked: Dated[CollaborationCommand], state: Collaboration) -> list[CollaborationEvent]:
    match asked.command:
        case AgreeCollaboration():
            return _agree(asked.command, state)
        case AssessCollaboration():
            return _assess(asked.command, state, asked.today)
        case CommitPracticeChange():
            return _commit(asked.command, state)
        case CloseCollaboration():
            return _close(asked.command, state, asked.today)
        case _:
            assert_never(asked.command)


def _agree(c: AgreeCollaboration, state: Collaboration) -> list[CollaborationEvent]:
    agreed = CollaborationAgreed(
        collaboration_id=c.collaboration_id,
        trustuid=c.trustuid,
        title=c.title,
        purpose=c.purpose,
        measures=c.measures,
        partners=c.partners,
        starts_on=c.starts_on,
        ends_on=c.ends_on,
        opportunity_cost_days=c.opportunity_cost_days,
        opportunity_cost_pence=c.opportunity_cost_pence,
    )
    if state.agreed == agreed:
        return []
    if state.agreed is not None:
        raise Rejected(
            "collaboration_exists",
            "This collaboration is agreed with other content: agree another one under a new id.",
            field="/collaboration_id",
        )
    if c.ends_on <= c.starts_on:
        raise Rejected(
            "collaboration_ends_before_it_starts", "Let the collaboration end after its first day.", field="/ends_on"
        )
    check_partners(c.partners)
    return [agreed]


def _assess(c: AssessCollaboration, state: Collaboration, today: Day) -> list[CollaborationEvent]:
    agreed = _require_agreed(state)
    assessments = assessments_of(agreed, c.scores, c.by, c.assessed_on)
    wanted = [assessed for assessed in assessments if state.assessed.get(assessed.test) != assessed]
    if not wanted:
        return []
    check_happened(c.assessed_on, today, "/assessed_on")
    ended_on = None if state.closed is None else state.closed.closed_on
    if c.assessed_on < agreed.starts_on or (ended_on is not None and c.assessed_on > ended_on):
        raise Rejected(
            "assessed_while_not_running",
            "Assess the collaboration as of a day on which it ran, from its first day until it was closed.",
            field="/assessed_on",
        )
    for assessed in wanted:
        latest = state.assessed.get(assessed.test)
        if latest is not None and c.assessed_on < latest.assessed_on:
            raise Rejected(
                "later_one_stands", "An assessment of a later day is in, and that one counts.", field="/assessed_on"
            )
    return [*wanted]


def _commit(c: CommitPracticeChange, state: Collaboration) -> list[CollaborationEvent]:
    agreed = _require_agreed(state)
    committed = PracticeChangeCommitted(
        collaboration_id=c.collaboration_id,
        commitment_id=c.commitment_id,
        urn=c.urn,
        practice=c.practice,
        by=c.by,
        from_on=c.from_on,
    )
    known = state.commitments.get(c.commitment_id)
    if known == committed:
        return []
    if known is not None:
        raise Rejected(
            "commitment_exists", "This commitment says something else: give a new one a new id.", field="/commitment_id"
        )
    if state.closed is not None:
        raise Rejected(
            "collaboration_closed", "This collaboration is closed: commit in one that runs.", field="/collaboration_id"
        )
    if c.urn not in schools_among(agreed.partners):
        raise Rejected("not_a_partner", "Only schools that are partners commit to a change.", field="/urn")
    if c.from_on < agreed.starts_on:
        raise Rejected(
            "change_before_collaboration", "Change the practice when the collaboration has begun.", field="/from_on"
        )
    return [committed]


def _close(c: CloseCollaboration, state: Collaboration, today: Day) -> list[CollaborationEvent]:
    agreed = _require_agreed(state)
    closed = CollaborationClosed(collaboration_id=c.collaboration_id, outcome=c.outcome, closed_on=c.closed_on)
    if state.closed == closed:
        return []
    if state.closed is not None:
        raise Rejected(
            "collaboration_closed",
            "This collaboration is closed already, with another day or outcome.",
            field="/collaboration_id",
        )
    check_happened(c.closed_on, today, "/closed_on")
    if c.closed_on < agreed.starts_on:
        raise Rejected(
            "collaboration_closed_before_it_starts",
            "Close the collaboration on its first day or later.",
            field="/closed_on",
        )
    return [closed]


def _require_agreed(state: Collaboration) -> CollaborationAgreed:
    if state.agreed is None:
        raise Rejected(
            "collaboration_unknown",
            "There is no such collaboration: check its id, or agree it first.",
            field="/collaboration_id",
        )
    return state.agreed


def evolve(state: Collaboration, event: CollaborationEvent) -> Collaboration:
    match event:
        case CollaborationAgreed():
            return replace(state, agreed=event)
        case FiveTestsAssessed():
            return replace(state, assessed={**state.assessed, event.test: event})
        case PracticeChangeCommitted():
            return replace(state, commitments={**state.commitments, event.commitment_id: event})
        case CollaborationClosed():
            return replace(state, closed=event)
        case _:
            assert_never(event)


collaboration: Decider[Dated[CollaborationCommand], Collaboration, CollaborationEvent] = Decider(
    Collaboration(), decide, evolve
)
