"""What travels between schools: templates of best practice, and what research groups find out."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, MaxLen, MinLen

from shared.contracts.vocabulary import Day, Id, Name, PersonId, Text, TrustUid, Urn, event

Version = Annotated[int, Ge(1)]


@event
class PracticeTemplateShared:
    """A way of doing something that a school, or the trust (no `urn`), shares. The service counts versions, from 1."""

    template_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    title: Name
    version: Version
    summary: Text
    shared_on: Day


@event
class PracticeTemplateAdopted:
    """A school works by a version of a template."""

    template_id: Id
    urn: Urn
    version: Version
    adopted_on: Day


@event
class ResearchGroupFormed:
    """People of these schools look into a question together."""

    group_id: Id
    trustuid: TrustUid
    question: Text
    member_ids: Annotated[tuple[PersonId, ...], MinLen(2), MaxLen(100)]
    urns: Annotated[tuple[Urn, ...], MinLen(1), MaxLen(100)]
    formed_on: Day


@event
class ResearchFindingShared:
    """What a research group found out, for everybody to read: no text about a person."""

    group_id: Id
    finding_id: Id
    finding: Text
    shared_on: Day


events = (PracticeTemplateShared, PracticeTemplateAdopted, ResearchGroupFormed, ResearchFindingShared)
