"""Schools plan, change and show what came of it, some of it with a word about disadvantaged pupils."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.collaboration.domain.change import ProposeChange, change, change_stream
from services.collaboration.domain.days import Dated
from services.collaboration.domain.focus import SetFocusArea, focus_area, focus_stream
from services.collaboration.domain.improvement_plan import (
    AgreePlan,
    AmendPlan,
    improvement_plan,
    improvement_plan_stream,
)
from services.cpd.domain.impact import EvidenceImpact, impact, impact_stream
from shared.decider import AnyDecider
from tests.support.story import named
from tests.support.teller import Act, Chapter


class Lens(Chapter):
    reports = ("disadvantaged",)

    def acts(self) -> Sequence[Act]:
        return 4 * [
            *([self._plans] * 6 + [self._amends] * 8 + [self._asks] * 2 + [self._changes] * 4 + [self._shows] * 4)
        ]

    def forgets(self, event: Any) -> None:
        """The deciders know what stands."""

    def _note(self) -> str | None:
        return self.chance.choice((None, "Whom it touches most."))

    def _says(self, stream: str, decider: AnyDecider, command: Any) -> None:
        self.happens(decider, stream, Dated(command, self._today))

    def _plan(self) -> dict[str, Any]:
        """One of a few, as it is meant to be."""
        return {
            "plan_id": named(f"plan {self.teller.trust} {self.chance.randrange(5)}"),
            "title": self.chance.choice(("Reading", "Reading and maths")),
            "objectives": ("Everybody reads.",),
            "cost_pence": 0,
            "disadvantaged_note": self._note(),
            "starts_on": self._today,
            "ends_on": self._today.replace(year=2028),
        }

    def _plans(self) -> None:
        plan = self._plan()
        command = AgreePlan(trustuid=self.teller.trust, urn=self.chance.choice((None, *self.teller.urns)), **plan)
        self._says(improvement_plan_stream(plan["plan_id"]), improvement_plan, command)

    def _amends(self) -> None:
        plan = self._plan()
        command = AmendPlan(reason=f"It is {self.story.now}.", amended_on=self._today, **plan)
        self._says(improvement_plan_stream(plan["plan_id"]), improvement_plan, command)

    def _asks(self) -> None:
        focus_id = named(f"focus {len(self.story.told)}")
        command = SetFocusArea(
            focus_id=focus_id,
            trustuid=self.teller.trust,
            title="Writing",
            principle="children_first",
            question="How is it going?",
            starts_on=self._today,
            disadvantaged_lens=self.chance.choice((None, "And who gains least?")),
        )
        self.happens(focus_area, focus_stream(focus_id), command)

    def _changes(self) -> None:
        change_id = named(f"change {len(self.story.told)}")
        command = ProposeChange(
            change_id=change_id,
            trustuid=self.teller.trust,
            title="One timetable",
            urns=tuple(self.chance.sample(self.teller.urns, 2)),
            align="align",
            cost_pence=0,
            days=3,
            disadvantaged_note=self._note(),
            proposed_on=self._today,
        )
        self._says(change_stream(change_id), change, command)

    def _shows(self) -> None:
        impact_id = named(f"impact {len(self.story.told)}")
        theirs: Any = self.chance.choice((None, (8_000, 9_400)))
        before, after = theirs or (None, None)
        command = EvidenceImpact(
            impact_id=impact_id,
            programme_id=named("programme"),
            trustuid=self.teller.trust,
            urn=self.chance.choice(self.teller.urns),
            level=5,
            measure="Reading age",
            baseline_thousandths=9_000,
            follow_up_thousandths=9_500,
            disadvantaged_baseline_thousandths=before,
            disadvantaged_follow_up_thousandths=after,
            verified_by=named("adviser"),
            evidenced_on=self._today,
        )
        self._says(impact_stream(impact_id), impact, command)
