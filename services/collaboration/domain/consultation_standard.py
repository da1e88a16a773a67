"""For how long, and with which groups, a trust consults on a change. Its versions follow each other by day."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.collaboration.change import ConsultationStandardSet, Groups
from shared.contracts.vocabulary import Count, Day, TrustUid
from shared.decider import Decider, Rejected


def consultation_standard_stream(trustuid: TrustUid) -> str:
    return f"consultation-standard-{trustuid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetConsultationStandard:
    trustuid: TrustUid
    min_days: Count
    groups: Groups
    from_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationStandard:
    versions: tuple[ConsultationStandardSet, ...] = ()  # each from a later day on than the one before

    def in_force_on(self, day: Day) -> ConsultationStandardSet | None:
        """What a consultation that begins on a day has to meet; a later version changes nothing about it."""
        begun = [version for version in self.versions if version.from_on <= day]
        return begun[-1] if begun else None


def decide(c: SetConsultationStandard, state: ConsultationStandard) -> list[ConsultationStandardSet]:
    wanted = ConsultationStandardSet(
        trustuid=c.trustuid, min_days=c.min_days, groups=tuple(dict.fromkeys(c.groups)), from_on=c.from_on
    )
    if wanted in state.versions:
        return []
    if state.versions and c.from_on <= state.versions[-1].from_on:
        raise Rejected(
            "standard_not_later",
            "A standard is not edited: let this one be in force from a later day than the one that stands.",
            field="/from_on",
        )
    return [wanted]


def evolve(state: ConsultationStandard, event: ConsultationStandardSet) -> ConsultationStandard:
    return ConsultationStandard(versions=(*state.versions, event))


consultation_standard: Decider[SetConsultationStandard, ConsultationStandard, ConsultationStandardSet] = Decider(
    ConsultationStandard(), decide, evolve
)
