"""People and their engagements, told as talent would publish them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.contracts.talent import register as t
from tests.support.story import Story, named


@dataclass(frozen=True, slots=True)
class Staffing:
    """What happens to the people of a story's trust. People and engagements go by names."""

    story: Story

    def enters(self, who: str) -> None:
        person_id = named(who)
        event = t.PersonRegistered(
            person_id=person_id, trustuid=self.story.trust, source="hr", staff_ref=who.replace(" ", "-"), name=who
        )
        self._tell(event)

    def starts(self, who: str, engagement: str, urn: str | None, role: str, on: date, **more: Any) -> None:
        event = t.EngagementStarted(
            person_id=named(who),
            engagement_id=named(engagement),
            urn=urn,
            role=role,
            started_on=on,
            **{"kind": "permanent", "fte_hundredths": 100, **more},
        )
        self._tell(event, urn)

    def changes(self, who: str, engagement: str, role: str, on: date, **more: Any) -> None:
        works: dict[str, Any] = {"fte_hundredths": 100, **more}
        event = t.EngagementChanged(
            person_id=named(who), engagement_id=named(engagement), role=role, from_on=on, **works
        )
        self._tell(event)

    def pauses(self, who: str, engagement: str, on: date) -> None:
        self._tell(t.EngagementPaused(person_id=named(who), engagement_id=named(engagement), from_on=on))

    def resumes(self, who: str, engagement: str, on: date) -> None:
        self._tell(t.EngagementResumed(person_id=named(who), engagement_id=named(engagement), from_on=on))

    def ends(self, who: str, engagement: str, on: date) -> None:
        self._tell(t.EngagementEnded(person_id=named(who), engagement_id=named(engagement), ended_on=on))

    def is_also(self, who: str, survivor: str) -> None:
        """Two entries were one person."""
        self._tell(t.PersonsMerged(person_id=named(who), into_person_id=named(survivor), reason="duplicate"))

    def is_not(self, who: str, survivor: str) -> None:
        """They were two after all."""
        self._tell(t.PersonsSplit(person_id=named(who), from_person_id=named(survivor), reason="two_people"))

    def _tell(self, event: Any, urn: str | None = None) -> None:
        self.story.tell(event, f"person-{event.person_id}", urn=urn)
