"""What people ask of the data about them, and what the trust decides about it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.contracts.vocabulary import Code, Count, Day, Id, Personal, PersonId, Text, event

Ground = Literal["request", "retention_over", "court_order"]
Obstacle = Literal["legal_hold", "retention_rule"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@event
class LegalHoldPlaced:
    """Nothing about this person may be erased until the hold is lifted: a claim, an inquiry, an order.

    `basis` says by which rule; `reason` in whose words.
    """

    person_id: PersonId
    hold_id: Id
    basis: Code
    reason: Annotated[Text, Personal(subject="person_id")]


@event
class LegalHoldLifted:
    """A hold ended."""

    person_id: PersonId
    hold_id: Id


@event
class ErasureDecided:
    """What is held about this person is erased: from now on, in every service, for ever."""

    person_id: PersonId
    erasure_id: Id
    ground: Ground
    requested_on: Day


@event
class ErasureRefused:
    """Somebody's data was to be erased, and a hold or a retention rule says no. `until_on`: until when, if known."""

    person_id: PersonId
    erasure_id: Id
    ground: Ground
    requested_on: Day
    because: Obstacle
    until_on: Day | None = None


@event
class SubjectAccessFulfilled:
    """A person was given what is held about them: so many events, so many texts withheld, in this very package."""

    person_id: PersonId
    request_id: Id
    requested_on: Day
    events: Count
    withheld: Count
    package_sha256: Sha256


events = (LegalHoldPlaced, LegalHoldLifted, ErasureDecided, ErasureRefused, SubjectAccessFulfilled)
