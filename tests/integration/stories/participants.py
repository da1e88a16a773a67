"""People on a course, and what is said about them at CPD's door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import TODAY, Trust

TOMORROW = TODAY + timedelta(days=1)


def ago(days: int) -> str:
    return str(TODAY - timedelta(days=days))


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who works at a school, and one course."""

    trust: Trust
    person_id: str
    course: str = "npq-headship"
    enrolment_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def stream(self) -> str:
        return f"qualification-{self.person_id}-{self.course}"

    def enrolment(self, **more: Any) -> dict[str, Any]:
        """The fields of an enrolment."""
        fields = {"enrolment_id": self.enrolment_id, "person_id": self.person_id, "course": self.course}
        plan = {"provider": "Harbour Institute", "cohort": "2025-autumn", "funding": "scholarship"}
        return {**fields, **plan, "enrolled_on": ago(400), **more}

    async def enrols(self, **more: Any) -> None:
        await self.trust.does("cpd", "/qualifications/enrolments", self.enrolment(**more))

    async def cannot_enrol(self, **more: Any) -> str:
        return await self.trust.cannot("cpd", "/qualifications/enrolments", self.enrolment(**more))

    async def does(self, what: str, **fields: Any) -> None:
        """What becomes of the enrolment: `milestones`, `milestones/void`, `defer`, `resume`, `withdraw`, `outcome`."""
        await self.trust.does("cpd", *self._said(what, fields))

    async def cannot(self, what: str, **fields: Any) -> str:
        return await self.trust.cannot("cpd", *self._said(what, fields))

    async def reaches(self, *milestones: str, days: int = 300) -> None:
        """One milestone after the other, a week apart."""
        for number, milestone in enumerate(milestones):
            await self.does("milestones", milestone=milestone, declared_on=ago(days - 7 * number))

    async def completes(self) -> None:
        await self.reaches("started", "retained-1", "retained-2", "completed")

    async def happened(self) -> list[str]:
        return await self.trust.happened("cpd", self.stream)

    def _said(self, what: str, fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        path = f"/qualifications/enrolments/{self.enrolment_id}/{what}"
        return path, {"person_id": self.person_id, "course": self.course, **fields}


async def participant(trust: Trust, course: str = "npq-headship", **more: Any) -> Participant:
    """Somebody who is enrolled on a course."""
    somebody = Participant(trust, await trust.employs("deputy_headteacher"), course)
    await somebody.enrols(**more)
    return somebody
