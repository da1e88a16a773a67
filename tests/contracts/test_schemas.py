"""The published schemas: valid, true of what history holds, marked where they are personal, and equal to the record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, ValidationError, meta

from deploy.contracts import record
from deploy.contracts.compatibility import understood
from deploy.settings import ROOT
from shared.contracts import codec
from shared.contracts.schemas import all_event_schemas, dialect
from shared.intake.people import person_fields
from tests.contracts.goldens import FOLDER

KEPT = ROOT / record.PLACE
SCHEMAS = all_event_schemas()
GOLDENS = sorted(FOLDER.glob("uk.mat.*.json"))
_OF_NAMES = {"properties", "$defs"}  # below these stand names of ours, not words of JSON Schema


def words(schema: Any) -> Iterator[str]:
    """Every word that a schema uses."""
    if isinstance(schema, dict):
        for word, said in schema.items():
            yield word
            for inner in said.values() if word in _OF_NAMES else [said] if word != "x-personal" else []:
                yield from words(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from words(inner)


def test_the_record_is_that_of_the_code() -> None:
    known = record.of_folder(KEPT)

    assert known == record.now(known), "run: baton schema export docs/schemas"


def test_the_record_is_written_as_it_would_be_written_again() -> None:
    kept = record.of_folder(KEPT)
    again = record.now(kept)
    for name, schema in kept.items():
        assert json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8")) == schema
        assert (KEPT / f"{name}.json").read_text(encoding="utf-8") == record.text(again[name])


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_a_json_schema_with_a_name_and_a_meaning(name: str) -> None:
    schema = SCHEMAS[name]

    meta.validate(schema)
    assert (schema["$id"], schema["$schema"]) == (f"urn:baton:event:{name}", dialect)
    assert schema["title"] == name.split(".")[3]
    assert schema["description"]


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_what_history_holds_is_of_its_schema(path: Path) -> None:
    schema = SCHEMAS[path.name.removesuffix(".json").partition("+")[0]]

    Draft202012Validator(schema, validate_formats=True).validate(json.loads(path.read_bytes()))


def test_a_personal_text_in_clear_is_not_of_the_schema() -> None:
    content = json.loads((FOLDER / "uk.mat.talent.PersonRegistered.v1.json").read_bytes())

    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMAS["uk.mat.talent.PersonRegistered.v1"]).validate({**content, "name": "Zebedee"})


@pytest.mark.parametrize("name", SCHEMAS)
def test_personal_texts_and_peoples_ids_are_marked(name: str) -> None:
    cls, fields = codec.shape(name), SCHEMAS[name]["properties"]

    marked = {field: said["x-personal"]["subject"] for field, said in fields.items() if "x-personal" in said}
    assert marked == {field: mark.subject for field, mark in codec.personal_fields(cls).items()}
    people = {field for field, said in fields.items() if '"x-data-subject": true' in json.dumps(said)}
    assert people >= {path[0] for path in person_fields(cls) if len(path) == 1}


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_comparison_understands_every_word_of_it(name: str) -> None:
    assert set(words(SCHEMAS[name])) <= understood
