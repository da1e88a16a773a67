"""Claims about system leadership: who is designated for what, and how many an area says it has.

Trust and school designate. A school speaks of itself and of those who work or serve there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.talent.domain.designation import (
    DesignateRole,
    DesignationCommand,
    WithdrawDesignation,
    designations,
    designations_stream,
)
from services.talent.domain.person import Person, person, person_stream, places_on, roles_on
from services.talent.domain.role_count import DeclareRoleCount, role_count, role_count_stream
from services.talent.domain.school import School, school, school_stream
from services.talent.domain.service_record import headships
from services.talent.intake.scope import check_at_own_school, check_of_trust
from shared.clock import today
from shared.contracts.talent import roles as events
from shared.contracts.vocabulary import Code, Day, Id, Name, PersonId, TrustUid, Urn
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, act, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Designation:
    """`RoleDesignated`: a person or a school holds a role of a scheme."""

    designation_id: Id
    trustuid: TrustUid
    person_id: PersonId | None = None
    urn: Urn | None = None
    scheme: Code
    specialism: Name | None = None
    awarding_body: Name
    from_on: Day
    to_on: Day | None = None
    historic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationWithdrawal:
    """`RoleDesignationWithdrawn`: a designation of this person or this school ended."""

    designation_id: Id
    person_id: PersonId | None = None
    urn: Urn | None = None
    withdrawn_on: Day
    reason: Code | None = None


def declare_role_count(c: DeclareRoleCount, context: Context) -> Act:
    """Declare how many system leaders of a scheme an area has."""
    return act(role_count, role_count_stream(c.trustuid, c.area, c.scheme), c, on_day(c.as_at, context))


def designate_role(c: Designation, context: Context) -> Act:
    """Record that a person or a school holds a role of a scheme."""

    def command(states: States, somebody: Person) -> DesignateRole:
        return DesignateRole(
            designation_id=c.designation_id,
            trustuid=c.trustuid,
            person_id=c.person_id,
            urn=c.urn,
            scheme=c.scheme,
            specialism=c.specialism,
            awarding_body=c.awarding_body,
            from_on=c.from_on,
            to_on=c.to_on,
            historic=c.historic,
            roles=roles_on(c.from_on, somebody),
            headships=headships(somebody),
            today=today(states.at),
        )

    return _on_holder(c, on_day(c.from_on, context), command)


def withdraw_designation(c: DesignationWithdrawal, context: Context) -> Act:
    """Record that a designation of a person or a school ended."""

    def command(states: States, somebody: Person) -> WithdrawDesignation:
        return WithdrawDesignation(
            designation_id=c.designation_id,
            withdrawn_on=c.withdrawn_on,
            reason=c.reason,
            headships=headships(somebody),
            today=today(states.at),
        )

    return _on_holder(c, on_day(c.withdrawn_on, context), command)


taken: Sequence[Taken] = (
    (events.RoleCountDeclared, "/role-counts", Admission(DeclareRoleCount, declare_role_count, trust_only=True)),
    (events.RoleDesignated, "/designations", Admission(Designation, designate_role)),
    (
        events.RoleDesignationWithdrawn,
        "/designations/{designation_id}/withdraw",
        Admission(DesignationWithdrawal, withdraw_designation),
    ),
)


def _on_holder(
    c: Designation | DesignationWithdrawal,
    context: Context,
    command: Callable[[States, Person], DesignationCommand],
) -> Act:
    """A command on the designations of a person or of a school of the sender's own trust."""
    stream = designations_stream(context.trustuid, c.person_id, c.urn)
    reads: dict[str, AnyDecider] = {stream: designations}
    if c.person_id is not None:
        reads[person_stream(c.person_id)] = person
    if c.urn is not None:
        reads[school_stream(context.trustuid, c.urn)] = school

    def decide(states: States) -> Decision:
        somebody = person.initial
        if c.person_id is not None:
            somebody = states[person_stream(c.person_id)]
            check_of_trust(somebody, context)
            check_at_own_school(context, {*places_on(today(states.at), somebody)}, "/person_id")
        if c.urn is not None:
            _check_has_been_member(states[school_stream(context.trustuid, c.urn)])
        return {stream: designations.decide(command(states, somebody), states[stream])}

    return Act(context, reads, decide, writes=frozenset({stream}))


def _check_has_been_member(state: School) -> None:
    """What a school was designated for long ago counts, also from before it joined."""
    if not state.memberships:
        raise Rejected(
            "school_not_member",
            "This school is not a member of the trust: check the URN, or let it join first.",
            field="/urn",
        )
