"""What people learn, and are required to have learnt, told as CPD would publish it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.contracts.cpd import compliance as c
from shared.contracts.cpd import programmes as p
from shared.contracts.cpd import qualifications as q
from tests.support.story import Story, named


@dataclass(frozen=True, slots=True)
class Learning:
    """What the people of a story's trust learn. Everything goes by names."""

    story: Story

    def requires(self, training: str, effective_from: date, **more: Any) -> None:
        """Of everybody, for a year, with four weeks of grace, if nothing else is said."""
        same: dict[str, Any] = {"basis": "statutory", "recurrence_months": 12, "grace_days": 28, **more}
        event = c.StatutoryRequirementSet(
            trustuid=self.story.trust,
            training=training,
            title=training.title(),
            effective_from=effective_from,
            **same,
        )
        self.story.tell(event, f"requirement-{self.story.trust}-{training}")

    def completes(
        self, who: str, training: str, on: date, expires_on: date | None, dated_by: c.DatedBy = "requirement"
    ) -> None:
        event = c.StatutoryTrainingCompleted(
            person_id=named(who),
            trustuid=self.story.trust,
            training=training,
            completed_on=on,
            expires_on=expires_on,
            dated_by=dated_by,
        )
        self.story.tell(event, f"training-{named(who)}-{training}")

    def holds(self, who: str, course: q.Course, on: date = date(2015, 7, 1)) -> None:
        self._of_course(q.QualificationHeld(person_id=named(who), course=course, awarded_on=on))

    def enrols(self, who: str, course: q.Course) -> None:
        enrolled = q.QualificationEnrolled(
            **_enrolment(who, course), provider="A faculty", cohort="2026", funding="school", enrolled_on=self._today
        )
        self._of_course(enrolled)

    def pauses(self, who: str, course: q.Course) -> None:
        self._of_course(q.QualificationDeferred(**_enrolment(who, course), deferred_on=self._today))

    def leaves(self, who: str, course: q.Course) -> None:
        self._of_course(q.QualificationWithdrawn(**_enrolment(who, course), withdrawn_on=self._today))

    def ends(self, who: str, course: q.Course, outcome: q.Outcome) -> None:
        ended = q.QualificationOutcomeRecorded(**_enrolment(who, course), outcome=outcome, outcome_on=self._today)
        self._of_course(ended)

    def books(self, who: str, session: str, urn: str | None = None) -> None:
        event = p.PlaceBooked(session_id=named(session), person_id=named(who), urn=urn)
        self.story.tell(event, f"session-{named(session)}")

    def gives_up(self, who: str, session: str) -> None:
        event = p.BookingCancelled(session_id=named(session), person_id=named(who))
        self.story.tell(event, f"session-{named(session)}")

    def comes(self, who: str, session: str, urn: str | None = None, attendance: p.Attendance = "present") -> None:
        self._at_session(p.AttendanceRecorded(**_there(who, session), urn=urn, attendance=attendance))

    def evaluates(self, who: str, session: str, level: int, score: int) -> None:
        said: dict[str, Any] = {"level": level, "score": score, "evaluated_on": self._today}
        self._at_session(p.CpdEvaluated(**_there(who, session), **said))

    def evidences(self, impact: str, programme: str, urn: str, on: date, change: int, **more: Any) -> None:
        """A measure that was 1000 thousandths before."""
        event = p.ImpactEvidenced(
            impact_id=named(impact),
            programme_id=named(programme),
            trustuid=self.story.trust,
            urn=urn,
            level=5,
            measure=impact,
            baseline_thousandths=1_000,
            follow_up_thousandths=1_000 + change,
            verified_by=named("somebody"),
            evidenced_on=on,
            **more,
        )
        self.story.tell(event, f"impact-{named(impact)}")

    @property
    def _today(self) -> date:
        return self.story.now.date()

    def _at_session(self, event: p.AttendanceRecorded | p.CpdEvaluated) -> None:
        self.story.tell(event, f"participation-{event.session_id}-{event.person_id}")

    def _of_course(self, event: Any) -> None:
        self.story.tell(event, f"qualification-{event.person_id}-{event.course}")


def _enrolment(who: str, course: q.Course) -> dict[str, Any]:
    return {"enrolment_id": named(f"{who}, {course}"), "person_id": named(who), "course": course}


def _there(who: str, session: str) -> dict[str, Any]:
    return {"session_id": named(session), "person_id": named(who)}
