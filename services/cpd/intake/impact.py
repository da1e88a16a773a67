"""Claims that a programme changed something: evidence of impact at a school of the sender."""

from __future__ import annotations

from collections.abc import Sequence

from services.cpd.domain.days import Dated
from services.cpd.domain.impact import EvidenceImpact, impact, impact_stream
from services.cpd.domain.programme import programme, programme_stream
from services.cpd.intake.scope import check_programme
from shared.clock import today
from shared.contracts.cpd import programmes as events
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


def evidence_impact(c: EvidenceImpact, context: Context) -> Act:
    """Give evidence of what a programme changed at a school."""
    stream, of = impact_stream(c.impact_id), programme_stream(c.programme_id)

    def decide(states: States) -> Decision:
        check_programme(states[of], "/programme_id")
        return {stream: impact.decide(Dated(c, today(states.at)), states[stream])}

    reads: dict[str, AnyDecider] = {stream: impact, of: programme}
    return Act(on_day(c.evidenced_on, context), reads, decide, writes=frozenset({stream}))


taken: Sequence[Taken] = ((events.ImpactEvidenced, "/impact", Admission(EvidenceImpact, evidence_impact)),)
