"""Evidence that a programme changed something at a school: a measure before and after, verified by somebody.

Disadvantaged pupils are looked at in every measure that knows them: both numbers of theirs are given, or neither.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.cpd.domain.days import Dated, check_happened
from shared.contracts.cpd.programmes import ImpactEvidenced, ImpactLevel
from shared.contracts.vocabulary import Day, Id, Name, PersonId, TrustUid, Urn
from shared.decider import Decider, Rejected


def impact_stream(impact_id: Id) -> str:
    return f"impact-{impact_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceImpact:
    impact_id: Id
    programme_id: Id
    trustuid: TrustUid
    urn: Urn
    level: ImpactLevel
    measure: Name
    baseline_thousandths: int
    follow_up_thousandths: int
    disadvantaged_baseline_thousandths: int | None = None
    disadvantaged_follow_up_thousandths: int | None = None
    verified_by: PersonId
    evidenced_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    evidenced: ImpactEvidenced | None = None


def decide(asked: Dated[EvidenceImpact], state: Impact) -> list[ImpactEvidenced]:
    c = asked.command
    evidenced = ImpactEvidenced(
        impact_id=c.impact_id,
        programme_id=c.programme_id,
        trustuid=c.trustuid,
        urn=c.urn,
        level=c.level,
        measure=c.measure,
        baseline_thousandths=c.baseline_thousandths,
        follow_up_thousandths=c.follow_up_thousandths,
        disadvantaged_baseline_thousandths=c.disadvantaged_baseline_thousandths,
        disadvantaged_follow_up_thousandths=c.disadvantaged_follow_up_thousandths,
        verified_by=c.verified_by,
        evidenced_on=c.evidenced_on,
    )
    if state.evidenced == evidenced:
        return []
    if state.evidenced is not None:
        raise Rejected(
            "impact_exists",
            "This evidence is recorded with other details: give new evidence an id of its own.",
            field="/impact_id",
        )
    _check_both(c.disadvantaged_baseline_thousandths, c.disadvantaged_follow_up_thousandths)
    check_happened(c.evidenced_on, asked.today, "/evidenced_on")
    return [evidenced]


def _check_both(baseline: int | None, follow_up: int | None) -> None:
    if (baseline is None) != (follow_up is None):
        missing = "baseline" if baseline is None else "follow_up"
        raise Rejected(
            "disadvantaged_measure_missing",
            "Give the measure of disadvantaged pupils both before and after, or leave out both.",
            field=f"/disadvantaged_{missing}_thousandths",
        )


def evolve(_state: Impact, event: ImpactEvidenced) -> Impact:
    return Impact(evidenced=event)


impact: Decider[Dated[EvidenceImpact], Impact, ImpactEvidenced] = Decider(Impact(), decide, evolve)
