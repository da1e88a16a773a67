"""Coaching and mentoring: the pool of those who can, who asks, and the pairings. What is said never leaves the pair."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen

from shared.contracts.vocabulary import Code, Count, Day, Id, PersonId, TrustUid, Urn, event

CoachingKind = Literal["coach", "mentor", "ect_mentor", "lle_head", "sle_group", "nlg_chair"]
Places = Annotated[int, Ge(1), Le(50)]
Minutes = Annotated[int, Ge(1), Le(1_440)]


@event
class CoachPoolJoined:
    """Somebody can coach or mentor, in these ways: because of a designation (its id is the membership's), or named so.

    `places`: how many pairings at once. `specialism` is a code, so that it can be looked for.
    """

    membership_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    person_id: PersonId
    basis: Literal["designation", "training", "experience"]
    kinds: Annotated[tuple[CoachingKind, ...], MinLen(1), MaxLen(6)]
    specialism: Code | None = None
    places: Places = 1
    from_on: Day
    to_on: Day | None = None


@event
class CoachPoolLeft:
    """A membership of the pool ended; `left_on` is the first day without it."""

    membership_id: Id
    person_id: PersonId
    urn: Urn | None = None
    left_on: Day


@event
class CoachingRequested:
    """Somebody would like to be coached or mentored, in a way and within some days."""

    request_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    person_id: PersonId
    kind: CoachingKind
    specialism: Code | None = None
    from_on: Day
    to_on: Day | None = None


@event
class CoachingRequestWithdrawn:
    """The wish to be coached is withdrawn."""

    request_id: Id
    person_id: PersonId
    urn: Urn | None = None
    withdrawn_on: Day


@event
class CoachingRequestAnswered:
    """A pairing answers the wish to be coached; it is answered once."""

    request_id: Id
    person_id: PersonId
    urn: Urn | None = None
    pairing_id: Id


@event
class CoachingPaired:
    """A coach and who is coached: one person, or a group with an SLE. `request_id`: the wish that it answers."""

    pairing_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    coach_id: PersonId
    coachee_ids: Annotated[tuple[PersonId, ...], MinLen(1), MaxLen(50)]
    kind: CoachingKind
    request_id: Id | None = None
    starts_on: Day
    ends_on: Day | None = None


@event
class CoachingSessionLogged:
    """A session of a pairing: when, how long, and its theme. Nothing of what was said."""

    pairing_id: Id
    urn: Urn | None = None
    session_id: Id
    theme: Code
    minutes: Minutes
    held_on: Day


@event
class CoachingQuestioned:
    """The coach has become a coachee's line manager: whether the pairing can go on is for people to say."""

    pairing_id: Id
    urn: Urn | None = None
    coachee_id: PersonId
    reason: Literal["coach_is_line_manager"]
    since_on: Day


@event
class CoachingEnded:
    """A pairing ended. The service counts its sessions and minutes."""

    pairing_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    coach_id: PersonId
    kind: CoachingKind
    outcome: Literal["met", "partly_met", "not_met", "stopped"]
    sessions: Count
    minutes: Count
    ended_on: Day


events = (
    CoachPoolJoined,
    CoachPoolLeft,
    CoachingRequested,
    CoachingRequestWithdrawn,
    CoachingRequestAnswered,
    CoachingPaired,
    CoachingSessionLogged,
    CoachingQuestioned,
    CoachingEnded,
)
