"""Claims about visits to pioneer schools. A school arranges and reports its own."""

from __future__ import annotations

from collections.abc import Sequence

from services.cpd.domain.days import Dated
from services.cpd.domain.pioneer_visit import (
    ArrangeVisit,
    PioneerVisit,
    ReportVisit,
    pioneer_visit,
    pioneer_visit_stream,
)
from services.cpd.intake.scope import check_names_school, check_own_school
from shared.clock import today
from shared.contracts.cpd import programmes as events
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


def arrange_visit(c: ArrangeVisit, context: Context) -> Act:
    """Arrange a visit to a school that leads in something."""
    check_names_school(c.urn, context)
    return _on_visit(c, context)


def report_visit(c: ReportVisit, context: Context) -> Act:
    """Report what the visitors learnt."""
    return _on_visit(c, on_day(c.reported_on, context))


taken: Sequence[Taken] = (
    (events.PioneerVisitArranged, "/pioneer-visits", Admission(ArrangeVisit, arrange_visit)),
    (events.PioneerVisitReported, "/pioneer-visits/{visit_id}/report", Admission(ReportVisit, report_visit)),
)


def _on_visit(c: ArrangeVisit | ReportVisit, context: Context) -> Act:
    """A command on a visit of the sender's own school."""
    stream = pioneer_visit_stream(c.visit_id)

    def decide(states: States) -> Decision:
        state: PioneerVisit = states[stream]
        if state.arranged is not None:
            check_own_school(state.arranged.urn, context, "/visit_id")
        return {stream: pioneer_visit.decide(Dated(c, today(states.at)), state)}

    return Act(context, {stream: pioneer_visit}, decide)
