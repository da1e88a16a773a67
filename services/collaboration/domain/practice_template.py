"""A template of best practice: shared in versions that the service counts, and adopted by schools.

Other content is the next version. What is the latest version's own content is that version, whoever sends it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.practice import PracticeTemplateAdopted, PracticeTemplateShared, Version
from shared.contracts.vocabulary import Day, Id, Name, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def practice_template_stream(template_id: Id) -> str:
    return f"practice-template-{template_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTemplate:
    """`urn`: whose it is; a template of the trust has none."""

    template_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    title: Name
    summary: Text
    shared_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptTemplate:
    template_id: Id
    urn: Urn
    version: Version
    adopted_on: Day


TemplateCommand = ShareTemplate | AdoptTemplate
TemplateEvent = PracticeTemplateShared | PracticeTemplateAdopted


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeTemplate:
    versions: tuple[PracticeTemplateShared, ...] = ()
    adopted: Mapping[Urn, PracticeTemplateAdopted] = field(default_factory=dict)  # what each school works by now


def decide(asked: Dated[TemplateCommand], state: PracticeTemplate) -> list[TemplateEvent]:
    match asked.command:
        case ShareTemplate():
            return _share(asked.command, state, asked.today)
        case AdoptTemplate():
            return _adopt(asked.command, state, asked.today)
        case _:
            assert_never(asked.command)


def _share(c: ShareTemplate, state: PracticeTemplate, today: Day) -> list[TemplateEvent]:
    contents = [(version.title, version.summary) for version in state.versions]
    if contents:
        first = state.versions[0]
        if (first.trustuid, first.urn) != (c.trustuid, c.urn):
            raise Rejected(
                "template_exists",
                "This template is shared by somebody else: give yours an id of its own.",
                field="/template_id",
            )
        if contents[-1] == (c.title, c.summary):
            return []
    if (c.title, c.summary) in contents:
        raise Rejected(
            "version_superseded",
            "This is what an earlier version said: say what is new in it to share it once more.",
            field="/summary",
        )
    check_happened(c.shared_on, today, "/shared_on")
    return [
        PracticeTemplateShared(
            template_id=c.template_id,
            trustuid=c.trustuid,
            urn=c.urn,
            title=c.title,
            version=len(contents) + 1,
            summary=c.summary,
            shared_on=c.shared_on,
        )
    ]


def _adopt(c: AdoptTemplate, state: PracticeTemplate, today: Day) -> list[TemplateEvent]:
    if not state.versions:
        raise Rejected(
            "template_unknown", "There is no such template: check its id, or share it first.", field="/template_id"
        )
    if c.version > len(state.versions):
        raise Rejected("version_unknown", "Adopt a version that was shared.", field="/version")
    adopted = PracticeTemplateAdopted(template_id=c.template_id, urn=c.urn, version=c.version, adopted_on=c.adopted_on)
    known = state.adopted.get(c.urn)
    if known == adopted:
        return []
    if known is not None and c.version <= known.version:
        raise Rejected(
            "version_already_adopted",
            "This school works by this version or a later one already: adopt a newer one.",
            field="/version",
        )
    check_happened(c.adopted_on, today, "/adopted_on")
    if c.adopted_on < state.versions[c.version - 1].shared_on:
        raise Rejected(
            "adopted_before_shared",
            "Give the day on which this version was shared, or a later one.",
            field="/adopted_on",
        )
    return [adopted]


def evolve(state: PracticeTemplate, event: TemplateEvent) -> PracticeTemplate:
    match event:
        case PracticeTemplateShared():
            return replace(state, versions=(*state.versions, event))
        case PracticeTemplateAdopted():
            return replace(state, adopted={**state.adopted, event.urn: event})
        case _:
            assert_never(event)


practice_template: Decider[Dated[TemplateCommand], PracticeTemplate, TemplateEvent] = Decider(
    PracticeTemplate(), decide, evolve
)
