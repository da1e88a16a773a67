"""What a school tells the others: a success, or a challenge. Told once; its text is personal and not in the state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from services.collaboration.domain.times import Timed, check_past
from shared.contracts.collaboration.support import ChallengeRaised, SuccessShared
from shared.contracts.vocabulary import Code, Id, Instant, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def shared_experience_stream(experience_id: Id) -> str:
    return f"shared-experience-{experience_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareSuccess:
    success_id: Id
    trustuid: TrustUid
    urn: Urn
    theme: Code
    text: Text
    shared_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseChallenge:
    challenge_id: Id
    trustuid: TrustUid
    urn: Urn
    theme: Code
    text: Text
    raised_at: Instant


ExperienceCommand = ShareSuccess | RaiseChallenge
ExperienceEvent = SuccessShared | ChallengeRaised


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedExperience:
    """`told` is without its text."""

    told: ExperienceEvent | None = None


def decide(timed: Timed[ExperienceCommand], state: SharedExperience) -> list[ExperienceEvent]:
    match timed.command:
        case ShareSuccess():
            return _share(timed.command, state, timed.at)
        case RaiseChallenge():
            return _raise(timed.command, state, timed.at)
        case _:
            assert_never(timed.command)


def _share(c: ShareSuccess, state: SharedExperience, at: Instant) -> list[ExperienceEvent]:
    told = SuccessShared(
        success_id=c.success_id, trustuid=c.trustuid, urn=c.urn, theme=c.theme, text=c.text, shared_at=c.shared_at
    )
    if _is_told(told, state, "/success_id"):
        return []
    check_past(c.shared_at, at, "/shared_at")
    return [told]


def _raise(c: RaiseChallenge, state: SharedExperience, at: Instant) -> list[ExperienceEvent]:
    told = ChallengeRaised(
        challenge_id=c.challenge_id, trustuid=c.trustuid, urn=c.urn, theme=c.theme, text=c.text, raised_at=c.raised_at
    )
    if _is_told(told, state, "/challenge_id"):
        return []
    check_past(c.raised_at, at, "/raised_at")
    return [told]


def _is_told(event: ExperienceEvent, state: SharedExperience, field: str) -> bool:
    """Whether just this was told before; an id tells one thing."""
    if state.told is None:
        return False
    if state.told != replace(event, text=""):
        raise Rejected("experience_exists", "This id tells something else: tell this under a new id.", field=field)
    return True


def evolve(_state: SharedExperience, event: ExperienceEvent) -> SharedExperience:
    return SharedExperience(told=replace(event, text=""))


shared_experience: Decider[Timed[ExperienceCommand], SharedExperience, ExperienceEvent] = Decider(
    SharedExperience(), decide, evolve
)
