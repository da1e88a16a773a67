"""People book places, come or not, say what they think of it; and schools measure what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.cpd.domain.bookings import BookPlace, CancelBooking, NoteWhoCame
from services.cpd.domain.days import Dated
from services.cpd.domain.impact import EvidenceImpact, impact, impact_stream
from services.cpd.domain.participation import (
    AtSession,
    EvaluateSession,
    RecordAttendance,
    participation,
    participation_stream,
)
from services.cpd.domain.session import session, session_stream
from shared.contracts.talent.careers import CareerStageAssessed
from tests.support.chapters.people import People
from tests.support.story import named
from tests.support.teller import Act, Teller

ATTENDANCES: tuple[Any, ...] = ("present", "present", "part", "absent")
STAGES: tuple[Any, ...] = ("trainee", "stage_1", "stage_4", "late_career")


class Cpd(People):
    reports = ("impact",)

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self._recorded: list[dict[str, Any]] = []
        """Where somebody came to, or did not."""

    def acts(self) -> Sequence[Act]:
        return [
            *super().acts(),
            *([self._books] * 20 + [self._gives_up] * 4 + [self._comes] * 30 + [self._evaluates] * 25),
            *([self._measures] * 10 + [self._stands] * 6),
            *([self._schedules] * 6),
        ]

    def _schedules(self) -> None:
        """A session of the last days, which was never in the calendar before it took place."""
        name = f"session {self.teller.trust} {len(self.story.told)}"
        starts_at = self.story.now - timedelta(hours=self.chance.randrange(1, 72))
        self.story.schedules(name, self._programme(), starts_at, places=self.chance.choice((None, 2, 24)))
        self.teller.sessions.append(name)

    def _programme(self) -> str:
        return f"programme {self.teller.trust} {self.chance.randrange(4)}"

    def _books(self) -> None:
        if there := self._somebody_at_a_session():
            book = BookPlace(**there, urn=self._some_school(), at=self.story.now)
            self.happens(session, session_stream(there["session_id"]), book)

    def _gives_up(self) -> None:
        if there := self._somebody_at_a_session():
            cancel = CancelBooking(**there, at=self.story.now)
            self.happens(session, session_stream(there["session_id"]), cancel)

    def _comes(self) -> None:
        if there := self._somebody_at_a_session():
            urn, attendance = self._some_school(), self.chance.choice(ATTENDANCES)
            if self._happens_at(RecordAttendance(**there, urn=urn, attendance=attendance)):
                self._recorded.append(there)
                came = NoteWhoCame(**there, urn=urn, came=attendance != "absent", at=self.story.now)
                self.happens(session, session_stream(there["session_id"]), came)

    def _evaluates(self) -> None:
        if self._recorded:
            there = self.chance.choice(self._recorded)
            level: Any = self.chance.choice((1, 1, 1, 4))
            score: Any = self.chance.randrange(1, 6)
            self._happens_at(EvaluateSession(**there, level=level, score=score, evaluated_on=self._today))

    def _measures(self) -> None:
        number = len(self.story.told)
        of_disadvantaged = (self.chance.randrange(100), self.chance.randrange(100))
        before, after = of_disadvantaged if self.chance.random() < 0.5 else (None, None)
        evidence = EvidenceImpact(
            impact_id=named(f"impact {number}"),
            programme_id=named(self._programme()),
            trustuid=self.teller.trust,
            urn=self.chance.choice(self.teller.urns),
            level=5,
            measure=f"Measure {number}",
            baseline_thousandths=self.chance.randrange(100),
            follow_up_thousandths=self.chance.randrange(100),
            disadvantaged_baseline_thousandths=before,
            disadvantaged_follow_up_thousandths=after,
            verified_by=named("somebody"),
            evidenced_on=self._today - timedelta(days=self.chance.randrange(20)),
        )
        self.happens(impact, impact_stream(evidence.impact_id), Dated(evidence, self._today))

    def _stands(self) -> None:
        if self.engagements:
            who = self.chance.choice(list(self.engagements.values()))
            event = CareerStageAssessed(
                person_id=named(who),
                stage=self.chance.choice(STAGES),
                pathway="teaching",
                assessor_id=named("somebody"),
                assessed_on=self.teller.day() - timedelta(days=15),
            )
            self.story.tell(event, f"career-{event.person_id}")

    def _happens_at(self, command: RecordAttendance | EvaluateSession) -> bool:
        there = self.state(session, session_stream(command.session_id))
        stream = participation_stream(command.session_id, command.person_id)
        return self.happens(participation, stream, AtSession(command=command, session=there, at=self.story.now))

    def _somebody_at_a_session(self) -> dict[str, Any] | None:
        working = list(self.engagements.values())
        if not working or not self.teller.sessions:
            return None
        who = self.chance.choice(working)
        return {"session_id": named(self.chance.choice(self.teller.sessions)), "person_id": named(who)}

    def _some_school(self) -> str | None:
        return self.chance.choice((None, *self.teller.urns))
