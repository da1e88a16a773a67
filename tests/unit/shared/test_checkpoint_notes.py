"""Signed notes against C2SP's own example, and what is read of a note and what is not one."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.sealing.note import Noted, Signer, notes_in, read_note
from shared.sealing.outlet import CheckpointFile

EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
"""A verifier key, from https://c2sp.org/signed-note."""
SIGNER = Signer("x.example/talent", Ed25519PrivateKey.from_private_bytes(bytes(32)))
ROOT = bytes(range(32))


class Example(Signer):
    @property
    def _public(self) -> bytes:
        return b64decode(EXAMPLE.split("+", 2)[2])[1:]


def test_a_verifier_key_is_written_as_in_the_specification() -> None:
    assert Example("example.com/foo", SIGNER.key).verifier_key == EXAMPLE


def test_a_note_says_what_it_was_made_of_and_is_the_same_each_time() -> None:
    note = SIGNER.note(7, ROOT)

    assert read_note(note) == Noted("x.example/talent", 7, ROOT)
    assert note == SIGNER.note(7, ROOT)
    assert note.startswith("x.example/talent\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n— x.example/talent ")
    [_, _, signed] = note.split("\n\n")[1].split(" ")
    SIGNER.key.public_key().verify(b64decode(signed)[4:], note.partition("\n\n")[0].encode() + b"\n")


@pytest.mark.parametrize("at", range(5))
def test_a_text_that_lacks_a_part_is_no_note(at: int) -> None:
    lines = SIGNER.note(7, ROOT).splitlines(keepends=True)

    with pytest.raises(ValueError, match="no checkpoint"):
        read_note("".join(lines[:at] + lines[at + 1 :]))
    assert notes_in("".join(lines[: at + 1])) == []


def test_notes_are_found_one_after_the_other_and_a_cut_one_is_left_out() -> None:
    notes = [SIGNER.note(size, ROOT) for size in (1, 2, 30)]
    text = "".join(f"{note}\n" for note in notes)

    assert notes_in(text) == notes
    for cut in range(len(notes[-1]) + 1):
        assert notes_in(text[: len(text) - 1 - cut]) == notes[:2]


def test_a_file_that_was_cut_anywhere_goes_on_whole(tmp_path: Path) -> None:
    path = tmp_path / "talent.txt"
    notes = [SIGNER.note(size, ROOT) for size in (1, 2, 30)]
    whole = "".join(f"{note}\n" for note in notes).encode()
    for cut in range(0, len(whole), 5):
        path.write_bytes(whole[:cut])
        CheckpointFile(path).append(notes)
        assert path.read_bytes() == whole
    CheckpointFile(path).append(notes)
    assert path.read_bytes() == whole
    assert CheckpointFile(path).newest() == Noted("x.example/talent", 30, ROOT)
