"""Claims about a cycle's priorities: schools and the trust propose, leaders of all levels vote, the trust agrees."""

from __future__ import annotations

from collections.abc import Sequence

from services.collaboration.domain.agreed_priorities import (
    AgreePriority,
    agreed_priorities,
    agreed_priorities_stream,
    check_voting_open,
)
from services.collaboration.domain.ballot import CastBallot, ballot, ballot_stream
from services.collaboration.domain.cycle import cycle_stream, reporting_cycle
from services.collaboration.domain.days import Dated
from services.collaboration.domain.priority import ProposePriority, check_proposed, priority, priority_stream
from services.collaboration.intake.register import names_members
from services.collaboration.intake.scope import check_names_school, check_own_school
from shared.clock import today
from shared.contracts.collaboration import planning as events
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


def propose_priority(c: ProposePriority, context: Context) -> Act:
    """Propose what should be worked on first in a cycle."""
    check_names_school(c.urn, context)
    stream, cycle = priority_stream(c.priority_id), cycle_stream(c.trustuid, c.cycle)

    def decide(states: States) -> Decision:
        if states[cycle].opened is None:
            raise Rejected("cycle_unknown", "Let the trust open the cycle before you propose for it.", field="/cycle")
        proposed = states[stream].proposed
        if proposed is not None:
            check_own_school(context, "/priority_id", proposed.urn)
        return {stream: priority.decide(Dated(c, today(states.at)), states[stream])}

    reads: dict[str, AnyDecider] = {stream: priority, cycle: reporting_cycle}
    return Act(on_day(c.proposed_on, context), reads, decide, writes=frozenset({stream}))


def cast_ballot(c: CastBallot, context: Context) -> Act:
    """Vote: put a cycle's priorities in order, the first one first."""
    check_names_school(c.urn, context)
    stream = ballot_stream(c.trustuid, c.cycle, c.person_id)
    agreement = agreed_priorities_stream(c.trustuid, c.cycle)
    ranked = [priority_stream(priority_id) for priority_id in c.ranking]

    def decide(states: States) -> Decision:
        for number, of in enumerate(ranked):
            check_proposed(states[of], c.trustuid, c.cycle, f"/ranking/{number}")
        check_voting_open(states[agreement], "/cycle")
        return {stream: ballot.decide(Dated(c, today(states.at)), states[stream])}

    reads: dict[str, AnyDecider] = {stream: ballot, agreement: agreed_priorities, **dict.fromkeys(ranked, priority)}
    voted_on = on_day(c.voted_on, context)
    return Act(voted_on, reads, decide, writes=frozenset({stream}), holds=frozenset({agreement}))


def agree_priority(c: AgreePriority, context: Context) -> Act:
    """Agree which place a priority has in its cycle; with the first of them the vote is over."""
    stream, proposed = agreed_priorities_stream(c.trustuid, c.cycle), priority_stream(c.priority_id)

    def decide(states: States) -> Decision:
        check_proposed(states[proposed], c.trustuid, c.cycle, "/priority_id")
        return {stream: agreed_priorities.decide(Dated(c, today(states.at)), states[stream])}

    reads: dict[str, AnyDecider] = {stream: agreed_priorities, proposed: priority}
    return Act(on_day(c.agreed_on, context), reads, decide, writes=frozenset({stream}))


_of_member = names_members("urn")
taken: Sequence[Taken] = (
    (
        events.PriorityProposed,
        "/priorities",
        Admission(ProposePriority, propose_priority, look_up=_of_member),
    ),
    (events.PriorityVoted, "/priority-votes", Admission(CastBallot, cast_ballot, look_up=_of_member)),
    (
        events.PriorityAgreed,
        "/priorities/{priority_id}/agree",
        Admission(AgreePriority, agree_priority, trust_only=True),
    ),
)
