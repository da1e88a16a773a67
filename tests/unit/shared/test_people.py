"""Whom a claim names: found wherever a shape has a person, looked up together, put in place before it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import pytest

from shared.contracts.vocabulary import Id, Len, PersonId
from shared.decider import Rejected
from shared.intake.claims import Admission, ClaimRefused
from shared.intake.people import Asked, People, PersonUnknown, Somebody, Speaker, StaffReference, person_fields

TRUST, OTHER_TRUST, HERE, THERE = "99001", "99002", "900001", "900002"
ADA, BEN, CLEO, DAN = (UUID(int=n) for n in (1, 2, 3, 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    who: PersonId
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """A shape with people in every place that they can stand in."""

    person_id: PersonId
    gathering_id: Id
    chair: PersonId | None = None
    coaches: Annotated[tuple[PersonId, ...], Len(0, 9)] = ()
    attendees: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """A shape that speaks of nobody."""

    day: str


class Register:
    """Knows Ada (who works here), Ben (there) and, in another trust, Dan; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Sequence[StaffReference], Sequence[UUID]]] = []

    async def look_up(self, references: Sequence[StaffReference], ids: Sequence[UUID]) -> Mapping[Asked, Somebody]:
        self.asked.append((references, ids))
        ada, ben = Somebody(ADA, TRUST, frozenset({HERE, None})), Somebody(BEN, TRUST, frozenset({THERE}))
        known: dict[Asked, Somebody] = {ADA: ada, BEN: ben, DAN: Somebody(DAN, OTHER_TRUST), mis("S-1"): ada}
        named: list[Asked] = [*references, *ids]
        return {one: known[one] for one in named if one in known}


def mis(staff_ref: str, trustuid: str = TRUST) -> StaffReference:
    return StaffReference(trustuid, "mis", staff_ref)


def by(staff_ref: str) -> dict[str, str]:
    return {"source": "mis", "staff_ref": staff_ref}


def gathering(**more: Any) -> dict[str, Any]:
    return {"person_id": str(ADA), "gathering_id": str(CLEO), **more}


async def put(
    data: Mapping[str, Any], *, checks_ids: bool = True, urns: frozenset[str] | None = None, trust: str = TRUST
) -> Mapping[str, Any]:
    known = await People(Register().look_up, checks_ids=checks_ids).known([(trust, Gathering, data)])
    return known.put_in(data, Gathering, Speaker(trust, urns))


def test_people_stand_in_fields_lists_and_nested_parts() -> None:
    assert set(person_fields(Gathering)) == {
        ("person_id",),
        ("chair",),
        ("coaches", None),
        ("attendees", None, "who"),
    }
    assert person_fields(Weather) == ()


async def test_ids_take_the_places_of_references() -> None:
    said = gathering(
        person_id=by("S-1"),
        chair=by("S-1"),
        coaches=[str(BEN), by("S-1")],
        attendees=[{"who": by("S-1"), "minutes": 5}],
    )
    before = {**said}

    found = await put(said)

    assert found == gathering(chair=str(ADA), coaches=[str(BEN), str(ADA)], attendees=[{"who": str(ADA), "minutes": 5}])
    assert said == before, "what was sent stays as it was sent"
    assert Admission(Gathering, lambda *_: None).check(found).coaches == (BEN, ADA)  # type: ignore[arg-type]


async def test_a_batch_is_one_question() -> None:
    register = Register()

    await People(register.look_up).known(
        [
            (TRUST, Gathering, gathering(person_id=by("S-1"), chair=by("S-2"))),
            (OTHER_TRUST, Gathering, gathering(person_id=by("S-1"), coaches=[str(BEN), str(ADA)])),
            (TRUST, Gathering, gathering(person_id=by("S-1"))),
        ]
    )

    assert register.asked == [((mis("S-1"), mis("S-2"), mis("S-1", OTHER_TRUST)), (BEN, ADA))]


async def test_nobody_named_is_no_question() -> None:
    register = Register()
    people = People(register.look_up)

    await people.known([])
    await people.known([(TRUST, Weather, {"day": "grey"}), (TRUST, Gathering, {"person_id": 7, "coaches": "all"})])
    assert register.asked == []
    await People(register.look_up, checks_ids=False).known([(TRUST, Gathering, gathering(chair=str(BEN)))])
    assert register.asked == []


@pytest.mark.parametrize(
    ("named", "field", "stream"),
    [
        ({"person_id": by("S-9")}, "/person_id", mis("S-9").stream),
        ({"coaches": [str(ADA), by("S-9")]}, "/coaches/1", mis("S-9").stream),
        ({"attendees": [{"who": str(CLEO), "minutes": 5}]}, "/attendees/0/who", f"person-{CLEO}"),
    ],
)
async def test_who_is_not_known_is_waited_for(named: dict[str, Any], field: str, stream: str) -> None:
    with pytest.raises(PersonUnknown) as unknown:
        await put(gathering(**named))

    assert (unknown.value.field, unknown.value.waits_for) == (field, stream)


async def test_another_trusts_people_are_not_known() -> None:
    with pytest.raises(Rejected) as refusal:
        await put(gathering(chair=str(DAN)))
    assert (refusal.value.code, refusal.value.field) == ("person_unknown", "/chair")

    with pytest.raises(PersonUnknown):
        await put({"person_id": by("S-1")}, trust=OTHER_TRUST)


async def test_a_school_speaks_of_those_who_work_or_worked_there() -> None:
    here = frozenset({HERE})

    assert await put(gathering(chair=str(BEN)), urns=here), "whom else it names may be of any school"
    assert await put(gathering(person_id=str(BEN)), urns=frozenset({HERE, THERE}))
    with pytest.raises(Rejected) as refusal:
        await put(gathering(person_id=str(BEN)), urns=here)
    assert (refusal.value.code, refusal.value.field) == ("not_your_school", "/person_id")


async def test_the_register_itself_takes_ids_as_they_are() -> None:
    said = gathering(person_id=str(DAN), chair=str(CLEO), coaches=[by("S-1")])

    assert await put(said, checks_ids=False, urns=frozenset({THERE})) == {**said, "coaches": [str(ADA)]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "mis"},
        {"source": "mis", "staff_ref": "S-1", "name": "Ada"},
        {"source": "MIS", "staff_ref": "S-1"},
        {"source": "mis", "staff_ref": "Jane Doe"},
        {"source": "mis", "staff_ref": 1},
        "S-1",
        7,
        [by("S-1")],
    ],
)
async def test_what_is_neither_an_id_nor_a_reference_is_for_the_shape_to_refuse(wrong: Any) -> None:
    found = await put(gathering(chair=wrong))

    with pytest.raises(ClaimRefused) as refusal:
        Admission(Gathering, lambda *_: None).check(found)  # type: ignore[arg-type]
    assert (refusal.value.code, (refusal.value.field or "")[:6]) == ("invalid", "/chair")
