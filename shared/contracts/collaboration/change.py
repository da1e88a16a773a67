"""Change that is overseen, consulted on and costed; and decisions that everybody understands."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import MaxLen, MinLen

from shared.contracts.vocabulary import Code, Count, Day, Id, Name, Personal, Text, TrustUid, Urn, event

Groups = Annotated[tuple[Code, ...], MinLen(1), MaxLen(20)]
Schools = Annotated[tuple[Urn, ...], MinLen(1), MaxLen(200)]


@event
class ConsultationStandardSet:
    """For how many days at least, and with which groups, the trust consults on a change from a day on."""

    trustuid: TrustUid
    min_days: Count
    groups: Groups
    from_on: Day


@event
class ChangeProposed:
    """A change at these schools: its cost in pence and in days of work, and whether all do alike or each its own."""

    change_id: Id
    trustuid: TrustUid
    title: Name
    urns: Schools
    align: Literal["align", "leave"]
    cost_pence: Count
    days: Count
    disadvantaged_note: Annotated[Text, Personal()] | None = None
    proposed_on: Day


@event
class ConsultationClosed:
    """Who was consulted, from when to when. The service says whether it was as the standard of its first day asks.

    `missing_groups` were not consulted; `days_short` are the days that lack. Without a standard nothing is to be met.
    """

    change_id: Id
    groups: Groups
    from_on: Day
    to_on: Day
    meets_standard: bool | None = None
    missing_groups: tuple[Code, ...] = ()
    days_short: Count = 0


@event
class ChangeAdopted:
    """A change is made, from a day on until it is business as usual."""

    change_id: Id
    trustuid: TrustUid
    urns: Schools
    consulted: bool
    from_on: Day
    to_on: Day
    adopted_on: Day


@event
class ChangeDropped:
    """A change that was proposed will not be made."""

    change_id: Id
    reason: Text
    dropped_on: Day


@event
class DecisionCascaded:
    """A decision was passed on, with its reason, to these roles at these schools."""

    decision_id: Id
    trustuid: TrustUid
    change_id: Id | None = None
    title: Name
    reason: Text
    audience: Groups
    urns: Schools
    cascaded_on: Day


@event
class DecisionUnderstood:
    """How many of a role at a school say that they understand a decision, of how many; never who."""

    decision_id: Id
    urn: Urn
    role: Code
    understood: Count
    expected: Count
    as_at: Day


events = (
    ConsultationStandardSet,
    ChangeProposed,
    ConsultationClosed,
    ChangeAdopted,
    ChangeDropped,
    DecisionCascaded,
    DecisionUnderstood,
)
