"""The five tests of a strong collaboration (S4c): four that people judge, and mutuality, which is worked out.

Nobody claims mutuality: it follows from what the partners give and receive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.contracts.collaboration.capacity import Amount
from shared.contracts.collaboration.partnerships import (
    CollaborationAgreed,
    FiveTest,
    FiveTestsAssessed,
    Partner,
    Score,
)
from shared.contracts.vocabulary import Day, Name

highest: Score = 4
works_out = "collaboration"
"""In the place of who judged, where this service works a score out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How strong a collaboration is in the tests that people judge, from 0 to 4; what is left out is not judged."""

    purpose: Score | None = None
    change: Score | None = None
    pace: Score | None = None
    prioritisation: Score | None = None


def assessments_of(agreed: CollaborationAgreed, scores: Judgement, by: Name, day: Day) -> list[FiveTestsAssessed]:
    """What people judged of a collaboration on a day, and with it its mutuality."""
    judged: Mapping[FiveTest, Score | None] = {
        "purpose": scores.purpose,
        "change": scores.change,
        "pace": scores.pace,
        "prioritisation": scores.prioritisation,
    }
    worked_out = FiveTestsAssessed(
        collaboration_id=agreed.collaboration_id,
        test="mutuality",
        score=mutuality(agreed.partners),
        basis="worked_out",
        by=works_out,
        assessed_on=day,
    )
    return [
        *(
            FiveTestsAssessed(
                collaboration_id=agreed.collaboration_id,
                test=test,
                score=score,
                basis="judged",
                by=by,
                assessed_on=day,
            )
            for test, score in judged.items()
            if score is not None
        ),
        worked_out,
    ]


def mutuality(partners: Sequence[Partner]) -> Score:
    """A score from 0 to 4: four times the mean balance of the partners, rounded down.

    A partner's balance is min(g, r) / max(g, r), where g and r count the different kinds (dimension and unit) of what
    it gives and of what it receives: 1 where it gives as many kinds as it receives, 0 where it only gives, only
    receives, or does neither. S4c asks that "giving and receiving is expected of all partners", so every partner counts
    the same, and rounding down keeps the highest score for those where all do both alike. Kinds are counted and not
    amounts, because half-days, places and pence cannot be weighed against each other.
    """
    balances = sum((_balance(partner) for partner in partners), Fraction(0))
    return int(highest * balances / len(partners))


def _balance(partner: Partner) -> Fraction:
    gives, receives = _kinds(partner.gives), _kinds(partner.receives)
    return Fraction(min(gives, receives), max(gives, receives, 1))


def _kinds(amounts: Sequence[Amount]) -> int:
    return len({(amount.dimension, amount.unit) for amount in amounts})
