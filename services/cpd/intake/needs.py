"""Claims about what people need to develop. A school records and closes the needs of its own people."""

from __future__ import annotations

from collections.abc import Sequence

from services.cpd.domain.days import Dated
from services.cpd.domain.development_need import (
    DevelopmentNeed,
    MeetNeed,
    RecordNeed,
    development_need,
    development_need_stream,
)
from services.cpd.domain.programme import programme, programme_stream
from services.cpd.intake.scope import check_names_school, check_own_school, check_programme
from shared.clock import today
from shared.contracts.cpd import programmes as events
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


def record_need(c: RecordNeed, context: Context) -> Act:
    """Record something that a person needs to develop, with programmes that answer it."""
    check_names_school(c.urn, context)
    programmes = [programme_stream(programme_id) for programme_id in c.programme_ids]
    return _on_need(c, on_day(c.recorded_on, context), programmes)


def meet_need(c: MeetNeed, context: Context) -> Act:
    """Record that a development need is met."""
    return _on_need(c, on_day(c.met_on, context), ())


taken: Sequence[Taken] = (
    (events.DevelopmentNeedRecorded, "/development-needs", Admission(RecordNeed, record_need)),
    (events.DevelopmentNeedMet, "/development-needs/{need_id}/meet", Admission(MeetNeed, meet_need)),
)


def _on_need(c: RecordNeed | MeetNeed, context: Context, programmes: Sequence[str]) -> Act:
    """A command on a need of the sender's own school; the programmes that answer it are the trust's."""
    stream = development_need_stream(c.need_id)

    def decide(states: States) -> Decision:
        state: DevelopmentNeed = states[stream]
        if state.recorded is not None:
            check_own_school(state.recorded.urn, context, "/need_id")
        for number, of in enumerate(programmes):
            check_programme(states[of], f"/programme_ids/{number}")
        return {stream: development_need.decide(Dated(c, today(states.at)), state)}

    reads: dict[str, AnyDecider] = {stream: development_need, **dict.fromkeys(programmes, programme)}
    return Act(context, reads, decide, writes=frozenset({stream}))
