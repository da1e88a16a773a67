"""A readiness assessment: what a leader is ready for, in the view of two or more who know them.

It is never edited, only followed by another. With one assessor it is recorded as provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from services.talent.domain.facts import check_happened, check_known
from services.talent.domain.half_terms import academic_years_from, half_term_end
from services.talent.domain.leader import Leader, check_active
from services.talent.domain.person import Person, places_on
from shared.contracts.talent.leaders import Readiness, ReadinessAssessed
from shared.contracts.talent.register import TermDatesSet
from shared.contracts.vocabulary import AcademicYear, Code, Day, Id, Len, PersonId
from shared.decider import Decider, Rejected

Assessors = Annotated[tuple[PersonId, ...], Len(1, 12)]


def readiness_stream(assessment_id: Id) -> str:
    return f"readiness-{assessment_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessReadiness:
    """What other streams say: the leader's record, the person's and the known assessors' entries, and term dates.

    `term_dates` are what the trust has set for the `years_of_validity`.
    """

    leader_id: PersonId
    assessment_id: Id
    post_type: Code
    readiness: Readiness
    assessor_ids: Assessors
    assessed_on: Day
    leader: Leader
    person: Person
    assessors: Mapping[PersonId, Person]
    term_dates: tuple[TermDatesSet, ...]
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    assessed: ReadinessAssessed | None = None


def years_of_validity(assessed_on: Day) -> tuple[AcademicYear, AcademicYear]:
    """The academic years whose term dates say how long an assessment is valid."""
    return academic_years_from(_a_year_after(assessed_on))


def decide(c: AssessReadiness, state: Assessment) -> list[ReadinessAssessed]:
    if state.assessed is not None:
        if _says_the_same(c, state.assessed):
            return []
        raise Rejected(
            "assessment_exists",
            "This assessment is recorded with other content and is never edited: follow it by one with a new id.",
            field="/assessment_id",
        )
    check_active(c.leader)
    check_happened(c.assessed_on, c.today, field="/assessed_on")
    _check_assessors(c)
    return [
        ReadinessAssessed(
            leader_id=c.leader_id,
            assessment_id=c.assessment_id,
            post_type=c.post_type,
            readiness=c.readiness,
            assessor_ids=c.assessor_ids,
            provisional=len(c.assessor_ids) == 1,
            assessed_on=c.assessed_on,
            valid_until=half_term_end(_a_year_after(c.assessed_on), c.term_dates),
        )
    ]


def _says_the_same(c: AssessReadiness, assessed: ReadinessAssessed) -> bool:
    """Without `valid_until`: the trust may have set other term dates since."""
    return (c.leader_id, c.post_type, c.readiness, set(c.assessor_ids), c.assessed_on) == (
        assessed.leader_id,
        assessed.post_type,
        assessed.readiness,
        set(assessed.assessor_ids),
        assessed.assessed_on,
    )


def _check_assessors(c: AssessReadiness) -> None:
    for number, assessor_id in enumerate(c.assessor_ids):
        place = f"/assessor_ids/{number}"
        if assessor_id == c.leader_id:
            raise Rejected("assesses_self", "Name others: nobody assesses their own readiness.", field=place)
        if assessor_id in c.assessor_ids[:number]:
            raise Rejected("assessor_named_twice", "Name each assessor once.", field=place)
        check_known(known=assessor_id in c.assessors, field=place)
    if len(c.assessor_ids) > 1 and not any(_is_from_outside(c.assessors[a], c) for a in c.assessor_ids):
        raise Rejected(
            "no_assessor_from_outside",
            "Add an assessor who works at none of this person's schools: at another one, or for the trust.",
            field="/assessor_ids",
        )


def _is_from_outside(assessor: Person, c: AssessReadiness) -> bool:
    """Somebody of whom no workplace is known cannot be said to be from elsewhere."""
    places = places_on(c.assessed_on, assessor)
    return bool(places) and places.isdisjoint(places_on(c.assessed_on, c.person))


def _a_year_after(day: Day) -> Day:
    """Twelve months later; from 29 February, 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def evolve(_state: Assessment, event: ReadinessAssessed) -> Assessment:
    return Assessment(assessed=event)


readiness: Decider[AssessReadiness, Assessment, ReadinessAssessed] = Decider(Assessment(), decide, evolve)
