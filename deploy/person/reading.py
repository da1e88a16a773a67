"""What a person is given, as they read it: a page by subject, in plain words, that opens in any browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deploy.person.held import Held
from deploy.person.redacting import WHY, Given, OtherPeople
from services.reporting.history import kinds
from services.reporting.history.saying import Field, Value, says
from services.reporting.web import words
from services.reporting.wording import is_code, said

SUBJECTS: Mapping[str, str] = {
    "talent.register": "Who you are to the trust, and where you work",
    "talent.leaders": "Leading: being seen as a leader, readiness, projects",
    "talent.careers": "Career, capability and induction",
    "talent.posts": "Posts and succession",
    "talent.roles": "System leadership roles",
    "talent.deployments": "Deployments to other schools",
    "cpd.programmes": "Training: programmes, sessions, bookings",
    "cpd.qualifications": "Qualifications",
    "cpd.compliance": "Statutory training",
    "collaboration.loop": "Meetings, feedback and actions",
    "collaboration.one_to_ones": "One-to-ones",
    "collaboration.coaching": "Coaching and mentoring",
    "collaboration.reviews": "Reviews and visits between schools",
    "collaboration.support": "Support, successes and challenges",
    "collaboration.planning": "Improvement plans and priorities",
    "collaboration.capacity": "Capacity given and taken",
    "collaboration.partnerships": "Partnerships",
    "collaboration.practice": "Practice and research",
    "collaboration.change": "Consultation and change",
    "talent.personal_data": "Your rights: holds, erasures, and what you were given",
    "talent.bookkeeping": "What was put right, and who was shown what",
    "cpd.bookkeeping": "What was put right in training, and who was shown what",
    "collaboration.bookkeeping": "What was put right in working together, and who was shown what",
}
"""The headings, in their order, by the contract's module that an event stands in."""


_SAID_ALREADY = ("trustuid", "urn")


@dataclass(frozen=True, slots=True)
class Told:
    """An event in plain words: what happened and when, and what was recorded of it."""

    kind: str
    meaning: str
    on: str
    school: str | None
    is_void: bool
    says: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A text that is not given: of what, when, which, and why."""

    kind: str
    on: str
    field: str
    why: str


def page(held: Held, given: Sequence[Given], others: OtherPeople, requested_on: date) -> str:
    """The page as HTML, in one file."""
    by_subject: dict[str, list[Told]] = {title: [] for title in SUBJECTS.values()}
    for one in given:
        by_subject[SUBJECTS[_subject(one)]].append(_told(one, held, others))
    return (
        _environment()
        .get_template("read_me.html")
        .render(
            subjects={title: told for title, told in by_subject.items() if told},
            withheld=[line for one in given for line in _withheld(one)],
            others=len(others),
            entries=sorted(held.entries),
            at=words.moment(held.at),
            requested_on=words.day(requested_on),
            count=len(given),
        )
    )


def _subject(given: Given) -> str:
    return type(given.event.found.event).__module__.removeprefix("shared.contracts.")


def _told(given: Given, held: Held, others: OtherPeople) -> Told:
    found = given.event.found
    urn = found.envelope.urn
    say = _Saying(given, held, others)
    return Told(
        kind=kinds.kind(found.envelope.type),
        meaning=kinds.meaning(type(found.event)),
        on=words.day(found.envelope.happened_at),
        school=held.schools.get(urn, urn) if urn else None,
        is_void=given.event.is_void,
        says=[(f.title, text) for f in says(found.event) if f.name not in _SAID_ALREADY and (text := say.field(f))],
    )


def _withheld(given: Given) -> Iterator[Withheld]:
    found = given.event.found
    for name, why in given.withheld.items():
        kind, on = kinds.kind(found.envelope.type), words.day(found.envelope.happened_at)
        yield Withheld(kind, on, kinds.title(name), WHY[why])


@dataclass(frozen=True, slots=True)
class _Saying:
    given: Given
    held: Held
    others: OtherPeople

    def field(self, field: Field) -> str:
        """All that a field says; empty, where it says nothing to a person."""
        return ", ".join(text for value in field.values if (text := self._value(field.name, value)))

    def _value(self, name: str, value: Value) -> str:
        if value.parts:
            return "; ".join(f"{part.title}: {text}" for part in value.parts if (text := self.field(part)))
        match value.sort:
            case "sealed":
                return str(self.given.data.get(name, "withheld, see below"))
            case "school":
                return self.held.schools.get(value.value, value.value)
            case "word":
                return said(str(value.value), name)
            case _:
                return self._plain(name, value.value)

    def _plain(self, name: str, content: Any) -> str:
        match content:
            case bool():
                return "yes" if content else "no"
            case datetime():
                return words.moment(content)
            case date():
                return words.day(content)
            case UUID():
                return self._id(str(content))
            case str() if is_code(content):
                return said(content, name)
            case _:
                return str(self.others.hidden(str(content)))

    def _id(self, content: str) -> str:
        """Only people's ids mean something to a person: theirs, and that it is somebody else's."""
        if content in self.held.entries:
            return "you"
        hidden = str(self.others.hidden(content))
        return "" if hidden == content else hidden


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
