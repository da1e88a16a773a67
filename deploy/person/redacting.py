"""What of an event about a person is given to them: their own texts, and nothing of anybody else.

Who else is named is told as another person, the same one by the same number throughout. A text is given where it is
about this person alone; it may still name others in its words, which only a human reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from deploy.person.held import Event, Shut
from shared.contracts import codec
from shared.contracts.talent.personal_data import LegalHoldPlaced

Why = Literal["another_person", "several_people", "legal_advice"] | Shut

WHY: Mapping[Why, str] = {
    "another_person": "It is a text about another person, who has the same right to their privacy.",
    "several_people": "It is about several people, or about others than you, and cannot be taken apart.",
    "legal_advice": "It says why the trust must keep records for a legal claim, and may be legally privileged.",
    "erased": "It was erased: the key that opened it was destroyed, and nobody can read it any more.",
    "key_lost": "The key that opens it is missing by accident, and nobody can read it unless a copy is found.",
    "unreadable": "What is stored of it was changed or damaged, and does not open.",
}

_an_id = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(slots=True)
class OtherPeople:
    """Puts "another person" in the place of everybody else's id, numbered in the order in which they come up."""

    ids: frozenset[str]
    _numbers: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._numbers)

    def hidden(self, content: Any) -> Any:
        """JSON content without anybody's id but the person's own."""
        match content:
            case str():
                return _an_id.sub(lambda found: self._named(found[0]), content)
            case list():
                return [self.hidden(one) for one in content]
            case dict():
                return {name: self.hidden(one) for name, one in content.items()}
            case _:
                return content

    def _named(self, id_: str) -> str:
        if id_ not in self.ids:
            return id_
        return f"another person ({self._numbers.setdefault(id_, len(self._numbers) + 1)})"


@dataclass(frozen=True, slots=True)
class Given:
    """What is given of an event.

    Attributes:
        data: its fields as JSON has them; of the personal texts those that are given.
        withheld: why each of the others is not, by its field.
    """

    event: Event
    data: Mapping[str, Any]
    withheld: Mapping[str, Why]


def given(event: Event, entries: frozenset[str], others: OtherPeople) -> Given:
    """What is given of an event to the person whose entries of the register these are."""
    cls = type(event.found.event)
    data = codec.adapter(cls).dump_python(event.found.event, mode="json", exclude_none=True)
    withheld: dict[str, Why] = {}
    for name in (*event.texts, *event.shut):
        why = _why(event, name, entries) or event.shut.get(name)
        if why is None:
            data[name] = event.texts[name]
        else:
            del data[name]
            withheld[name] = why
    return Given(event, others.hidden(data), withheld)


def _why(event: Event, name: str, entries: frozenset[str]) -> Why | None:
    """Why a text of an event is not the person's to be given; None: it is."""
    said = event.found.event
    subject = codec.personal_fields(type(said))[name].subject
    if isinstance(said, LegalHoldPlaced):
        return "legal_advice"
    if subject is not None:
        return None if str(getattr(said, subject)) in entries else "another_person"
    return None if event.people <= entries else "several_people"
