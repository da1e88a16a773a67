"""What travels between schools, as reports need it: what is told of a success or a challenge is personal and not here.

- practice_template: one row a version of a template that was shared, numbered in its stream
- template_adoption: one row an adoption, numbered in the same stream
- research_group: one row a group; research_school: one row a group and school
- research_finding: one row a finding, numbered in its group's stream
- shared_experience: one row a success or a challenge
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.reporting.read_models.projection import SOURCE, Patch, Projection, Table, same, source
from services.reporting.seeing.policies import of_school, shared
from shared.contracts.collaboration.practice import (
    PracticeTemplateAdopted,
    PracticeTemplateShared,
    ResearchFindingShared,
    ResearchGroupFormed,
)
from shared.contracts.collaboration.support import ChallengeRaised, SuccessShared
from shared.messaging import Delivered

practice_template = Table(
    name="practice_template",
    key={"template_id": "uuid", "streamversion": "bigint"},
    columns={"trustuid": "text", "urn": "text", "title": "text", "version": "integer", **SOURCE},
    seen_by=shared,
)
template_adoption = Table(
    name="template_adoption",
    key={"template_id": "uuid", "streamversion": "bigint"},
    columns={"trustuid": "text", "urn": "text", "version": "integer", **SOURCE},
    seen_by=of_school("urn"),
)
research_group = Table(
    name="research_group",
    key={"group_id": "uuid"},
    columns={"trustuid": "text", "question": "text", **SOURCE},
    seen_by=shared,
)
research_school = Table(
    name="research_school",
    key={"group_id": "uuid", "urn": "text"},
    columns={"trustuid": "text", "place": "integer"},
    seen_by=of_school("urn"),
)
research_finding = Table(
    name="research_finding",
    key={"group_id": "uuid", "streamversion": "bigint"},
    columns={"trustuid": "text", "finding": "text", **SOURCE},
    seen_by=shared,
)
shared_experience = Table(
    name="shared_experience",
    key={"experience_id": "uuid"},
    columns={"trustuid": "text", "kind": "text", "urn": "text", "theme": "text", **SOURCE},
    seen_by=shared,
)


def _shared(event: PracticeTemplateShared, delivered: Delivered) -> Iterator[Patch]:
    changes = same(event, "trustuid", "urn", "title", "version")
    yield Patch("practice_template", (event.template_id, delivered.envelope.version), changes | source(delivered))


def _adopted(event: PracticeTemplateAdopted, delivered: Delivered) -> Iterator[Patch]:
    changes = {"urn": event.urn, "version": event.version}
    yield Patch("template_adoption", (event.template_id, delivered.envelope.version), changes | source(delivered))


def _formed(event: ResearchGroupFormed, delivered: Delivered) -> Iterator[Patch]:
    changes = {"trustuid": event.trustuid, "question": event.question}
    yield Patch("research_group", (event.group_id,), changes | source(delivered))
    for place, urn in enumerate(event.urns):
        yield Patch("research_school", (event.group_id, urn), {"place": place})


def _found(event: ResearchFindingShared, delivered: Delivered) -> Iterator[Patch]:
    key = (event.group_id, delivered.envelope.version)
    yield Patch("research_finding", key, {"finding": event.finding} | source(delivered))


def _success(event: SuccessShared, delivered: Delivered) -> Iterator[Patch]:
    yield _experience("success", event.success_id, event, delivered)


def _challenge(event: ChallengeRaised, delivered: Delivered) -> Iterator[Patch]:
    yield _experience("challenge", event.challenge_id, event, delivered)


def _experience(kind: str, name: Any, event: SuccessShared | ChallengeRaised, delivered: Delivered) -> Patch:
    changes = {"kind": kind, "trustuid": event.trustuid, "urn": event.urn, "theme": event.theme}
    return Patch("shared_experience", (name,), changes | source(delivered))


projection = Projection(
    name="practice",
    tables=(
        practice_template,
        template_adoption,
        research_group,
        research_school,
        research_finding,
        shared_experience,
    ),
    on={
        PracticeTemplateShared: _shared,
        PracticeTemplateAdopted: _adopted,
        ResearchGroupFormed: _formed,
        ResearchFindingShared: _found,
        SuccessShared: _success,
        ChallengeRaised: _challenge,
    },
)
