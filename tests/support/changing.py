"""Change at a trust's schools, and decisions that are passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.contracts.collaboration import change as c
from tests.support.story import Story, named


@dataclass(frozen=True, slots=True)
class Changing:
    """What happens to changes and decisions of a story's trust. They go by names."""

    story: Story

    def proposes(self, name: str, urns: Sequence[str], **more: Any) -> None:
        told: dict[str, Any] = {"align": "align", "cost_pence": 240_000, "days": 36, **more}
        event = c.ChangeProposed(
            change_id=named(name),
            trustuid=self.story.trust,
            title=name,
            urns=tuple(urns),
            proposed_on=self.story.now.date(),
            **told,
        )
        self.story.tell(event, f"change-{named(name)}")

    def consults(self, name: str, groups: Sequence[str], days: int, **judged: Any) -> None:
        """Up to today."""
        today = self.story.now.date()
        event = c.ConsultationClosed(
            change_id=named(name),
            groups=tuple(groups),
            from_on=today - timedelta(days=days - 1),
            to_on=today,
            **judged,
        )
        self.story.tell(event, f"change-{named(name)}")

    def adopts(self, name: str, urns: Sequence[str], from_on: date, to_on: date) -> None:
        event = c.ChangeAdopted(
            change_id=named(name),
            trustuid=self.story.trust,
            urns=tuple(urns),
            consulted=False,
            from_on=from_on,
            to_on=to_on,
            adopted_on=self.story.now.date(),
        )
        self.story.tell(event, f"change-{named(name)}")

    def drops(self, name: str) -> None:
        event = c.ChangeDropped(change_id=named(name), reason="Nobody wants it.", dropped_on=self.story.now.date())
        self.story.tell(event, f"change-{named(name)}")

    def passes_on(self, name: str, urns: Sequence[str], audience: Sequence[str], about: str | None = None) -> None:
        event = c.DecisionCascaded(
            decision_id=named(name),
            trustuid=self.story.trust,
            change_id=named(about) if about else None,
            title=name,
            reason="So that all know.",
            audience=tuple(audience),
            urns=tuple(urns),
            cascaded_on=self.story.now.date(),
        )
        self.story.tell(event, f"decision-{named(name)}")

    def understands(self, name: str, urn: str, role: str, understood: int, expected: int) -> None:
        event = c.DecisionUnderstood(
            decision_id=named(name),
            urn=urn,
            role=role,
            understood=understood,
            expected=expected,
            as_at=self.story.now.date(),
        )
        self.story.tell(event, f"understanding-{named(name)}-{urn}-{role}", urn=urn)
