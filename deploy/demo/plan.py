"""What a plan is made of: who says what, through which door, when, and what must be answered. Pure data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from deploy.demo.people import People
from deploy.demo.trust import Door
from shared.contracts import codec

Outcome = Literal["accepted", "duplicate", "refused", "parked"]
SpeakerRole = Literal["trust_leader", "school_leader", "school_system"]
Key = tuple[UUID, str]
"""An agenda item and a school."""

_SHORTEST_SENTENCE = 24


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something. `source` is what a system calls itself; a trust's people speak for all schools."""

    subject: str
    role: SpeakerRole
    source: str
    urns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be answered."""

    outcome: Outcome = "accepted"
    code: str | None = None
    field: str | None = None


ACCEPTED = Expected()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One thing that somebody says.

    Attributes:
        id: the sender's own, new for everything that is meant anew.
        event: the class name of the event that it claims.
        also: the events that come of it beside that one.
        becomes: the event that is recorded in its place, where the service decides that.
        confirms: the school's answer that asked for the help that it confirms.
    """

    id: str
    speaker: Speaker
    door: Door
    service: str
    event: str
    data: Mapping[str, Any]
    happened_at: datetime | None = None
    expects: Expected = ACCEPTED
    also: tuple[str, ...] = ()
    becomes: str = ""
    confirms: Key | None = None

    @property
    def events(self) -> Counter[str]:
        """The events that come of it when it is accepted, by name.

        Of a meeting reported whole, its answers and its report too; of a registration, the staff reference's.
        """
        made = Counter([self.becomes or self.event, *self.also])
        if self.event == "PersonRegistered":
            made["StaffReferenceAssigned"] += 1
        given = self.data.get("answers") if self.event == "LeadershipTeamMeetingHeld" else None
        if given is not None:
            made += Counter({"AgendaItemFeedbackGiven": len(given), "MeetingReportSubmitted": 1})
        return made

    @property
    def makes(self) -> int:
        """How many events come of it when it is accepted."""
        return self.events.total()

    @property
    def type(self) -> str:
        return codec.contracts[self.service].newest(self.event)

    @property
    def is_accepted(self) -> bool:
        return self.expects.outcome == "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What is said at one time. Speakers speak at the same time, each in the order given.

    Attributes:
        brought_back: the parked sayings that are accepted now, since what they waited for is there.
        overdue: the answers that the clock itself makes known to be overdue by now.
        lapsed: how many trainings it makes known to have lapsed.
        follows: what services record on their own, because of what they hear: by service and event, how often.
    """

    at: datetime
    sayings: tuple[Saying, ...] = ()
    brought_back: tuple[Saying, ...] = ()
    overdue: tuple[Key, ...] = ()
    lapsed: int = 0
    follows: tuple[tuple[str, str, int], ...] = ()

    def followed_by(self, made: Counter[tuple[str, str]]) -> Moment:
        """The same moment, with what follows from it."""
        return replace(self, follows=tuple((*of, count) for of, count in sorted(made.items())))

    def makes(self) -> Counter[str]:
        """How many events come of it, by service."""
        made = Counter({"collaboration": len(self.overdue), "cpd": self.lapsed})
        for service, _, count in self.follows:
            made[service] += count
        for saying in (*self.sayings, *self.brought_back):
            made[saying.service] += saying.makes if saying.is_accepted else 0
        return +made


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A half term, moment by moment."""

    seed: int
    people: People
    starts_at: datetime
    ends_at: datetime
    moments: tuple[Moment, ...]

    def sayings(self, event: str | None = None) -> Iterator[Saying]:
        """What is said, each once, of one event or all."""
        for moment in self.moments:
            yield from (saying for saying in moment.sayings if event in (None, saying.event))

    def taken(self, event: str | None = None) -> Iterator[Saying]:
        """What is accepted, in the order of its acceptance."""
        for moment in self.moments:
            said = (*moment.sayings, *moment.brought_back)
            yield from (saying for saying in said if saying.is_accepted and event in (None, saying.event))

    def events(self) -> Counter[str]:
        """How many events come of it all, by service."""
        return sum((moment.makes() for moment in self.moments), Counter())

    def overdue(self) -> tuple[Key, ...]:
        return tuple(key for moment in self.moments for key in moment.overdue)

    def outcomes(self) -> Counter[tuple[Outcome, str | None]]:
        """How often each answer is given, with its code."""
        return Counter((saying.expects.outcome, saying.expects.code) for saying in self.sayings())


@dataclass(slots=True)
class Diary:
    """Where a plan is written down, in any order."""

    _sayings: defaultdict[datetime, list[Saying]]
    _brought_back: defaultdict[datetime, list[Saying]]
    _overdue: defaultdict[datetime, list[Key]]
    _lapsed: Counter[datetime]

    @classmethod
    def empty(cls) -> Diary:
        return cls(defaultdict(list), defaultdict(list), defaultdict(list), Counter())

    def say(self, at: datetime, *sayings: Saying) -> None:
        self._sayings[at] += sayings

    def bring_back(self, at: datetime, saying: Saying) -> None:
        self._brought_back[at].append(replace(saying, expects=ACCEPTED))

    def let_pass(self, at: datetime, keys: Sequence[Key]) -> None:
        self._overdue[at] += keys

    def let_lapse(self, at: datetime, trainings: int) -> None:
        self._lapsed[at] += trainings

    def moments(self) -> tuple[Moment, ...]:
        times = sorted({*self._sayings, *self._brought_back, *self._overdue, *self._lapsed})
        return tuple(
            Moment(
                at=at,
                sayings=tuple(self._sayings.get(at, ())),
                brought_back=tuple(self._brought_back.get(at, ())),
                overdue=tuple(self._overdue.get(at, ())),
                lapsed=self._lapsed[at],
            )
            for at in times
        )


def answers(saying: Saying) -> Iterator[Mapping[str, Any]]:
    """The answers that a saying gives or corrects."""
    if saying.event in ("AgendaItemFeedbackGiven", "FeedbackCorrected"):
        yield saying.data
    reported = saying.data.get("answers") if saying.event == "LeadershipTeamMeetingHeld" else None
    for answer in reported or ():
        yield {**answer, "meeting_id": saying.data["meeting_id"]}


def key_of(answer: Mapping[str, Any]) -> Key:
    """Which item is answered, by which school."""
    return UUID(answer["item_id"]), answer["urn"]


def standing(plan: Plan) -> dict[Key, Mapping[str, Any]]:
    """The answers that stand in the end: what was last said to each item by each school."""
    said = {}
    for saying in plan.taken():
        for answer in answers(saying):
            said[key_of(answer)] = answer
    return said


def markers(plan: Plan) -> frozenset[str]:
    """Every name, e-mail address, TRN and free text about people, and each longer sentence of these."""
    found = set(plan.people.markers())
    for saying in plan.sayings():
        found |= _personal_texts(saying.type, saying.data)
        for answer in answers(saying):
            found |= _personal_texts("uk.mat.collaboration.AgendaItemFeedbackGiven.v1", answer)
    sentences = {part for text in found for part in text.replace("? ", ". ").split(". ")}
    return frozenset(found | {sentence for sentence in sentences if len(sentence) >= _SHORTEST_SENTENCE})


def _personal_texts(type_name: str, data: Mapping[str, Any]) -> set[str]:
    """The texts that a contract marks as personal; nothing is known of a type that there is no contract of."""
    try:
        personal = codec.personal_fields(codec.event_class(type_name))
    except codec.UnknownType:
        return set()
    return {data[field] for field in personal if isinstance(data.get(field), str)}
