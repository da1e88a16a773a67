"""The half term 2026/27-A2 of Northmoor Learning Trust as a plan: who says what, when, and what must be answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from deploy.demo import plan as plans
from deploy.demo.careers import progress
from deploy.demo.coaching import coach
from deploy.demo.conversation import Raised, converse, school_slot
from deploy.demo.following import with_what_follows
from deploy.demo.helping import help_each_other
from deploy.demo.improving import improve
from deploy.demo.joining import STARTS_AT, join
from deploy.demo.leaders import lead
from deploy.demo.learning import learn
from deploy.demo.mishaps import happen
from deploy.demo.partnering import partner
from deploy.demo.people import people
from deploy.demo.plan import Diary, Expected, Key, Plan, Saying
from deploy.demo.reminding import remind
from deploy.demo.reviewing import review
from deploy.demo.righting import put_right
from deploy.demo.speakers import school_says, trust_says
from deploy.demo.story import (
    CYCLES,
    EARLY,
    ENDS_AT,
    FOCUS_AREAS,
    HELP,
    HELP_OF_ANOTHER_KIND,
    MANAGES_ALONE,
    NEEDS_HELP,
    REPORTED_LATE,
    SENT_AFTERWARDS,
    WRONG_AT_FIRST,
    Cycle,
    Focus,
    agenda,
    asked,
    cycle_of,
    day_of,
    meets,
    says,
    state,
)
from deploy.demo.training import train
from deploy.demo.trust import BY_URN, EVERY_WEEK, JOINT, SCHOOLS, UID, named
from deploy.demo.words import COMMENTS, NOTES, REASONS, Writer

_MORNING, _LUNCH, _EVENING, _DUSK = time(8, 20), time(15, 10), time(16, 40), time(17, 1)
_FRIDAY = 4
_WAITS = Expected("parked", "meeting_unknown")


def half_term(seed: int) -> Plan:
    """The whole plan. Who works where and what they write follows from the seed; what happens does not."""
    everybody = people(seed)
    diary = Diary.empty()
    join(diary, everybody, seed)
    progress(diary, everybody, seed)
    lead(diary, everybody, seed)
    train(diary, seed)
    learn(diary, everybody, seed)
    told = _Schools(diary, Writer(everybody, seed), seed)
    told.are_asked()
    for week in EVERY_WEEK:
        told.meet(week)
    told.correct_themselves()
    told.let_time_pass()
    converse(diary, told.writer, told.raised, seed)
    improve(diary, everybody, seed)
    review(diary, everybody, seed)
    coach(diary, everybody, seed)
    help_each_other(diary, everybody, told.raised, seed)
    partner(diary, seed)
    put_right(diary, everybody, seed)
    remind(diary, seed)
    happen(diary, seed)
    moments = with_what_follows([moment for moment in diary.moments() if moment.at < ENDS_AT])
    return Plan(seed=seed, people=everybody, starts_at=STARTS_AT, ends_at=ENDS_AT, moments=moments)


def personal_markers(seed: int) -> frozenset[str]:
    """Every name, e-mail address, TRN and text about people of a demo: to be found nowhere in clear afterwards."""
    return plans.markers(half_term(seed))


class _Schools:
    """Writes down what the schools are asked and what they say."""

    def __init__(self, diary: Diary, writer: Writer, seed: int) -> None:
        self.diary = diary
        self.writer = writer
        self.raised: list[Raised] = []
        self._seed = seed
        self._last: dict[tuple[str, int, Focus], tuple[datetime, dict[str, Any]]] = {}

    def are_asked(self) -> None:
        """The trust's four focus areas, and in each cycle an item for each."""
        for focus, area in FOCUS_AREAS.items():
            data = {"focus_id": self._id("focus", focus), "trustuid": UID, **area, "starts_on": "2026-09-01"}
            self.diary.say(_opens_at(CYCLES[0]), trust_says(f"focus-{focus}", "FocusAreaSet", data))
        for number, cycle in enumerate(CYCLES, start=1):
            opened = {
                "trustuid": UID,
                "cycle": cycle.name,
                "starts_on": cycle.starts_on.isoformat(),
                "ends_on": cycle.ends_on.isoformat(),
            }
            items = [self._item(number, cycle, focus) for focus in FOCUS_AREAS]
            self.diary.say(_opens_at(cycle), trust_says(f"cycle-{number}", "CycleOpened", opened), *items)

    def _item(self, number: int, cycle: Cycle, focus: Focus) -> Saying:
        issued = {
            "item_id": self._id("item", number, focus),
            "trustuid": UID,
            "focus_id": self._id("focus", focus),
            "cycle": cycle.name,
            "applies_to": list(asked(focus)),
            "due_by": cycle.due_by(focus).isoformat(),
        }
        return trust_says(f"item-{number}-{focus}", "StandardAgendaItemIssued", issued)

    def meet(self, week: int) -> None:
        """Everybody who meets in a week; the two schools with one head meet together."""
        for school in SCHOOLS:
            if meets(school.urn, week) and school.urn != JOINT[-1]:
                self._meeting(JOINT if school.urn in JOINT else (school.urn,), week)
        if week in CYCLES[0].weeks[1:] or week in CYCLES[1].weeks[1:] or week in CYCLES[2].weeks[1:2]:
            at = datetime.combine(day_of(week, _FRIDAY), time(10), UTC)
            held = self._held((), week, at - timedelta(minutes=25), ())
            self.diary.say(at, trust_says(f"executive-week-{week}", "LeadershipTeamMeetingHeld", held))

    def _meeting(self, urns: tuple[str, ...], week: int) -> None:
        school = BY_URN[urns[0]]
        day = day_of(week, school.weekday)
        held_at = datetime.combine(day, time(15, 15 + self.writer.number(0, 40)), UTC)
        evening, morning = (
            datetime.combine(d, t, UTC) for d, t in ((day, _EVENING), (day + timedelta(days=1), _MORNING))
        )
        at = REPORTED_LATE.get((school.urn, week)) or (morning if school.answers_next_morning else evening)
        held = self._held(urns, week, held_at, tuple(dict.fromkeys(f for urn in urns for f in agenda(urn, week))))
        left_out, afterwards = SENT_AFTERWARDS.get((school.urn, week), (None, at))
        given = [
            self._answer(urn, week, focus, rag, held["meeting_id"], afterwards if focus == left_out else at)
            for urn in urns
            for focus, rag in says(urn, week).items()
        ]
        left = [answer for answer in given if answer["item_id"] == self._id("item", cycle_of(week), left_out)]
        answers = [answer for answer in given if answer not in left]
        name = f"{school.urn}-week-{week}"
        if school.manner == "parts":
            self._in_parts(name, held, answers, at, EARLY.get((school.urn, week)))
        else:
            self._in_one_piece(name, held, answers, at)
        if left:
            self._answers(name, held, left, afterwards)
            self._close(f"{name}-report-again", held, afterwards)

    def _held(self, urns: Sequence[str], week: int, held_at: datetime, items: Sequence[Focus]) -> dict[str, Any]:
        team = {"headteacher": max(1, len(urns)), "deputy_headteacher": 1, "assistant_headteacher": 1, "senco": 1}
        roles = team if urns else {"chief_executive": 1, "director_of_education": 1, "finance_director": 1}
        return {
            "meeting_id": self._id("meeting", *urns, week),
            "trustuid": UID,
            "urns": list(urns),
            "held_at": held_at.isoformat(),
            "attendees": [{"role": role, "count": count} for role, count in roles.items()],
            "items": [self._id("item", cycle_of(week), focus) for focus in items],
        }

    def _answer(self, urn: str, week: int, focus: Focus, rag: str, meeting: str, at: datetime) -> dict[str, Any]:
        cycle = cycle_of(week)
        data = {"item_id": self._id("item", cycle, focus), "urn": urn, **self._said(urn, cycle, focus, rag)}
        self._last[urn, cycle, focus] = at, {"meeting_id": meeting, **data}
        if rag == "red" or data.get("needs_help"):
            self._raise(at, urn, cycle, focus, {"meeting_id": meeting, **data})
        return data

    def _said(self, urn: str, cycle: int, focus: Focus, rag: str) -> dict[str, Any]:
        """An answer's content: all but green ones have a comment, and who is off track mostly asks for help."""
        said: dict[str, Any] = {"rag": rag}
        if rag == "not_applicable":
            return said
        said["confidence"] = self.writer.number(3, 5) if rag == "green" else self.writer.number(1, 3)
        if rag != "green" or self.writer.happens(40):
            said["comment"] = self.writer.write(COMMENTS[focus, rag], urn)
        if focus == "reading" and self.writer.happens(60):
            said["disadvantaged_note"] = self.writer.write(NOTES, urn)
        key = (urn, cycle, focus)
        if (rag == "red" and key not in MANAGES_ALONE) or (rag == state(*key) and key in NEEDS_HELP):
            said |= {"needs_help": True, "help_dimension": HELP_OF_ANOTHER_KIND.get((urn, focus), HELP[focus])}
        return said

    def _raise(self, at: datetime, urn: str, cycle: int, focus: Focus, data: dict[str, Any]) -> None:
        self.raised.append(
            Raised(
                at=at,
                urn=urn,
                cycle=cycle,
                focus=focus,
                name=f"{urn}-{cycle}-{focus}-{len(self.raised)}",
                item_id=data["item_id"],
                meeting_id=data["meeting_id"],
                rag=data["rag"],
                help_dimension=data.get("help_dimension", "none"),
            )
        )

    def _in_one_piece(self, name: str, held: dict[str, Any], answers: list[dict[str, Any]], at: datetime) -> None:
        report = {**held, "answers": answers}
        urn = held["urns"][0]
        self.diary.say(at, school_says(urn, name, "LeadershipTeamMeetingHeld", report))

    def _in_parts(
        self, name: str, held: dict[str, Any], answers: list[dict[str, Any]], at: datetime, early: Focus | None
    ) -> None:
        """Meeting, answers, report. An answer that comes before its meeting waits for it."""
        urn, held_at = held["urns"][0], datetime.fromisoformat(held["held_at"])
        met = school_says(urn, name, "LeadershipTeamMeetingHeld", held, happened_at=held_at)
        self.diary.say(at, met)
        if early is None:
            self._answers(name, held, answers, at)
            self._close(f"{name}-report", held, at)
            return
        [first] = [a for a in answers if a["item_id"] == self._id("item", cycle_of(int(name[-1])), early)]
        lunch = datetime.combine(held_at.date(), _LUNCH, UTC)
        self.diary.say(lunch, waiting := self._feedback(name, held, first, lunch, _WAITS))
        self.diary.bring_back(at, waiting)
        at += timedelta(seconds=1)
        self._answers(name, held, [answer for answer in answers if answer is not first], at)
        self._close(f"{name}-report", held, at)

    def _answers(self, name: str, held: dict[str, Any], answers: Sequence[dict[str, Any]], at: datetime) -> None:
        held_at = datetime.fromisoformat(held["held_at"])
        self.diary.say(at, *(self._feedback(name, held, answer, held_at) for answer in answers))

    def _feedback(
        self, name: str, held: dict[str, Any], answer: dict[str, Any], at: datetime, expects: Expected = plans.ACCEPTED
    ) -> Saying:
        data = {"meeting_id": held["meeting_id"], **answer}
        return school_says(
            held["urns"][0],
            f"{name}-{answer['item_id'][:8]}",
            "AgendaItemFeedbackGiven",
            data,
            happened_at=at,
            expects=expects,
        )

    def _close(self, id: str, held: dict[str, Any], at: datetime) -> None:
        report = {field: held[field] for field in ("meeting_id", "urns", "items")}
        self.diary.say(at, school_says(held["urns"][0], id, "MeetingReportSubmitted", report))

    def correct_themselves(self) -> None:
        """What was put down wrongly is put right on one of the next days."""
        for urn, cycle, focus in WRONG_AT_FIRST:
            said_at, wrong = self._last[urn, cycle, focus]
            at = school_slot(said_at)
            right = {
                **{field: wrong[field] for field in ("meeting_id", "item_id", "urn")},
                **self._said(urn, cycle, focus, str(state(urn, cycle, focus))),
                "reason": self.writer.write(REASONS, urn),
            }
            known = any(
                (r.item_id, r.urn, r.meeting_id) == (right["item_id"], urn, right["meeting_id"]) for r in self.raised
            )
            if not known and (right["rag"] == "red" or right.get("needs_help")):
                self._raise(at, urn, cycle, focus, right)
            elif known and not (right["rag"] == "red" or right.get("needs_help")):
                self.raised = [
                    r
                    for r in self.raised
                    if (r.item_id, r.urn, r.meeting_id) != (right["item_id"], urn, right["meeting_id"])
                ]
            self.diary.say(at, school_says(urn, f"{urn}-correction-{cycle}-{focus}", "FeedbackCorrected", right))

    def let_time_pass(self) -> None:
        """What nobody had answered when it was due becomes overdue by the clock itself."""
        answered: dict[Key, datetime] = {}
        for moment in self.diary.moments():
            for saying in (*moment.sayings, *moment.brought_back):
                if saying.is_accepted:
                    for answer in plans.answers(saying):
                        answered.setdefault((UUID(answer["item_id"]), answer["urn"]), moment.at)
        for number, cycle in enumerate(CYCLES, start=1):
            for focus in FOCUS_AREAS:
                due_by = cycle.due_by(focus)
                keys = [(UUID(self._id("item", number, focus)), urn) for urn in asked(focus)]
                silent = [key for key in keys if answered.get(key, ENDS_AT) > due_by]
                self.diary.let_pass(datetime.combine(due_by.date(), _DUSK, UTC), silent)

    def _id(self, *parts: object) -> str:
        return str(named(self._seed, *parts))


def _opens_at(cycle: Cycle) -> datetime:
    return datetime.combine(cycle.starts_on, time(8), UTC)
