"""A trust requires training of its people, later of others or for longer; they complete it, some with certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from services.cpd.domain.required_training import (
    CompleteTraining,
    required_training,
    training_stream,
)
from services.cpd.domain.requirement import SetRequirement, requirement, requirement_stream
from tests.support.chapters.people import ROLES, People
from tests.support.story import named
from tests.support.teller import Act

TRAININGS = ("safeguarding", "first_aid", "fire")


class Compliance(People):
    reports = ("compliance",)

    def acts(self) -> Sequence[Act]:
        return [*super().acts(), *([self._requires] * 12 + [self._completes] * 50)]

    def _requires(self) -> None:
        training, chance = self.chance.choice(TRAININGS), self.chance
        by_site = chance.random() < 0.3
        command = SetRequirement(
            trustuid=self.teller.trust,
            training=training,
            title=f"{training.title()} {len(self.story.told)}",
            basis="statutory" if chance.random() < 0.5 else "trust",
            roles=() if by_site else tuple(chance.sample(ROLES, chance.choice((0, 2, 3)))),
            minimum_per_site=chance.randrange(1, 3) if by_site else None,
            recurrence_months=chance.choice((None, 1, 3, 12)),
            grace_days=chance.choice((0, 10, 28)),
            effective_from=self._day(60),
        )
        self.happens(requirement, requirement_stream(self.teller.trust, training), command)

    def _completes(self) -> None:
        if who := self.somebody():
            training, completed_on = self.chance.choice(TRAININGS), self._day(150, latest=0)
            certificate = (
                completed_on + timedelta(days=self.chance.randrange(200)) if self.chance.random() < 0.4 else None
            )
            command = CompleteTraining(
                person_id=named(who),
                trustuid=self.teller.trust,
                training=training,
                completed_on=completed_on,
                expires_on=certificate,
                requirement=self.state(requirement, requirement_stream(self.teller.trust, training)),
                today=self.story.now.date(),
            )
            self.happens(required_training, training_stream(named(who), training), command)

    def _day(self, before: int, latest: int = 20) -> date:
        return self.story.now.date() - timedelta(days=self.chance.randrange(-latest, before))
