"""What a form is: a command of a writer's, who may give it, and the fields that somebody fills in.

A field's type is the contract's: it says how the field looks, what may be chosen, and what is taken. What only the
writer knows it says itself, and the form shows it at the field that it is about.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import MaxLen

from services.reporting.read_models.reading import View
from services.reporting.seeing.texts import Texts
from services.reporting.signing_in.sessions import Person
from shared.identity import Deed, reach

Kind = Literal["text", "textarea", "radios", "select", "checkboxes", "ranking", "day", "moment", "number", "checkbox"]
Members = dict[str, Any]
"""What is sent: a JSON object."""

NOTHING = "none"
"""The value of an option that is a choice, but for which nothing is sent, such as the trust in a school's place."""

both: Deed = "act"
trust_leaders: Deed = "decide_for_trust"
school_leaders: Deed = "speak_for_school"

_few = 5  # so many options stand in sight; of more one is picked from a list
_long = 1_000


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: what is sent, and what is read."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a form, where, and what they have chosen already.

    Attributes:
        chosen: the first text of each field, of the address or as typed so far.
    """

    view: View
    trustuid: str
    person: Person
    texts: Texts | None
    chosen: Mapping[str, str]

    @property
    def urns(self) -> frozenset[str] | None:
        """The schools that they speak for; None: all of the trust."""
        who = self.person.principal
        return None if reach(who, "act") == "trust" else who.urns


Source = Callable[[Asking], Awaitable[Sequence[Option]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in.

    Attributes:
        name: the member that is sent.
        type: of the contract.
        options: what may be chosen, or where that is found; a `Literal` has its own.
        parts: of a choice that stands for several members: their names, in the order in which its value has them, with
            `/` between.
        begins: what it holds at first: a text, `today` or `now`.
        group: the heading of this field and those after it.
    """

    name: str
    label: str
    type: Any
    hint: str = ""
    required: bool = True
    options: Source | Sequence[Option] = ()
    parts: tuple[str, ...] = ()
    begins: str = ""
    group: str = ""
    kind: Kind = "text"

    @property
    def members(self) -> tuple[str, ...]:
        """What it sends."""
        return self.parts or (self.name,)


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent.

    Attributes:
        fields: which field a JSON pointer in it leads to, where that is not its first part.
        wrong: what is wrong with fields that do not go together; nothing is sent then.
    """

    members: Members
    fields: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


Fields = Callable[[Asking], Awaitable[Sequence[Field]]]


def _nothing(_: Asking) -> Members:
    return {}


async def _says_nothing(_: Asking) -> Sequence[tuple[str, str]]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form, at `/do/<name>`.

    Attributes:
        about: what it is for, in a sentence.
        done: what the page says when it is recorded.
        path: the writer's door; what it names is in what is sent.
        needs: read models beside the register's and the loop's.
        fields: or what finds them, where they depend on the data.
        first: what the address has to say before the rest can be asked; of one choice alone it is said already.
        new: the member that names what is made: the form's own id.
        adds: what is sent that nobody fills in.
        sent: makes what is sent of the fields' members, where that is not the same.
        recalls: what stands above the fields, such as the answer that is responded to.
    """

    name: str
    title: str
    about: str
    button: str
    done: str
    service: Literal["talent", "cpd", "collaboration"]
    path: str
    fields: Sequence[Field] | Fields
    who: Deed = both
    first: Field | None = None
    needs: tuple[str, ...] = ()
    new: str = ""
    adds: Callable[[Asking], Members] = _nothing
    sent: Callable[[Members], Sent] = Sent
    recalls: Callable[[Asking], Awaitable[Sequence[tuple[str, str]]]] = _says_nothing

    def for_(self, person: Person) -> bool:
        """Whether somebody may use it."""
        return reach(person.principal, self.who) is not None


def of_trust(asking: Asking) -> Members:
    """The trust that it is about."""
    return {"trustuid": asking.trustuid}


def kind_of(field: Field) -> Kind:
    """How a field looks, by its type."""
    base, marks = _plain(field.type)
    if field.kind != "text":
        return field.kind
    if get_origin(base) is tuple:
        return "checkboxes"
    if get_origin(base) is Literal:
        return "radios" if len(get_args(base)) <= _few else "select"
    if field.options:
        return "select"
    if base in _kinds:
        return _kinds[base]
    longest = min((mark.max_length for mark in marks if isinstance(mark, MaxLen)), default=0)
    return "textarea" if longest > _long else "text"


def longest(field: Field) -> int | None:
    """How many characters it takes, if that is limited."""
    _, marks = _plain(field.type)
    return min((mark.max_length for mark in marks if isinstance(mark, MaxLen)), default=None)


def literals(type_: Any) -> tuple[str, ...]:
    """What a `Literal` allows; of any other type nothing."""
    base, _ = _plain(type_)
    return get_args(base) if get_origin(base) is Literal else ()


def _plain(type_: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type without what stands around it."""
    return (type_.__origin__, type_.__metadata__) if get_origin(type_) is Annotated else (type_, ())


_kinds: Mapping[Any, Kind] = {datetime: "moment", date: "day", int: "number", bool: "checkbox"}
