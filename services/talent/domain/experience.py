"""Experience: one thing that a leader did, in the trust's growing bank. The same fact counts once for each leader."""

from __future__ import annotations

from dataclasses import dataclass

from services.talent.domain.facts import check_happened
from services.talent.domain.leader import Leader, check_active
from shared.contracts.talent.leaders import Experience, ExperienceGained
from shared.contracts.vocabulary import Day, Id, PersonId
from shared.decider import Decider, Rejected


def experience_stream(leader_id: Id, basis: Id) -> str:
    return f"experience-{leader_id}-{basis}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExperience:
    """`basis` is the id of what it comes from: a project, a review, … `leader` is their record."""

    leader_id: PersonId
    experience: Experience
    basis: Id
    gained_on: Day
    leader: Leader
    today: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class BankedExperience:
    gained: ExperienceGained | None = None


def decide(c: RecordExperience, state: BankedExperience) -> list[ExperienceGained]:
    gained = ExperienceGained(leader_id=c.leader_id, experience=c.experience, basis=c.basis, gained_on=c.gained_on)
    if state.gained == gained:
        return []
    if state.gained is not None:
        raise Rejected(
            "experience_exists",
            "This counts as experience of the leader already, of another kind or on another day.",
            field="/basis",
        )
    check_active(c.leader)
    check_happened(c.gained_on, c.today, field="/gained_on")
    return [gained]


def evolve(_state: BankedExperience, event: ExperienceGained) -> BankedExperience:
    return BankedExperience(gained=event)


experience: Decider[RecordExperience, BankedExperience, ExperienceGained] = Decider(BankedExperience(), decide, evolve)
