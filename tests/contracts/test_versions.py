"""An event that changed: whoever reads it sees the newest version alone, and nothing of what is stored is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.reporting.composition import all_projections
from services.reporting.history.kinds import kinds, of_kind
from services.reporting.read_models.projecting import types_of
from services.talent.intake import admissions
from shared.contracts import codec
from shared.contracts.talent import earlier
from shared.contracts.talent.deployments import DeploymentEnded
from shared.contracts.vocabulary import Contract, Upcaster, event
from shared.intake import Admission, by_type
from tests.contracts.goldens import EVENT_ID, FOLDER, STREAM
from tests.support.key_ring import KeyRing

V1, V2 = "uk.mat.talent.DeploymentEnded.v1", "uk.mat.talent.DeploymentEnded.v2"
EARLIER = [
    (contract, name)
    for contract in codec.contracts.values()
    for name, cls in contract.types.items()
    if contract.names[cls] != name
]
every_earlier = pytest.mark.parametrize(("contract", "name"), EARLIER, ids=[name for _, name in EARLIER])
objects = st.dictionaries(
    st.sampled_from(["outcome", "impact", "x"]), st.recursive(st.none() | st.booleans() | st.text(max_size=3), st.lists)
)


@event
class Measured:
    """As it is."""

    millimetres: int
    by: str


Measured1, Measured2 = type("Measured", (), {}), type("Measured", (), {})


def _of_metres(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"centimetres": content["metres"] * 100}


def _of_centimetres(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"millimetres": content["centimetres"] * 10, "by": "nobody knows"}


UPCASTERS: Mapping[type[Any], Upcaster] = {Measured1: _of_metres, Measured2: _of_centimetres}
THREE = Contract("tiny", upcasters=UPCASTERS, v1=[Measured1], v2=[Measured2], v3=[Measured])


def test_each_version_becomes_the_next_until_it_is_the_newest() -> None:
    names = ["uk.mat.tiny.Measured.v1", "uk.mat.tiny.Measured.v2", "uk.mat.tiny.Measured.v3"]

    assert THREE.versions(Measured) == names
    assert THREE.names == {Measured: names[-1]}
    assert set(THREE.types.values()) == {Measured}
    newest = {"millimetres": 2000, "by": "nobody knows"}
    assert THREE.upcast(names[0], {"metres": 2}) == newest
    assert THREE.upcast(names[1], {"centimetres": 200}) == newest
    assert THREE.upcast(names[2], newest) is newest


def test_a_version_that_nothing_makes_the_next_of_is_noticed_at_once() -> None:
    with pytest.raises(KeyError):
        Contract("tiny", upcasters={Measured1: _of_metres}, v1=[Measured1], v2=[Measured2], v3=[Measured])


def test_a_missing_outcome_meant_that_it_was_called_off() -> None:
    record = (FOLDER / f"{V1}.json").read_bytes()
    without = {name: said for name, said in json.loads(record).items() if name != "outcome"}

    ended, called_off = codec.decode(V1, record), codec.decode(V1, json.dumps(without).encode())

    assert isinstance(ended, DeploymentEnded)
    assert (ended.outcome, called_off.outcome) == ("red", "called_off")
    assert codec.type_name(ended) == V2


@every_earlier
def test_sealed_texts_stay_in_their_places(contract: Contract, name: str) -> None:
    shape, newest = codec.shape(name), contract.types[name]
    record = json.loads((FOLDER / f"{name}.json").read_bytes())
    read = codec.decode(name, json.dumps(record).encode())

    sealed = codec.personal_fields(shape)
    assert sealed.items() <= codec.personal_fields(newest).items()
    assert {field: getattr(read, field) for field in sealed} == {field: record[field] for field in sealed}


def test_a_text_that_was_sealed_before_opens_after() -> None:
    ring = KeyRing()
    text = "The team plans together now."
    about: Any = {"deployment_id": UUID(int=1), "person_id": UUID(int=2), "ended_on": "2026-11-22"}
    was = codec.adapter(earlier.DeploymentEnded).validate_python(about | {"outcome": "green", "impact": text})

    read = codec.decode(V1, codec.encode(was, stream=STREAM, event_id=EVENT_ID, sealer=ring))

    [subject] = codec.subjects(read, STREAM).values()
    assert ring.keys[subject].open(read.impact, codec.place(STREAM, EVENT_ID, "impact")) == text


@over(content=objects)
@every_earlier
def test_an_upcaster_takes_any_object_and_leaves_it_as_it_is(contract: Contract, name: str, content: Any) -> None:
    before = deepcopy(content)

    contract.upcast(name, content)

    assert content == before


def test_a_claim_of_an_earlier_version_is_read_as_the_newest() -> None:
    assert admissions[V1].newest({"outcome": None}) == {"outcome": "called_off"}
    assert admissions[V1].json_schema() == {**admissions[V2].json_schema(), "deprecated": True}
    data = {"outcome": None}
    assert admissions[V2].newest(data) is data


def test_every_version_is_taken_where_the_newest_is() -> None:
    act: Any = SimpleNamespace()

    taken = by_type(THREE, [(Measured, "/measures", Admission(Measured, act))])

    assert list(taken) == THREE.versions(Measured)
    assert [one.newest({"metres": 2, "centimetres": 200, "millimetres": 2000})["millimetres"] for one in taken.values()]


def test_what_looks_for_an_event_finds_it_under_all_of_its_names() -> None:
    looking = [projection for projection in all_projections if DeploymentEnded in projection.on]

    assert looking
    assert all({V1, V2} <= set(types_of(projection)) for projection in looking)
    assert of_kind(V1) == of_kind(V2) == (V1, V2)
    assert of_kind("uk.mat.talent.Nothing.v1") == ("uk.mat.talent.Nothing.v1",)
    assert [name for name, said in kinds()["talent"].items() if said == "Deployment ended"] == [V2]
