"""People hold qualifications, enrol, leave, come back, pass and fail; some of it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.cpd.domain.days import Dated
from services.cpd.domain.milestones import DeclareMilestone, milestones, milestones_of
from services.cpd.domain.qualification import (
    Enrol,
    HoldQualification,
    RecordOutcome,
    qualification,
    qualification_stream,
)
from services.cpd.domain.training_status import Defer, Resume, Withdraw, training_status
from shared.decider import AnyDecider
from tests.support.chapters.people import People
from tests.support.story import named
from tests.support.teller import Act, Teller

COURSES: tuple[Any, ...] = ("npq-headship", "npq-headship", "masters", "mba", "npq-senior-leadership")
OUTCOMES: tuple[Any, ...] = ("passed", "passed", "failed", "voided")


class Qualifications(People):
    reports = ("qualifications",)

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self._enrolments: list[dict[str, Any]] = []
        """Who, which course, and the id, as every command about it says."""

    def acts(self) -> Sequence[Act]:
        return [
            *super().acts(),
            *([self._holds] * 12 + [self._enrols] * 20 + [self._pauses_or_leaves] * 15 + [self._ends] * 20),
        ]

    def _holds(self) -> None:
        if who := self.somebody():
            awarded_on = self._today - timedelta(days=self.chance.randrange(5_000))
            held = HoldQualification(person_id=named(who), course=self.chance.choice(COURSES), awarded_on=awarded_on)
            self._decide(qualification, held)

    def _enrols(self) -> None:
        if who := self.somebody():
            enrolment_id = named(f"enrolment {len(self.story.told)}")
            about = {"enrolment_id": enrolment_id, "person_id": named(who), "course": self.chance.choice(COURSES)}
            enrolled_on = self._today - timedelta(days=self.chance.randrange(300))
            enrol = Enrol(**about, provider="A faculty", cohort="2026", funding="school", enrolled_on=enrolled_on)
            self._decide(qualification, enrol)
            self._enrolments.append(about)

    def _pauses_or_leaves(self) -> None:
        if self._enrolments:
            about, today = self.chance.choice(self._enrolments), self._today
            steps = (Defer(**about, deferred_on=today), Withdraw(**about, withdrawn_on=today))
            self._decide(training_status, self.chance.choice((*steps, Resume(**about, resumed_on=today))))

    def _ends(self) -> None:
        if self._enrolments:
            about, today = self.chance.choice(self._enrolments), self._today
            for milestone in milestones_of(about["course"]):
                self._decide(milestones, DeclareMilestone(**about, milestone=milestone, declared_on=today))
            outcome = RecordOutcome(**about, outcome=self.chance.choice(OUTCOMES), outcome_on=today)
            self._decide(qualification, outcome)

    def _decide(self, decider: AnyDecider, command: Any) -> None:
        stream = qualification_stream(command.person_id, command.course)
        self.happens(decider, stream, Dated(command, self._today))
