"""Claims about changes: the trust says what it proposes, how it consulted, and what it decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.collaboration.domain.change import (
    AdoptChange,
    CloseConsultation,
    DropChange,
    ProposeChange,
    change,
    change_stream,
)
from services.collaboration.domain.consultation_standard import (
    SetConsultationStandard,
    consultation_standard,
    consultation_standard_stream,
)
from services.collaboration.domain.days import Dated
from services.collaboration.intake.acts import dated
from services.collaboration.intake.register import names_members
from shared.clock import today
from shared.contracts.collaboration import change as events
from shared.contracts.vocabulary import Day, Id
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, States, act, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """`ConsultationClosed`: which groups were consulted, from when to when. The service says what that lacked."""

    change_id: Id
    groups: events.Groups
    from_on: Day
    to_on: Day


def set_standard(c: SetConsultationStandard, context: Context) -> Act:
    """Say for how long, and with whom, the trust consults on a change."""
    return act(consultation_standard, consultation_standard_stream(c.trustuid), c, context)


def propose_change(c: ProposeChange, context: Context) -> Act:
    """Propose a change, with what it costs."""
    return dated(change, change_stream(c.change_id), c, c.proposed_on, context)


def close_consultation(c: Consultation, context: Context) -> Act:
    """Say who was consulted on a change, and for how long."""
    stream, standard = change_stream(c.change_id), consultation_standard_stream(context.trustuid)

    def decide(states: States) -> Decision:
        command = CloseConsultation(
            change_id=c.change_id, groups=c.groups, from_on=c.from_on, to_on=c.to_on, standard=states[standard]
        )
        return {stream: change.decide(Dated(command, today(states.at)), states[stream])}

    reads: dict[str, AnyDecider] = {stream: change, standard: consultation_standard}
    return Act(on_day(c.to_on, context), reads, decide, writes=frozenset({stream}))


def adopt_change(c: AdoptChange, context: Context) -> Act:
    """Adopt a change, from a day on."""
    return dated(change, change_stream(c.change_id), c, c.adopted_on, context)


def drop_change(c: DropChange, context: Context) -> Act:
    """Say that a change will not be made."""
    return dated(change, change_stream(c.change_id), c, c.dropped_on, context)


_one = "/changes/{change_id}"
taken: Sequence[Taken] = (
    (
        events.ConsultationStandardSet,
        "/consultation-standard",
        Admission(SetConsultationStandard, set_standard, trust_only=True),
    ),
    (
        events.ChangeProposed,
        "/changes",
        Admission(ProposeChange, propose_change, trust_only=True, look_up=names_members("urns")),
    ),
    (
        events.ConsultationClosed,
        f"{_one}/close-consultation",
        Admission(Consultation, close_consultation, trust_only=True),
    ),
    (events.ChangeAdopted, f"{_one}/adopt", Admission(AdoptChange, adopt_change, trust_only=True)),
    (events.ChangeDropped, f"{_one}/drop", Admission(DropChange, drop_change, trust_only=True)),
)
