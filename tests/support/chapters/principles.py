"""Schools and the trust assess themselves, now and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.contracts.collaboration.planning import SelfAssessmentAnswer, SelfAssessmentSubmitted
from tests.support.story import named
from tests.support.teller import Act, Chapter

ITEMS: dict[str, tuple[str, ...]] = {
    "ten_principles": ("culture", "children_first", "community"),
    "capacity": ("people", "time"),
}
SCALE = ("we_do_this", "we_do_this", "we_talk_about_it", "we_should", "we_dont", "never_thought_about_it")


class Principles(Chapter):
    reports = ("principles",)

    def acts(self) -> Sequence[Act]:
        return [self._assesses] * 30

    def _assesses(self) -> None:
        instrument: Any = self.chance.choice(tuple(ITEMS))
        items: list[Any] = self.chance.sample(ITEMS[instrument], self.chance.randrange(1, len(ITEMS[instrument]) + 1))
        name = f"assessment {self.teller.trust} {len(self.story.told)}"
        scale: Any = SCALE
        event = SelfAssessmentSubmitted(
            assessment_id=named(name),
            trustuid=self.teller.trust,
            urn=self.chance.choice((None, *self.teller.urns)),
            instrument=instrument,
            answers=tuple(SelfAssessmentAnswer(item=item, answer=self.chance.choice(scale)) for item in items),
            submitted_on=self.story.now.date(),
        )
        self.story.tell(event, f"self-assessment-{named(name)}", urn=event.urn)
