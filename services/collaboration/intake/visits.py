"""Claims about schools that look at each other's work outside a review: peer visits, and moderation together.

Either of the two schools may tell of a visit. Who plans a moderation, or tells what came of it, speaks for all of its
schools: that is the trust, or a system that several schools share.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.collaboration.domain.days import Dated
from services.collaboration.domain.moderation import (
    HoldModeration,
    PlanModeration,
    moderation,
    moderation_stream,
)
from services.collaboration.domain.peer_visit import RecordVisit, peer_visit, peer_visit_stream
from services.collaboration.intake.register import names_members
from services.collaboration.intake.scope import check_own_school
from shared.clock import today
from shared.contracts.collaboration import reviews as events
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


def record_visit(c: RecordVisit, context: Context) -> Act:
    """Record that people of one school looked at another's work."""
    check_own_school(context, "/from_urn", c.from_urn, c.to_urn)
    stream = peer_visit_stream(c.visit_id)

    def decide(states: States) -> Decision:
        return {stream: peer_visit.decide(Dated(c, today(states.at)), states[stream])}

    return Act(on_day(c.held_on, context), {stream: peer_visit}, decide)


def plan_moderation(c: PlanModeration, context: Context) -> Act:
    """Plan that schools compare their judgements of something."""
    return _on_moderation(c, context)


def hold_moderation(c: HoldModeration, context: Context) -> Act:
    """Record what came of a moderation."""
    return _on_moderation(c, on_day(c.held_on, context))


taken: Sequence[Taken] = (
    (
        events.PeerVisitHeld,
        "/peer-visits",
        Admission(RecordVisit, record_visit, look_up=names_members("from_urn", "to_urn")),
    ),
    (
        events.ModerationPlanned,
        "/moderations",
        Admission(PlanModeration, plan_moderation, look_up=names_members("urns")),
    ),
    (events.ModerationHeld, "/moderations/{moderation_id}/hold", Admission(HoldModeration, hold_moderation)),
)


def _on_moderation(c: PlanModeration | HoldModeration, context: Context) -> Act:
    stream = moderation_stream(c.moderation_id)

    def decide(states: States) -> Decision:
        return {stream: moderation.decide(Dated(c, today(states.at)), states[stream])}

    return Act(context, {stream: moderation}, decide)
