"""Claims about people: who they are, where they work, who manages them, and which entries are one person.

A school speaks for its own: it records engagements at itself, and says the rest of those who work there. A person
belongs to the trust that registered them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from uuid_utils.compat import uuid5

from services.talent.domain.engagement import (
    ChangeEngagement,
    EndEngagement,
    PauseEngagement,
    ResumeEngagement,
    StartEngagement,
)
from services.talent.domain.leader import is_open, leader, leader_stream
from services.talent.domain.merging import MergePersons, ReturnEngagements, SplitPersons, TakeEngagements, merger
from services.talent.domain.person import (
    AssignLineManager,
    CorrectDetails,
    Person,
    PersonCommand,
    RegisterPerson,
    person,
    person_stream,
)
from services.talent.domain.staff_reference import AssignStaffReference, StaffReference, staff_reference
from services.talent.intake.scope import check_at_own_school, check_known, check_of_trust
from shared.contracts.talent import register as events
from shared.contracts.talent.register import staff_stream
from shared.contracts.vocabulary import Code, Day, Id, Name, PersonId, Reference, Trn, TrustUid
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """`PersonRegistered`: a person enters the register; without an id they get one."""

    person_id: Id | None = None
    trustuid: TrustUid
    source: Code
    staff_ref: Reference
    name: Name
    email: Name | None = None
    trn: Trn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnotherReference:
    """`StaffReferenceAssigned`: another system's number stands for a person who is registered."""

    person_id: PersonId
    source: Code
    staff_ref: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class LineManagement:
    """`LineManagerAssigned`: from a day on a person has this line manager."""

    person_id: PersonId
    manager_id: PersonId
    from_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """`PersonsMerged`: this entry is a duplicate of that one, the survivor."""

    person_id: Id
    into_person_id: Id
    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """`PersonsSplit`: a merger was a mistake. It takes ids: the entry's staff references lead to the survivor."""

    person_id: Id
    from_person_id: Id
    reason: Code


def register_person(c: Registration, context: Context) -> Act:
    """Enter a person in the register, under the number by which a school's system knows them."""
    person_id = c.person_id or uuid5(context.command_id, "person")
    entry, reference = person_stream(person_id), staff_stream(c.trustuid, c.source, c.staff_ref)

    def decide(states: States) -> Decision:
        known: StaffReference = states[reference]
        if c.person_id is None and known.person_id is not None:
            return {}  # registered already, under the id they got then
        registered = RegisterPerson(
            person_id=person_id,
            trustuid=c.trustuid,
            source=c.source,
            staff_ref=c.staff_ref,
            name=c.name,
            email=c.email,
            trn=c.trn,
        )
        assigned = AssignStaffReference(
            person_id=person_id, trustuid=c.trustuid, source=c.source, staff_ref=c.staff_ref
        )
        return {
            entry: person.decide(registered, states[entry]),
            reference: staff_reference.decide(assigned, known),
        }

    return Act(context, {entry: person, reference: staff_reference}, decide)


def add_staff_reference(c: AnotherReference, context: Context) -> Act:
    """Let another system's staff number stand for a person too."""
    entry, reference = person_stream(c.person_id), staff_stream(context.trustuid, c.source, c.staff_ref)

    def decide(states: States) -> Decision:
        state: Person = states[entry]
        check_of_trust(state, context)
        check_at_own_school(context, {started.urn for started in state.started.values()}, "/person_id")
        command = AssignStaffReference(
            person_id=c.person_id, trustuid=context.trustuid, source=c.source, staff_ref=c.staff_ref
        )
        return {reference: staff_reference.decide(command, states[reference])}

    reads: dict[str, AnyDecider] = {entry: person, reference: staff_reference}
    return Act(context, reads, decide, writes=frozenset({reference}))


def correct_details(c: CorrectDetails, context: Context) -> Act:
    """Put right a person's name, e-mail address or teacher number."""

    def command(states: States) -> CorrectDetails:
        state: Person = states[person_stream(c.person_id)]
        check_at_own_school(context, {started.urn for started in state.started.values()}, "/person_id")
        return c

    return _on_person(c.person_id, context, command)


def start_engagement(c: StartEngagement, context: Context) -> Act:
    """Record that somebody starts to work or serve, at a school or for the trust."""
    if c.urn is None and context.urns is not None:
        raise Rejected("trust_only", "Name your school: only the trust records engagements of its own.", field="/urn")
    return _on_person(c.person_id, on_day(c.started_on, context), lambda _: c)


def change_engagement(c: ChangeEngagement, context: Context) -> Act:
    """Record that an engagement has another role or share of full time from a day on."""
    return _on_engagement(c, on_day(c.from_on, context))


def pause_engagement(c: PauseEngagement, context: Context) -> Act:
    """Record that an engagement pauses from a day on; never why."""
    return _on_engagement(c, on_day(c.from_on, context))


def resume_engagement(c: ResumeEngagement, context: Context) -> Act:
    """Record that a paused engagement goes on from a day."""
    return _on_engagement(c, on_day(c.from_on, context))


def end_engagement(c: EndEngagement, context: Context) -> Act:
    """Record that an engagement ends."""
    return _on_engagement(c, on_day(c.ended_on, context))


def assign_line_manager(c: LineManagement, context: Context) -> Act:
    """Say who manages a person from a day on."""
    manager = person_stream(c.manager_id)

    def command(states: States) -> AssignLineManager:
        state: Person = states[person_stream(c.person_id)]
        current = {e.urn for e in state.started.values() if e.engagement_id not in state.ended}
        check_at_own_school(context, current, "/person_id")
        return AssignLineManager(
            person_id=c.person_id, manager_id=c.manager_id, from_on=c.from_on, manager=states[manager]
        )

    return _on_person(c.person_id, on_day(c.from_on, context), command, reads=(manager,))


def merge_persons(c: Merger, context: Context) -> Act:
    """Merge a duplicate entry into the one that stands for the person from now on."""
    gone, kept, record = person_stream(c.person_id), person_stream(c.into_person_id), leader_stream(c.person_id)

    def decide(states: States) -> Decision:
        entry: Person = states[gone]
        survivor: Person = states[kept]
        check_known(entry, context)
        merge = MergePersons(
            person_id=c.person_id,
            into_person_id=c.into_person_id,
            reason=c.reason,
            survivor=survivor,
            leads=is_open(states[record]),
        )
        if not (merged := merger.decide(merge, entry)):
            return {}
        take = TakeEngagements(person_id=c.into_person_id, engagements=tuple(entry.engagements.values()))
        return {gone: merged, kept: merger.decide(take, survivor)}

    reads: dict[str, AnyDecider] = {gone: person, kept: person, record: leader}
    return Act(context, reads, decide, writes=frozenset({gone, kept}), holds=frozenset(reads))


def split_persons(c: Split, context: Context) -> Act:
    """Undo a merger: the entry stands for itself again, with its staff references and engagements."""
    entry, kept = person_stream(c.person_id), person_stream(c.from_person_id)

    def decide(states: States) -> Decision:
        state: Person = states[entry]
        survivor: Person = states[kept]
        check_known(state, context)
        split = SplitPersons(person_id=c.person_id, from_person_id=c.from_person_id, reason=c.reason, survivor=survivor)
        if not (decided := merger.decide(split, state)) or state.merged is None:
            return {}
        back = ReturnEngagements(
            person_id=c.from_person_id, to_person_id=c.person_id, engagement_ids=state.merged.engagement_ids
        )
        return {entry: decided, kept: merger.decide(back, survivor)}

    reads: dict[str, AnyDecider] = dict.fromkeys((entry, kept), person)
    return Act(context, reads, decide, holds=frozenset(reads))


_engagement = "/persons/{person_id}/engagements/{engagement_id}"
taken: Sequence[Taken] = (
    (events.PersonRegistered, "/persons", Admission(Registration, register_person)),
    (events.PersonDetailsCorrected, "/persons/{person_id}/correct", Admission(CorrectDetails, correct_details)),
    (
        events.StaffReferenceAssigned,
        "/persons/{person_id}/staff-references",
        Admission(AnotherReference, add_staff_reference),
    ),
    (events.PersonsMerged, "/persons/{person_id}/merge", Admission(Merger, merge_persons, trust_only=True)),
    (events.PersonsSplit, "/persons/{person_id}/split", Admission(Split, split_persons, trust_only=True)),
    (events.EngagementStarted, "/persons/{person_id}/engagements", Admission(StartEngagement, start_engagement)),
    (events.EngagementChanged, f"{_engagement}/change", Admission(ChangeEngagement, change_engagement)),
    (events.EngagementPaused, f"{_engagement}/pause", Admission(PauseEngagement, pause_engagement)),
    (events.EngagementResumed, f"{_engagement}/resume", Admission(ResumeEngagement, resume_engagement)),
    (events.EngagementEnded, f"{_engagement}/end", Admission(EndEngagement, end_engagement)),
    (events.LineManagerAssigned, "/persons/{person_id}/line-manager", Admission(LineManagement, assign_line_manager)),
)


def _on_engagement(c: ChangeEngagement | PauseEngagement | ResumeEngagement | EndEngagement, context: Context) -> Act:
    """A command on an engagement that began; a school's own system speaks of those at that school."""

    def command(states: States) -> PersonCommand:
        state: Person = states[person_stream(c.person_id)]
        started = state.started.get(c.engagement_id)
        if started is not None:
            check_at_own_school(context, {started.urn}, "/engagement_id")
        return c

    return _on_person(c.person_id, context, command)


def _on_person(
    person_id: Id, context: Context, command: Callable[[States], PersonCommand], reads: Sequence[str] = ()
) -> Act:
    """A command on a person of the sender's own trust; another trust's people are not known here."""
    stream = person_stream(person_id)

    def decide(states: States) -> Decision:
        check_of_trust(states[stream], context)
        return {stream: person.decide(command(states), states[stream])}

    folded: dict[str, AnyDecider] = dict.fromkeys((stream, *reads), person)
    return Act(context, folded, decide, writes=frozenset({stream}))
