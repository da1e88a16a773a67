"""A one-to-one of a leader with who leads them: scheduled by the template of its day, and held.

For a head that is somebody who leads the trust, or who chairs the governors of their school.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from services.collaboration.domain.days import Dated, check_happened
from services.collaboration.domain.one_to_one_template import Template
from shared.contracts.collaboration.one_to_ones import OneToOneHeld, OneToOneScheduled
from shared.contracts.vocabulary import Code, Day, Id, Name, PersonId, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def one_to_one_stream(one_to_one_id: Id) -> str:
    return f"one-to-one-{one_to_one_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleOneToOne:
    """`leads`: whether the manager leads the leader on that day; `templates`: what its stream says."""

    one_to_one_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    leader_id: PersonId
    manager_id: PersonId
    template: Code
    planned_on: Day
    leads: bool
    templates: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOneToOne:
    """`topics`: those of the template that they came to. `leads`: whether the manager leads the leader on that day."""

    one_to_one_id: Id
    topics: tuple[Name, ...] = ()
    content: Text | None = None
    held_on: Day
    next_on: Day | None = None
    leads: bool
    templates: Template


OneToOneCommand = ScheduleOneToOne | HoldOneToOne
OneToOneEvent = OneToOneScheduled | OneToOneHeld


@dataclass(frozen=True, slots=True, kw_only=True)
class OneToOne:
    scheduled: OneToOneScheduled | None = None
    held: tuple[Day, tuple[Name, ...], Day | None] | None = None  # what was said in it is personal


def decide(asked: Dated[OneToOneCommand], state: OneToOne) -> list[OneToOneEvent]:
    match asked.command:
        case ScheduleOneToOne():
            return _schedule(asked.command, state)
        case HoldOneToOne():
            return _hold(asked.command, state, asked.today)
        case _:
            assert_never(asked.command)


def _schedule(c: ScheduleOneToOne, state: OneToOne) -> list[OneToOneEvent]:
    known = state.scheduled
    if known is not None:
        same = (known.urn, known.leader_id, known.manager_id, known.template, known.planned_on)
        if same == (c.urn, c.leader_id, c.manager_id, c.template, c.planned_on):
            return []
        raise Rejected(
            "one_to_one_exists",
            "This one-to-one is scheduled with other details: give another one an id of its own.",
            field="/one_to_one_id",
        )
    if c.leader_id == c.manager_id:
        raise Rejected("alone", "Name two people.", field="/manager_id")
    _check_leads(leads=c.leads, field="/manager_id")
    version = c.templates.in_force(c.planned_on)
    if version is None:
        raise Rejected(
            "template_unknown", "The trust has no such template on that day: set it first.", field="/template"
        )
    return [
        OneToOneScheduled(
            one_to_one_id=c.one_to_one_id,
            trustuid=c.trustuid,
            urn=c.urn,
            leader_id=c.leader_id,
            manager_id=c.manager_id,
            template=c.template,
            version=version.version,
            planned_on=c.planned_on,
        )
    ]


def _hold(c: HoldOneToOne, state: OneToOne, today: Day) -> list[OneToOneEvent]:
    scheduled = state.scheduled
    if scheduled is None:
        raise Rejected(
            "one_to_one_unknown",
            "There is no such one-to-one: check its id, or schedule it first.",
            field="/one_to_one_id",
        )
    if state.held == (c.held_on, c.topics, c.next_on):
        return []
    if state.held is not None:
        raise Rejected(
            "one_to_one_held",
            "This one-to-one is held: schedule another one, or void that it was.",
            field="/one_to_one_id",
        )
    check_happened(c.held_on, today, "/held_on")
    if c.next_on is not None and c.next_on <= c.held_on:
        raise Rejected("next_before_this", "Give a later day for the next one.", field="/next_on")
    _check_leads(leads=c.leads, field="/held_on")
    version = next(v for v in c.templates.versions if v.version == scheduled.version)
    if not set(c.topics) <= set(version.topics):
        raise Rejected("topic_of_no_template", "Name topics of its template.", field="/topics")
    return [
        OneToOneHeld(
            one_to_one_id=c.one_to_one_id,
            urn=scheduled.urn,
            leader_id=scheduled.leader_id,
            manager_id=scheduled.manager_id,
            template=scheduled.template,
            version=scheduled.version,
            topics=c.topics,
            content=c.content,
            held_on=c.held_on,
            next_on=c.next_on,
        )
    ]


def _check_leads(*, leads: bool, field: str) -> None:
    if not leads:
        raise Rejected(
            "not_the_line_manager",
            "Name who led this person on that day; for a head who leads the trust, or chairs the school's governors.",
            field=field,
        )


def evolve(state: OneToOne, event: OneToOneEvent) -> OneToOne:
    match event:
        case OneToOneScheduled():
            return replace(state, scheduled=event)
        case OneToOneHeld():
            return replace(state, held=(event.held_on, event.topics, event.next_on))
        case _:
            assert_never(event)


one_to_one: Decider[Dated[OneToOneCommand], OneToOne, OneToOneEvent] = Decider(OneToOne(), decide, evolve)
