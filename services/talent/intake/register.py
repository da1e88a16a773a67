"""Claims about the register: what a trust or a school's system says becomes a command on this service's own streams.

The shapes are the domain's own commands where they need nothing looked up. A school speaks for its own: it records
engagements at itself, and says who manages those who work there. A person belongs to the trust that registered them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
from services.talent.domain.school import JoinSchool, LeaveTrust, SucceedUrn, school, school_stream
from services.talent.domain.terms import SetTermDates, terms, terms_stream
from services.talent.domain.trust import RegisterTrust, trust, trust_stream
from services.talent.intake.scope import check_at_own_school, check_of_trust, is_of_trust, on_day
from shared.contracts.talent import register as events
from shared.contracts.vocabulary import Day, Id, PersonId
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, act
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class LineManagement:
    """`LineManagerAssigned`: from a day on a person has this line manager."""

    person_id: PersonId
    manager_id: PersonId
    from_on: Day


def register_trust(c: RegisterTrust, context: Context) -> Act:
    """Enter a trust in the register."""
    return act(trust, trust_stream(c.trustuid), c, context)


def join_school(c: JoinSchool, context: Context) -> Act:
    """Let a school join the trust."""
    return act(school, school_stream(c.trustuid, c.urn), c, on_day(c.joined_on, context))


def leave_trust(c: LeaveTrust, context: Context) -> Act:
    """Record that a school leaves the trust."""
    return act(school, school_stream(c.trustuid, c.urn), c, on_day(c.left_on, context))


def succeed_urn(c: SucceedUrn, context: Context) -> Act:
    """Record that a school goes on under a new URN."""
    return act(school, school_stream(c.trustuid, c.from_urn), c, on_day(c.on, context))


def set_term_dates(c: SetTermDates, context: Context) -> Act:
    """Set the year's half-terms and closure days, of the trust or of one school."""
    if c.urn is None and context.urns is not None:
        raise Rejected("trust_only", "Name your school: only the trust sets the dates for all.", field="/urn")
    return act(terms, terms_stream(c.trustuid, c.academic_year, c.urn), c, context)


def register_person(c: RegisterPerson, context: Context) -> Act:
    """Enter a person in the register."""
    return act(person, person_stream(c.person_id), c, context)


def start_engagement(c: StartEngagement, context: Context) -> Act:
    """Record that somebody starts to work or serve, at a school or for the trust."""
    if c.urn is None and context.urns is not None:
        raise Rejected("trust_only", "Name your school: only the trust records engagements of its own.", field="/urn")
    return _on_person(c.person_id, on_day(c.started_on, context), lambda _: c)


def end_engagement(c: EndEngagement, context: Context) -> Act:
    """Record that an engagement ends."""

    def command(states: States) -> EndEngagement:
        state: Person = states[person_stream(c.person_id)]
        started = state.started.get(c.engagement_id)
        if started is not None:
            check_at_own_school(context, {started.urn}, "/engagement_id")
        return c

    return _on_person(c.person_id, on_day(c.ended_on, context), command)


def assign_line_manager(c: LineManagement, context: Context) -> Act:
    """Say who manages a person from a day on."""
    manager = person_stream(c.manager_id)

    def command(states: States) -> AssignLineManager:
        state: Person = states[person_stream(c.person_id)]
        current = {e.urn for e in state.started.values() if e.engagement_id not in state.ended}
        check_at_own_school(context, current, "/person_id")
        return AssignLineManager(
            person_id=c.person_id,
            manager_id=c.manager_id,
            from_on=c.from_on,
            manager_known=is_of_trust(states[manager], context),
        )

    return _on_person(c.person_id, on_day(c.from_on, context), command, reads=(manager,))


taken: Sequence[Taken] = (
    (events.TrustRegistered, "/trusts", Admission(RegisterTrust, register_trust, trust_only=True)),
    (events.SchoolJoinedTrust, "/schools", Admission(JoinSchool, join_school, trust_only=True)),
    (events.SchoolLeftTrust, "/schools/{urn}/leave", Admission(LeaveTrust, leave_trust, trust_only=True)),
    (events.SchoolUrnSucceeded, "/schools/{from_urn}/succeed", Admission(SucceedUrn, succeed_urn, trust_only=True)),
    (events.TermDatesSet, "/term-dates", Admission(SetTermDates, set_term_dates)),
    (events.PersonRegistered, "/persons", Admission(RegisterPerson, register_person)),
    (events.EngagementStarted, "/persons/{person_id}/engagements", Admission(StartEngagement, start_engagement)),
    (
        events.EngagementEnded,
        "/persons/{person_id}/engagements/{engagement_id}/end",
        Admission(EndEngagement, end_engagement),
    ),
    (events.LineManagerAssigned, "/persons/{person_id}/line-manager", Admission(LineManagement, assign_line_manager)),
)


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
