"""Sealing: a text opens with its subject's key at its own place, and nowhere else."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts import codec
from shared.contracts.talent.register import PersonRegistered
from shared.contracts.vocabulary import sealed_prefix
from shared.vault import Key, Keys, MasterKeyError, read_master_key

PERSON = UUID("01936f3e-0000-7000-8000-000000000001")
REGISTERED = PersonRegistered(
    person_id=PERSON, trustuid="99001", source="arbor", staff_ref="A-17", name="Jane Doe", trn="0123456"
)


def a_key() -> Key:
    return Key(PERSON, AESGCM(os.urandom(32)))


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=500))
def test_a_text_comes_back_whole_and_its_token_tells_little_of_its_length(text: str) -> None:
    key = a_key()
    token = key.seal(text, "here")

    assert key.open(token, "here") == text
    assert token.startswith(sealed_prefix)
    assert len(token) == len(key.seal("x" * -(-len(text.encode()) // 64) * 64, "here"))


def test_a_token_opens_at_no_other_place_with_no_other_key_and_not_altered() -> None:
    key = a_key()
    token = key.seal("at risk", "answer-1\nevent-1\ncomment")
    altered = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]

    for wrong_key, wrong_token, wrong_place in (
        (key, token, "answer-1\nevent-2\ncomment"),
        (a_key(), token, "answer-1\nevent-1\ncomment"),
        (key, altered, "answer-1\nevent-1\ncomment"),
    ):
        with pytest.raises(InvalidTag):
            wrong_key.open(wrong_token, wrong_place)


def test_the_same_text_is_never_sealed_alike() -> None:
    key = a_key()

    assert key.seal("red", "here") != key.seal("red", "here")


def test_a_record_holds_tokens_in_the_place_of_personal_texts_and_opens_by_field() -> None:
    key = a_key()
    keys = Keys({f"person:{PERSON}": key})

    record = codec.encode(REGISTERED, stream="person-1", event_id="event-1", sealer=keys)
    stored = codec.decode("uk.mat.talent.PersonRegistered.v1", record)

    assert b"Jane" not in record
    assert b"0123456" not in record
    assert (stored.staff_ref, stored.email) == ("A-17", None)
    assert [
        key.open(getattr(stored, field), codec.place("person-1", "event-1", field)) for field in ("name", "trn")
    ] == ["Jane Doe", "0123456"]


def test_the_master_keys_conditions_are_told_apart(tmp_path: Path) -> None:
    good, short, text = (tmp_path / name for name in ("good", "short", "text"))
    good.write_text(b64encode(bytes(32)).decode() + "\n")
    short.write_text(b64encode(bytes(16)).decode())
    text.write_text("not base64!")

    assert read_master_key(good) == bytes(32)
    for wrong, code in (
        (tmp_path / "missing", "master_key_missing"),
        (short, "master_key_damaged"),
        (text, "master_key_damaged"),
    ):
        with pytest.raises(MasterKeyError, match=str(wrong)) as found:
            read_master_key(wrong)
        assert found.value.code == code


def test_an_event_that_nobody_could_decode_is_not_encoded() -> None:
    slip = replace(REGISTERED, staff_ref="Jane Doe of Ashby Park")

    with pytest.raises(ValidationError, match="staff_ref"):
        codec.encode(slip, stream="person-1", event_id="event-1", sealer=Keys({f"person:{PERSON}": a_key()}))
