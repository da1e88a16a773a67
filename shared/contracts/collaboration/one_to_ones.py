"""One-to-ones: the trust's template, and the conversations of leaders with their line managers."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, MaxLen, MinLen

from shared.contracts.vocabulary import Code, Day, Id, Name, Personal, PersonId, Text, TrustUid, Urn, event

TemplateVersion = Annotated[int, Ge(1)]
Topics = Annotated[tuple[Name, ...], MinLen(1), MaxLen(20)]


@event
class OneToOneTemplateSet:
    """What every one-to-one of the trust goes through. The service counts the versions, from 1."""

    trustuid: TrustUid
    template: Code
    version: TemplateVersion
    topics: Topics
    from_on: Day


@event
class OneToOneScheduled:
    """A leader and their manager of that day will meet, by a version of a template."""

    one_to_one_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    leader_id: PersonId
    manager_id: PersonId
    template: Code
    version: TemplateVersion
    planned_on: Day


@event
class OneToOneHeld:
    """They met. What was said stays between the two; `topics` are those of the template that they came to."""

    one_to_one_id: Id
    urn: Urn | None = None
    leader_id: PersonId
    manager_id: PersonId
    template: Code
    version: TemplateVersion
    topics: Annotated[tuple[Name, ...], MaxLen(20)] = ()
    content: Annotated[Text, Personal(subject="leader_id")] | None = None
    held_on: Day
    next_on: Day | None = None


events = (OneToOneTemplateSet, OneToOneScheduled, OneToOneHeld)
