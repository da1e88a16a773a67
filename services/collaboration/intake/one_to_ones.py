"""Claims about one-to-ones: the trust's template, and the conversations that leaders have with who leads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.collaboration.domain.days import Dated
from services.collaboration.domain.one_to_one import (
    HoldOneToOne,
    OneToOne,
    ScheduleOneToOne,
    one_to_one,
    one_to_one_stream,
)
from services.collaboration.domain.one_to_one_template import (
    SetTemplate,
    one_to_one_template,
    one_to_one_template_stream,
)
from services.collaboration.intake.register import check_own_people
from services.collaboration.intake.scope import check_names_school, check_own_school
from services.collaboration.line_managers import leads
from shared.clock import Clock, today
from shared.contracts.collaboration import one_to_ones as events
from shared.contracts.vocabulary import Code, Day, Id, Name, PersonId, Text, TrustUid, Urn
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, EventStore, States, act, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """`OneToOneScheduled`: a leader and who leads them will meet. Which version of the template counts, is computed."""

    one_to_one_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    leader_id: PersonId
    manager_id: PersonId
    template: Code
    planned_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """`OneToOneHeld`: they met. What they said is sealed for the leader; the template and the two are as scheduled."""

    one_to_one_id: Id
    leader_id: PersonId
    manager_id: PersonId
    template: Code
    topics: tuple[Name, ...] = ()
    content: Text | None = None
    held_on: Day
    next_on: Day | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is claimed, and whether the one leads the other on its day."""

    claim: Appointment | Conversation
    leads: bool


async def look_up(store: EventStore, _: Clock, c: Appointment | Conversation, context: Context) -> Asked:
    """Ask this service's view of the register who leads whom. A school speaks of leaders of its own."""
    await check_own_people(store, context, "/leader_id", [c.leader_id])
    on = c.planned_on if isinstance(c, Appointment) else c.held_on
    return Asked(c, await leads(store, c.manager_id, c.leader_id, on))


def set_template(c: SetTemplate, context: Context) -> Act:
    """Set what every one-to-one goes through from a day on."""
    return act(one_to_one_template, one_to_one_template_stream(c.trustuid, c.template), c, context)


def schedule(asked: Asked, context: Context) -> Act:
    """Schedule a one-to-one."""
    c = asked.claim
    if not isinstance(c, Appointment):
        raise TypeError(c)
    check_names_school(c.urn, context)
    stream = one_to_one_stream(c.one_to_one_id)
    templates = one_to_one_template_stream(context.trustuid, c.template)

    def decide(states: States) -> Decision:
        _check_own(states[stream], context)
        command = ScheduleOneToOne(
            one_to_one_id=c.one_to_one_id,
            trustuid=c.trustuid,
            urn=c.urn,
            leader_id=c.leader_id,
            manager_id=c.manager_id,
            template=c.template,
            planned_on=c.planned_on,
            leads=asked.leads,
            templates=states[templates],
        )
        return {stream: one_to_one.decide(Dated(command, today(states.at)), states[stream])}

    reads: dict[str, AnyDecider] = {stream: one_to_one, templates: one_to_one_template}
    return Act(context, reads, decide, writes=frozenset({stream}))


def hold(asked: Asked, context: Context) -> Act:
    """Say that a one-to-one was held."""
    c = asked.claim
    if not isinstance(c, Conversation):
        raise TypeError(c)
    stream = one_to_one_stream(c.one_to_one_id)
    templates = one_to_one_template_stream(context.trustuid, c.template)

    def decide(states: States) -> Decision:
        state: OneToOne = states[stream]
        _check_own(state, context)
        if state.scheduled is not None and (state.scheduled.leader_id, state.scheduled.manager_id, c.template) != (
            c.leader_id,
            c.manager_id,
            state.scheduled.template,
        ):
            raise Rejected(
                "other_than_scheduled", "Name the two people and the template that it was scheduled with.", field=""
            )
        command = HoldOneToOne(
            one_to_one_id=c.one_to_one_id,
            topics=c.topics,
            content=c.content,
            held_on=c.held_on,
            next_on=c.next_on,
            leads=asked.leads,
            templates=states[templates],
        )
        return {stream: one_to_one.decide(Dated(command, today(states.at)), state)}

    reads: dict[str, AnyDecider] = {stream: one_to_one, templates: one_to_one_template}
    return Act(on_day(c.held_on, context), reads, decide, writes=frozenset({stream}))


taken: Sequence[Taken] = (
    (events.OneToOneTemplateSet, "/one-to-one-templates", Admission(SetTemplate, set_template, trust_only=True)),
    (events.OneToOneScheduled, "/one-to-ones", Admission(Appointment, schedule, look_up=look_up)),
    (events.OneToOneHeld, "/one-to-ones/{one_to_one_id}/hold", Admission(Conversation, hold, look_up=look_up)),
)


def _check_own(state: OneToOne, context: Context) -> None:
    """Nobody speaks of another school's one-to-ones by knowing an id."""
    if state.scheduled is not None:
        check_own_school(context, "/one_to_one_id", state.scheduled.urn)
