"""The arrangement of an induction: who supports an early-career teacher, who judges, and how much the teacher works.

The statutory guidance "Induction for early career teachers (England)" expects that mentor and induction tutor, who are
there for different things, are different people; in exceptional circumstances, which are said, one may be both. A
part-timer serves the same time pro rata.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.talent.domain.engagement import FULL_TIME
from shared.contracts.vocabulary import Count, Name, PersonId
from shared.decider import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """`one_person_for_both`: in exceptional circumstances mentor and induction tutor are the same person."""

    person_id: PersonId
    mentor_id: PersonId
    tutor_id: PersonId
    one_person_for_both: bool = False
    appropriate_body: Name
    fte_hundredths: Count


def check_arrangement(a: Arrangement) -> None:
    _check_supporters(a)
    if a.fte_hundredths == 0:
        raise Rejected(
            "fte_missing", "Give the share of full time in hundredths, from 1 to 100.", field="/fte_hundredths"
        )
    if a.fte_hundredths > FULL_TIME:
        raise Rejected(
            "fte_above_full_time",
            "Give the share of full time in hundredths: an induction has at most 100.",
            field="/fte_hundredths",
        )


def _check_supporters(a: Arrangement) -> None:
    for name, supporter in (("mentor_id", a.mentor_id), ("tutor_id", a.tutor_id)):
        if supporter == a.person_id:
            raise Rejected(
                "ect_supports_self",
                "Name a colleague: an early-career teacher is neither their own mentor nor their own tutor.",
                field=f"/{name}",
            )
    if a.mentor_id == a.tutor_id and not a.one_person_for_both:
        raise Rejected(
            "mentor_is_tutor",
            "Name two people, as mentoring is not assessing; or set one_person_for_both where that cannot be.",
            field="/tutor_id",
        )
