"""What schools ask the trust for from day to day, and what they tell each other: successes and challenges."""

from __future__ import annotations

from typing import Annotated, Literal

from shared.contracts.vocabulary import Code, Id, Instant, Name, Personal, Text, TrustUid, Urn, event

SupportKind = Literal["site", "hr", "compliance", "other"]


@event
class SupportRequested:
    """A school asked the trust for help with something of every day."""

    request_id: Id
    trustuid: TrustUid
    urn: Urn
    kind: SupportKind
    request: Annotated[Text, Personal()]
    opened_at: Instant


@event
class SupportRequestAnswered:
    """The trust answered a request; the first answer is the one that is timed. `by` is a pseudonymous id."""

    request_id: Id
    urn: Urn
    answer: Annotated[Text, Personal()]
    by: Name
    answered_at: Instant


@event
class SupportRequestClosed:
    """A request is done with, for the school or for the trust."""

    request_id: Id
    urn: Urn
    closed_at: Instant


@event
class SuccessShared:
    """A school tells the others of something that went well."""

    success_id: Id
    trustuid: TrustUid
    urn: Urn
    theme: Code
    text: Annotated[Text, Personal()]
    shared_at: Instant


@event
class ChallengeRaised:
    """A school tells the others of something that is hard."""

    challenge_id: Id
    trustuid: TrustUid
    urn: Urn
    theme: Code
    text: Annotated[Text, Personal()]
    raised_at: Instant


events = (SupportRequested, SupportRequestAnswered, SupportRequestClosed, SuccessShared, ChallengeRaised)
