"""Claims about the register: trusts and their schools, term dates, and what areas declare. People are people.py's.

The shapes are the domain's own commands where they need nothing looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.talent.domain.person import person, person_stream
from services.talent.domain.school import JoinSchool, LeaveTrust, SucceedUrn, school, school_stream
from services.talent.domain.terms import SetTermDates, terms, terms_stream
from services.talent.domain.trajectory import AssessTrajectory, trajectory, trajectory_stream
from services.talent.domain.trust import RegisterTrust, trust, trust_stream
from services.talent.domain.trust_induction import PlanTrustInduction, trust_induction, trust_induction_stream
from services.talent.intake.scope import check_of_trust
from shared.clock import today
from shared.contracts.talent import register as events
from shared.contracts.talent.register import Trajectory
from shared.contracts.vocabulary import Day, PersonId, Text, TrustUid, Urn
from shared.decider import AnyDecider, Rejected
from shared.eventstore import Act, Context, Decision, States, act, on_day
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """`SchoolTrajectoryAssessed`: where a school's performance is heading, as somebody judged it on a day."""

    trustuid: TrustUid
    urn: Urn
    trajectory: Trajectory
    basis: Text
    assessed_by: PersonId
    assessed_on: Day


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


def assess_trajectory(c: Assessment, context: Context) -> Act:
    """Record where a school's performance is heading."""
    stream, member = trajectory_stream(c.trustuid, c.urn), school_stream(c.trustuid, c.urn)
    assessor = person_stream(c.assessed_by)

    def decide(states: States) -> Decision:
        check_of_trust(states[assessor], context, "/assessed_by")
        command = AssessTrajectory(
            trustuid=c.trustuid,
            urn=c.urn,
            trajectory=c.trajectory,
            basis=c.basis,
            assessed_by=c.assessed_by,
            assessed_on=c.assessed_on,
            school=states[member],
            today=today(states.at),
        )
        return {stream: trajectory.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: trajectory, member: school, assessor: person}
    return Act(on_day(c.assessed_on, context), reads, decide, writes=frozenset({stream}))


def plan_trust_induction(c: PlanTrustInduction, context: Context) -> Act:
    """Plan that everybody who is new to the trust comes together."""
    return act(trust_induction, trust_induction_stream(c.induction_id), c, context)


taken: Sequence[Taken] = (
    (events.TrustRegistered, "/trusts", Admission(RegisterTrust, register_trust, trust_only=True)),
    (events.SchoolJoinedTrust, "/schools", Admission(JoinSchool, join_school, trust_only=True)),
    (events.SchoolLeftTrust, "/schools/{urn}/leave", Admission(LeaveTrust, leave_trust, trust_only=True)),
    (events.SchoolUrnSucceeded, "/schools/{from_urn}/succeed", Admission(SucceedUrn, succeed_urn, trust_only=True)),
    (events.TermDatesSet, "/term-dates", Admission(SetTermDates, set_term_dates)),
    (
        events.SchoolTrajectoryAssessed,
        "/schools/{urn}/trajectory",
        Admission(Assessment, assess_trajectory, trust_only=True),
    ),
    (
        events.TrustInductionPlanned,
        "/trust-inductions",
        Admission(PlanTrustInduction, plan_trust_induction, trust_only=True),
    ),
)
