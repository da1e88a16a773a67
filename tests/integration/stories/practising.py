"""What the stories of templates and research groups begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, Trust
from tests.integration.stories.reviewing import LAST_WEEK, YESTERDAY
from tests.support.writer import TRUST


def template(urn: str | None = None, **more: Any) -> dict[str, Any]:
    """The fields of a template, of a school or of the trust, that is shared last week."""
    return {
        "template_id": str(uuid4()),
        "trustuid": TRUST,
        "urn": urn,
        "title": "Pupil progress meetings",
        "summary": "Half an hour each half-term, on six pupils.",
        "shared_on": LAST_WEEK,
        **more,
    }


async def shares(trust: Trust, **more: Any) -> str:
    """The trust shares a template; its id."""
    fields = template(**more)
    await trust.does("collaboration", "/practice-templates", fields)
    return str(fields["template_id"])


def adoption(urn: str, **more: Any) -> dict[str, Any]:
    """The fields of an adoption of the first version yesterday."""
    return {"urn": urn, "version": 1, "adopted_on": YESTERDAY, **more}


def group(member_ids: Sequence[str], **more: Any) -> dict[str, Any]:
    """The fields of a research group of both schools."""
    return {
        "group_id": str(uuid4()),
        "trustuid": TRUST,
        "question": "What helps boys to write?",
        "member_ids": list(member_ids),
        "urns": [HERE, THERE],
        "formed_on": LAST_WEEK,
        **more,
    }


async def forms(trust: Trust, *, school: str | None = None, **more: Any) -> str:
    """A research group is formed; its id."""
    fields = group([await trust.employs() for _ in range(2)], **more)
    await trust.does("collaboration", "/research-groups", fields, school=school)
    return str(fields["group_id"])


def insight(**more: Any) -> dict[str, Any]:
    """The fields of something that a research group found out."""
    found = {"finding_id": str(uuid4()), "finding": "Talking the text through first.", "shared_on": YESTERDAY}
    return {**found, **more}
