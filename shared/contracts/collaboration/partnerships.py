"""Collaborations of schools with each other and with partners outside, and how strong they are.

The five tests of a strong collaboration are purpose, mutuality, change, pace and prioritisation.
"""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen

from shared.contracts.collaboration.capacity import Amount
from shared.contracts.vocabulary import Count, Day, Id, Name, Rag, Reference, Text, TrustUid, Urn, event

FiveTest = Literal["purpose", "mutuality", "change", "pace", "prioritisation"]
Score = Annotated[int, Ge(0), Le(4)]


@event
class Partner:
    """A school of the trust (`urn`), the trust itself (neither), or one outside (`name`); what it gives and gets."""

    kind: Literal["school", "trust", "other_trust", "university", "diocese", "local_authority", "other"]
    urn: Urn | None = None
    name: Name | None = None
    gives: Annotated[tuple[Amount, ...], MaxLen(20)] = ()
    receives: Annotated[tuple[Amount, ...], MaxLen(20)] = ()


@event
class CollaborationAgreed:
    """Partners agreed on a purpose, how they will see that it worked, until when, and what they give up for it.

    The opportunity cost is in days of work and in pence; none is said as zero.
    """

    collaboration_id: Id
    trustuid: TrustUid
    title: Name
    purpose: Text
    measures: Annotated[tuple[Name, ...], MinLen(1), MaxLen(20)]
    partners: Annotated[tuple[Partner, ...], MinLen(2), MaxLen(50)]
    starts_on: Day
    ends_on: Day
    opportunity_cost_days: Count
    opportunity_cost_pence: Count


@event
class FiveTestsAssessed:
    """How a collaboration stands in one of the five tests, from 0 to 4. The latest of each test counts.

    Mutuality is worked out by the service from what the partners give and receive; the others are people's judgement,
    and `by` is a pseudonymous id.
    """

    collaboration_id: Id
    test: FiveTest
    score: Score
    basis: Literal["judged", "worked_out"]
    by: Name
    assessed_on: Day


@event
class PracticeChangeCommitted:
    """A school will do something differently from a day on, because of a collaboration."""

    collaboration_id: Id
    commitment_id: Id
    urn: Urn
    practice: Text
    by: Reference
    from_on: Day


@event
class CollaborationClosed:
    """A collaboration came to its end."""

    collaboration_id: Id
    outcome: Rag
    closed_on: Day


events = (CollaborationAgreed, FiveTestsAssessed, PracticeChangeCommitted, CollaborationClosed)
