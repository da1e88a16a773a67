"""History must stay readable: every event type as it was first published decodes, and is encoded to the same bytes."""

from __future__ import annotations

import json
from dataclasses import fields
from hashlib import sha256
from pathlib import Path

import pytest

from shared.contracts import canonical, codec
from shared.contracts.envelope import Envelope, chain_hash
from tests.contracts.goldens import FOLDER, golden, record

GOLDENS = sorted(FOLDER.glob("uk.mat.*.json"))
TYPES = sorted(type_name for contract in codec.contracts.values() for type_name in contract.types)


def type_of(path: Path) -> str:
    return path.name.removesuffix(".json").partition("+")[0]


def stored(path: Path) -> bytes:
    return path.read_bytes().removesuffix(b"\n")


def test_every_event_type_has_a_golden() -> None:
    assert {type_of(path) for path in GOLDENS} >= set(TYPES), "run: python -m tests.contracts.goldens"


def test_no_type_that_history_holds_was_taken_away() -> None:
    assert {type_of(path) for path in GOLDENS} <= set(TYPES)


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_it_decodes_and_is_encoded_to_the_same_bytes(path: Path) -> None:
    event = codec.adapter(codec.shape(type_of(path))).validate_json(stored(path))

    assert record(event) == stored(path)
    assert type(codec.decode(type_of(path), stored(path))) is codec.event_class(type_of(path))
    assert canonical.dumps(canonical.loads(stored(path))) == stored(path)


@pytest.mark.parametrize("type_name", TYPES)
def test_the_goldens_of_a_type_show_each_of_its_fields(type_name: str) -> None:
    shown = {name for path in GOLDENS if type_of(path) == type_name for name in json.loads(stored(path))}

    assert shown == {field.name for field in fields(codec.shape(type_name))}


@pytest.mark.parametrize("type_name", TYPES)
def test_a_personal_text_stands_in_a_golden_as_a_token_only(type_name: str) -> None:
    content = json.loads(golden(type_name))

    for name in codec.personal_fields(codec.shape(type_name)):
        assert content[name].startswith("sealed:1:")


def test_the_hash_of_a_fixed_event_is_pinned() -> None:
    pinned = json.loads((FOLDER / "chain.json").read_text(encoding="utf-8"))
    meta, content = pinned["meta"].encode(), pinned["record"].encode()
    previous = bytes.fromhex(pinned["prev_hash"])

    assert Envelope.of_meta(meta).meta() == meta
    assert record(codec.decode("uk.mat.talent.PersonRegistered.v1", content)) == content
    assert chain_hash(previous, meta, content).hex() == pinned["hash"]
    by_hand = b"ev1" + previous + len(meta).to_bytes(4, "big") + meta + sha256(content).digest()
    assert sha256(by_hand).hexdigest() == pinned["hash"]
