"""Leaders: who is seen as one, what they led and learnt from, and what they are ready for."""

from __future__ import annotations

from typing import Annotated, Literal

from shared.contracts.vocabulary import Code, Day, Id, Name, Personal, PersonId, Rag, Text, Urn, event

LeaderSource = Literal["nomination", "self", "appraisal", "project", "review"]
Ambition = Literal["headship", "trust", "specialist", "same_level", "unsure"]
Readiness = Literal["ready_now", "1_year", "2_3_years", "4_5_years", "not_ready"]
Experience = Literal["project", "review", "coaching", "deployment", "qualification", "other"]


@event
class LeaderIdentified:
    """Somebody is seen as a leader, now or to be. A leader's id is the person's own: one record a person, for ever."""

    leader_id: PersonId
    person_id: PersonId
    urn: Urn | None = None
    identified_by: PersonId
    source: LeaderSource
    potential_for: tuple[Code, ...] = ()
    ambition: Ambition
    evidence: Annotated[Text, Personal(subject="person_id")] | None = None
    informed_on: Day | None = None


@event
class LeaderEndorsed:
    """Somebody other than the leader supports the record; one that its own subject began counts from here."""

    leader_id: PersonId
    endorsed_by: PersonId
    endorsed_on: Day


@event
class LeaderInformed:
    """The person was told that they are seen as a leader: from here on others may see it too."""

    leader_id: PersonId
    informed_by: PersonId
    informed_on: Day


@event
class LeaderNominationDeclined:
    """The person, or the trust, declined the nomination."""

    leader_id: PersonId
    declined_by: Literal["person", "trust"]
    declined_on: Day
    reason: Annotated[Text, Personal(subject="leader_id")] | None = None


@event
class LeaderRecordClosed:
    """The record is closed, by somebody or because the person left the trust."""

    leader_id: PersonId
    closed_on: Day
    reason: Code


@event
class LeaderRecordReopened:
    """A closed record is open again: a returner, or a second thought."""

    leader_id: PersonId
    reopened_by: PersonId
    reopened_on: Day
    reason: Code


@event
class ProjectLeadershipGiven:
    """A leader was given a project to lead, at these schools or, with none, trust-wide."""

    leader_id: PersonId
    project_id: Id
    project: Name
    scope_urns: tuple[Urn, ...] = ()
    given_on: Day


@event
class ProjectLeadershipCompleted:
    """A leader's project ended with an outcome."""

    leader_id: PersonId
    project_id: Id
    outcome: Rag
    completed_on: Day


@event
class ExperienceGained:
    """The growing bank: something that a leader did counts as experience; `basis` is the fact that it comes from."""

    leader_id: PersonId
    experience: Experience
    basis: Id
    gained_on: Day


@event
class ReadinessAssessed:
    """What a leader is ready for, in the view of these assessors, until a day. With one assessor it is provisional."""

    leader_id: PersonId
    assessment_id: Id
    post_type: Code
    readiness: Readiness
    assessor_ids: tuple[PersonId, ...]
    provisional: bool
    assessed_on: Day
    valid_until: Day


events = (
    LeaderIdentified,
    LeaderEndorsed,
    LeaderInformed,
    LeaderNominationDeclined,
    LeaderRecordClosed,
    LeaderRecordReopened,
    ProjectLeadershipGiven,
    ProjectLeadershipCompleted,
    ExperienceGained,
    ReadinessAssessed,
)
