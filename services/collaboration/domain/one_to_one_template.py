"""What every one-to-one of a trust goes through: a template, in versions that the service counts."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.collaboration.one_to_ones import OneToOneTemplateSet, Topics
from shared.contracts.vocabulary import Code, Day, TrustUid
from shared.decider import Decider, Rejected


def one_to_one_template_stream(trustuid: TrustUid, template: Code) -> str:
    return f"one-to-one-template-{trustuid}-{template}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTemplate:
    """The same topics from the same day again change nothing; anything else is a version of its own."""

    trustuid: TrustUid
    template: Code
    topics: Topics
    from_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    versions: tuple[OneToOneTemplateSet, ...] = ()

    def in_force(self, on: Day) -> OneToOneTemplateSet | None:
        """The version that counts on a day: of those from that day or before, the latest set."""
        return next((version for version in reversed(self.versions) if version.from_on <= on), None)


def decide(c: SetTemplate, state: Template) -> list[OneToOneTemplateSet]:
    latest = state.versions[-1] if state.versions else None
    if latest is not None and (latest.topics, latest.from_on) == (c.topics, c.from_on):
        return []
    if len(set(c.topics)) < len(c.topics):
        raise Rejected("topic_twice", "Name each topic once.", field="/topics")
    if latest is not None and c.from_on < latest.from_on:
        raise Rejected(
            "before_the_latest_version", "Let it count from the day of the latest version or later.", field="/from_on"
        )
    version = 1 if latest is None else latest.version + 1
    return [
        OneToOneTemplateSet(
            trustuid=c.trustuid, template=c.template, version=version, topics=c.topics, from_on=c.from_on
        )
    ]


def evolve(state: Template, event: OneToOneTemplateSet) -> Template:
    return Template(versions=(*state.versions, event))


one_to_one_template: Decider[SetTemplate, Template, OneToOneTemplateSet] = Decider(Template(), decide, evolve)
