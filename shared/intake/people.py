"""Who is meant: a claim names a person by our id or by the number that a school's own system knows them by.

Wherever a shape has a `PersonId`, `{"source": …, "staff_ref": …}` may stand in its place. The doors look up all
references of a batch in one query and put the ids in their places before the shape is checked. A service that is not
the register itself also asks, in the same query, whether every person is one of the sender's trust.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from shared.contracts.talent.register import staff_stream
from shared.contracts.vocabulary import ByStaffReference, Code, Reference
from shared.decider import Rejected
from shared.problems import pointer


class StaffReference(NamedTuple):
    """A person as a school's own system knows them."""

    trustuid: str
    source: str
    staff_ref: str

    @property
    def stream(self) -> str:
        """The stream that begins when it is given to somebody."""
        return staff_stream(*self)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody in the register.

    Attributes:
        person_id: the entry that stands for them; of merged ones, the survivor's.
        urns: where they work or worked; None among them is the trust itself.
    """

    person_id: UUID
    trustuid: str
    urns: frozenset[str | None] = frozenset()


Asked = StaffReference | UUID
LookUp = Callable[[Sequence[StaffReference], Sequence[UUID]], Awaitable[Mapping[Asked, Somebody]]]
"""Those of the references and ids that are known, in one round trip."""


class PersonUnknown(Exception):
    """A claim names somebody who is not in the register, or has not been heard of yet.

    Attributes:
        field: JSON pointer to where they are named.
        waits_for: the stream that begins when they are registered.
    """

    def __init__(self, field: str, waits_for: str) -> None:
        super().__init__(field)
        self.field = field
        self.waits_for = waits_for


class WorksNowhereYet(Rejected):
    """A school speaks of somebody of whom no engagement was heard; what waited for them waits for that too."""

    def __init__(self, refusal: Rejected, person_id: UUID) -> None:
        super().__init__(refusal.code, refusal.message, field=refusal.field)
        self.waits_for = f"person-{person_id}"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose claim it is: their trust, and the schools that they may speak for (None: all of the trust)."""

    trustuid: str
    urns: frozenset[str] | None


def with_anybody(data: Mapping[str, Any], shape: type[Any]) -> Mapping[str, Any]:
    """The data as if everybody whom it names by a reference were known: to see whether the rest is right."""
    changed: dict[str, Any] = dict(data)
    for path in person_fields(shape):
        changed = _changed(changed, path, lambda named, _: str(_nobody) if _asked(named, "") else named)
    return changed


def references(data: Mapping[str, Any], shape: type[Any], trustuid: str) -> list[tuple[str, StaffReference]]:
    """Whom data names by a system's own number: where, and by which."""
    asked = ((field, _asked(named, trustuid)) for field, named in _named(shape, data))
    return [(field, named) for field, named in asked if isinstance(named, StaffReference)]


class People:
    """Finds the people that claims name.

    Args:
        checks_ids: whether ids are looked up too. The register knows its people from its own streams and does not.
    """

    def __init__(self, look_up: LookUp, *, checks_ids: bool = True) -> None:
        self._look_up = look_up
        self._checks_ids = checks_ids

    async def known(self, said: Iterable[tuple[str, type[Any], Mapping[str, Any]]]) -> Known:
        """Everybody who is named in these: the trust, the shape and the data of each. Nobody named: no query."""
        references: dict[StaffReference, None] = {}
        ids: dict[UUID, None] = {}
        for trustuid, shape, data in said:
            for _, named in _named(shape, data):
                match _asked(named, trustuid):
                    case StaffReference() as reference:
                        references[reference] = None
                    case UUID() as person_id if self._checks_ids:
                        ids[person_id] = None
                    case _:
                        pass
        found = await self._look_up(tuple(references), tuple(ids)) if references or ids else {}
        return Known(found, checks_ids=self._checks_ids)

    async def meant_by(self, references: Iterable[StaffReference]) -> Mapping[StaffReference, UUID]:
        """Those whom these references mean, as far as they are known."""
        asked = tuple(reference for reference in references if _is_reference(reference.source, reference.staff_ref))
        found = await self._look_up(asked, ()) if asked else {}
        return {reference: found[reference].person_id for reference in asked if reference in found}


class Known:
    """The people of a batch that are known."""

    def __init__(self, found: Mapping[Asked, Somebody], *, checks_ids: bool) -> None:
        self._found = found
        self._checks_ids = checks_ids

    def put_in(self, data: Mapping[str, Any], shape: type[Any], speaker: Speaker) -> Mapping[str, Any]:
        """The data with our ids wherever a shape has a person's.

        Raises:
            PersonUnknown: somebody is not known yet.
            WorksNowhereYet: a school speaks of somebody of whom only the registration was heard.
            Rejected: `person_unknown`, somebody is of another trust; `not_your_school`, a school speaks of somebody who
                never worked there.
        """

        def put(named: Any, field: str) -> Any:
            asked = _asked(named, speaker.trustuid)
            if asked is None or (isinstance(asked, UUID) and not self._checks_ids):
                return named  # what is neither form is for the shape to refuse
            somebody = self._found.get(asked)
            if somebody is None:
                raise PersonUnknown(field, f"person-{asked}" if isinstance(asked, UUID) else asked.stream)
            self._check(somebody, speaker, field)
            return str(somebody.person_id)

        changed: dict[str, Any] = dict(data)
        for path in person_fields(shape):
            changed = _changed(changed, path, put)
        return changed

    def _check(self, somebody: Somebody, speaker: Speaker, field: str) -> None:
        if not self._checks_ids:
            return
        if somebody.trustuid != speaker.trustuid:
            raise Rejected("person_unknown", "This person is not in the register: register them first.", field=field)
        if field == _subject and speaker.urns is not None and somebody.urns.isdisjoint(speaker.urns):
            refusal = Rejected(
                "not_your_school",
                "A school may say this about those who work or worked there: record their engagement first.",
                field=field,
            )
            raise refusal if somebody.urns else WorksNowhereYet(refusal, somebody.person_id)


Path = tuple[str | None, ...]
"""Where a field stands: names, and None for each element of a list."""
_subject = "/person_id"  # of whom a claim speaks; the others that it names may be of any school


def person_fields(shape: type[Any]) -> tuple[Path, ...]:
    """Where a shape has people's ids, also inside lists and nested dataclasses."""
    if shape not in _person_fields:
        _person_fields[shape] = tuple(_paths(shape, ()))
    return _person_fields[shape]


def of_path(parameters: Mapping[str, str], shape: type[Any]) -> dict[str, Any]:
    """What stands in the path of a typed command; in a person's place `<source>:<staff_ref>` is a reference too."""
    return {
        name: {"source": text.partition(":")[0], "staff_ref": text.partition(":")[2]}
        if ":" in text and (name,) in person_fields(shape)
        else text
        for name, text in parameters.items()
    }


def _paths(hint: Any, path: Path) -> Iterable[Path]:
    if get_origin(hint) is Annotated:
        marked = any(isinstance(mark, ByStaffReference) for mark in hint.__metadata__)
        yield from (path,) if marked else _paths(hint.__origin__, path)
    elif isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        for field in fields(hint):
            yield from _paths(hints[field.name], (*path, field.name))
    else:
        inner = (*path, None) if get_origin(hint) in (tuple, list, frozenset) else path
        for part in get_args(hint):
            yield from _paths(part, inner)


def _named(shape: type[Any], data: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Where and how data names people, as far as it has its shape."""
    found: list[tuple[str, Any]] = []

    def note(named: Any, field: str) -> Any:
        found.append((field, named))
        return named

    for path in person_fields(shape):
        _changed(data, path, note)
    return found


def _changed(content: Any, path: Path, change: Callable[[Any, str], Any], at: str = "") -> Any:
    """The content with a change to what stands at a path; what is not there is left out."""
    if not path:
        return change(content, at)
    step, *rest = path
    if step is None and isinstance(content, list):
        return [_changed(one, tuple(rest), change, f"{at}/{number}") for number, one in enumerate(content)]
    if step is not None and isinstance(content, dict) and content.get(step) is not None:
        return {**content, step: _changed(content[step], tuple(rest), change, f"{at}{pointer((step,))}")}
    return content


def _asked(named: Any, trustuid: str) -> Asked | None:
    """What is asked of the register to find out who is named; None for what names nobody in a readable form."""
    match named:
        case {"source": source, "staff_ref": staff_ref} if len(named) == 2:  # noqa: PLR2004  and nothing else
            return StaffReference(trustuid, source, staff_ref) if _is_reference(source, staff_ref) else None
        case str():
            try:
                return UUID(named)
            except ValueError:
                return None
        case _:
            return None


def _is_reference(source: Any, staff_ref: Any) -> bool:
    try:
        _reference.validate_python((source, staff_ref))
    except ValidationError:
        return False
    return True


_nobody = UUID(int=0)
_person_fields: dict[type[Any], tuple[Path, ...]] = {}
_reference = TypeAdapter(tuple[Code, Reference])
