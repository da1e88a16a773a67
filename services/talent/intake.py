"""Claims about the register: what a trust or a school's system says becomes a command on this service's own streams.

The shapes are the domain's own commands where they need nothing looked up. A school speaks for its own: it records
engagements at itself, and says who manages those who work there. A person belongs to the trust that registered them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.talent.domain.person import (
    AssignLineManager,
    EndEngagement,
    Person,
    PersonCommand,
    RegisterPerson,
    StartEngagement,
    person,
    person_stream,
)
from services.talent.domain.role_count import DeclareRoleCount, role_count, role_count_stream
from services.talent.domain.school import JoinSchool, LeaveTrust, SucceedUrn, school, school_stream
from services.talent.domain.terms import SetTermDates, terms, terms_stream
from services.talent.domain.trust import RegisterTrust, trust, trust_stream
from shared.contracts import talent as events
from shared.contracts.vocabulary import Day, Id
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, act
from shared.intake import Admission, Admissions

_LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineManagement:
    """`LineManagerAssigned`: from a day on a person has this line manager."""

    person_id: Id
    manager_id: Id
    from_on: Day


def register_trust(c: RegisterTrust, context: Context) -> Act:
    """Enter a trust in the register."""
    return act(trust, trust_stream(c.trustuid), c, context)


def join_school(c: JoinSchool, context: Context) -> Act:
    """Let a school join the trust."""
    return act(school, school_stream(c.trustuid, c.urn), c, _on(c.joined_on, context))


def leave_trust(c: LeaveTrust, context: Context) -> Act:
    """Record that a school leaves the trust."""
    return act(school, school_stream(c.trustuid, c.urn), c, _on(c.left_on, context))


def succeed_urn(c: SucceedUrn, context: Context) -> Act:
    """Record that a school goes on under a new URN."""
    return act(school, school_stream(c.trustuid, c.from_urn), c, _on(c.on, context))


def set_term_dates(c: SetTermDates, context: Context) -> Act:
    """Set the year's half-terms and closure days, of the trust or of one school."""
    if c.urn is None and context.urns is not None:
        raise Rejected("trust_only", "Name your school: only the trust sets the dates for all.", field="/urn")
    return act(terms, terms_stream(c.trustuid, c.academic_year, c.urn), c, context)


def declare_role_count(c: DeclareRoleCount, context: Context) -> Act:
    """Declare how many system leaders of a scheme an area has."""
    return act(role_count, role_count_stream(c.trustuid, c.area, c.scheme), c, _on(c.as_at, context))


def register_person(c: RegisterPerson, context: Context) -> Act:
    """Enter a person in the register."""
    return act(person, person_stream(c.person_id), c, context)


def start_engagement(c: StartEngagement, context: Context) -> Act:
    """Record that somebody starts to work or serve, at a school or for the trust."""
    if c.urn is None and context.urns is not None:
        raise Rejected("trust_only", "Name your school: only the trust records engagements of its own.", field="/urn")
    return _on_person(c.person_id, _on(c.started_on, context), lambda _: c)


def end_engagement(c: EndEngagement, context: Context) -> Act:
    """Record that an engagement ends."""

    def command(states: States) -> EndEngagement:
        state: Person = states[person_stream(c.person_id)]
        started = state.started.get(c.engagement_id)
        if started is not None:
            _check_at_own_school(context, {started.urn}, "/engagement_id")
        return c

    return _on_person(c.person_id, _on(c.ended_on, context), command)


def assign_line_manager(c: LineManagement, context: Context) -> Act:
    """Say who manages a person from a day on."""
    manager = person_stream(c.manager_id)

    def command(states: States) -> AssignLineManager:
        state: Person = states[person_stream(c.person_id)]
        current = {e.urn for e in state.started.values() if e.engagement_id not in state.ended}
        _check_at_own_school(context, current, "/person_id")
        return AssignLineManager(
            person_id=c.person_id,
            manager_id=c.manager_id,
            from_on=c.from_on,
            manager_known=_is_of_trust(states[manager], context),
        )

    return _on_person(c.person_id, _on(c.from_on, context), command, reads=(manager,))


_taken: Sequence[tuple[type[Any], Admission]] = (
    (events.TrustRegistered, Admission(RegisterTrust, register_trust, trust_only=True)),
    (events.SchoolJoinedTrust, Admission(JoinSchool, join_school, trust_only=True)),
    (events.SchoolLeftTrust, Admission(LeaveTrust, leave_trust, trust_only=True)),
    (events.SchoolUrnSucceeded, Admission(SucceedUrn, succeed_urn, trust_only=True)),
    (events.TermDatesSet, Admission(SetTermDates, set_term_dates)),
    (events.RoleCountDeclared, Admission(DeclareRoleCount, declare_role_count, trust_only=True)),
    (events.PersonRegistered, Admission(RegisterPerson, register_person)),
    (events.EngagementStarted, Admission(StartEngagement, start_engagement)),
    (events.EngagementEnded, Admission(EndEngagement, end_engagement)),
    (events.LineManagerAssigned, Admission(LineManagement, assign_line_manager)),
)
admissions: Admissions = {events.contract.names[event]: admission for event, admission in _taken}


def _on_person(
    person_id: Id, context: Context, command: Callable[[States], PersonCommand], reads: Sequence[str] = ()
) -> Act:
    """A command on a person of the sender's own trust; another trust's people are not known here."""
    stream = person_stream(person_id)

    def decide(states: States) -> Decision:
        if not _is_of_trust(states[stream], context):
            raise Rejected(
                "person_unknown", "This person is not in the register: register them first.", field="/person_id"
            )
        return {stream: person.decide(command(states), states[stream])}

    folded: dict[str, AnyDecider] = dict.fromkeys((stream, *reads), person)
    return Act(context, folded, decide, writes=frozenset({stream}))


def _is_of_trust(state: Person, context: Context) -> bool:
    return state.known_as is not None and state.known_as[0] == context.trustuid


def _check_at_own_school(context: Context, urns: set[str | None], field: str) -> None:
    """Nobody speaks of those who work at another school by knowing their ids."""
    if context.urns is not None and urns.isdisjoint(context.urns):
        raise Rejected("not_your_school", "A school may say this about its own engagements only.", field=field)


def _on(day: Day, context: Context) -> Context:
    """What has a date of its own happened when that day began."""
    return replace(context, happened_at=datetime.combine(day, time.min, _LONDON))
