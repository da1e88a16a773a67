"""A school's trajectory: where its performance is heading, as somebody judged it on a day.

A judgement is never edited: on the same day a later one takes its place, on a later day it is followed by another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.talent.domain.school import School, is_member_on
from shared.contracts.talent.register import SchoolTrajectoryAssessed, Trajectory
from shared.contracts.vocabulary import Day, PersonId, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def trajectory_stream(trustuid: str, urn: str) -> str:
    return f"trajectory-{trustuid}-{urn}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessTrajectory:
    """`school`: its membership, a fact from another stream. `today` is the day on which this is said."""

    trustuid: TrustUid
    urn: Urn
    trajectory: Trajectory
    basis: Text
    assessed_by: PersonId
    assessed_on: Day
    school: School
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessments:
    by_day: Mapping[Day, SchoolTrajectoryAssessed] = field(default_factory=dict)


def decide(c: AssessTrajectory, state: Assessments) -> list[SchoolTrajectoryAssessed]:
    assessed = SchoolTrajectoryAssessed(
        trustuid=c.trustuid,
        urn=c.urn,
        trajectory=c.trajectory,
        basis=c.basis,
        assessed_by=c.assessed_by,
        assessed_on=c.assessed_on,
    )
    if state.by_day.get(c.assessed_on) == assessed:
        return []
    if c.assessed_on > c.today:
        raise Rejected("in_the_future", "Give the day of the judgement: it must not be to come.", field="/assessed_on")
    if not is_member_on(c.assessed_on, c.school):
        raise Rejected(
            "school_not_member",
            "This school was not a member of the trust on that day: check the URN and the day.",
            field="/urn",
        )
    return [assessed]


def evolve(state: Assessments, event: SchoolTrajectoryAssessed) -> Assessments:
    return Assessments(by_day={**state.by_day, event.assessed_on: event})


trajectory: Decider[AssessTrajectory, Assessments, SchoolTrajectoryAssessed] = Decider(Assessments(), decide, evolve)
