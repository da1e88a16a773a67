"""A programme of training that a trust or one of its schools has on offer."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.cpd.programmes import Partner, ProgrammeKind, ProgrammePublished
from shared.contracts.vocabulary import Code, Count, Id, Name, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def programme_stream(programme_id: Id) -> str:
    return f"programme-{programme_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishProgramme:
    programme_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    title: Name
    kind: ProgrammeKind
    audience_stages: tuple[Code, ...] = ()
    audience_roles: tuple[Code, ...] = ()
    outcomes: tuple[Text, ...] = ()
    partner: Partner | None = None
    cost_pence: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    published: ProgrammePublished | None = None


def decide(c: PublishProgramme, state: Programme) -> list[ProgrammePublished]:
    published = ProgrammePublished(
        programme_id=c.programme_id,
        trustuid=c.trustuid,
        urn=c.urn,
        title=c.title,
        kind=c.kind,
        audience_stages=c.audience_stages,
        audience_roles=c.audience_roles,
        outcomes=c.outcomes,
        partner=c.partner,
        cost_pence=c.cost_pence,
    )
    if state.published == published:
        return []
    if state.published is not None:
        raise Rejected(
            "programme_exists",
            "This programme is published with other details: give a new programme an id of its own.",
            field="/programme_id",
        )
    return [published]


def evolve(_state: Programme, event: ProgrammePublished) -> Programme:
    return Programme(published=event)


programme: Decider[PublishProgramme, Programme, ProgrammePublished] = Decider(Programme(), decide, evolve)
