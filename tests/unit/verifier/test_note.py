"""Keys, notes, checkpoints and proofs as c2sp.org writes them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support import small_store
from verifier.checkpoint import Checkpoint, checkpoints
from verifier.line import read
from verifier.note import Key, MalformedError, Note, SignatureError
from verifier.proof import Proof
from verifier.tree import inclusion_proof, leaf_hash

# The example of c2sp.org/signed-note.
KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
# The example of c2sp.org/tlog-cosignature; its keys are not told.
CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501  as they are there

LOG = small_store.Log()
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(32))
ROWS = small_store.rows(random.Random(9), 20)
LINES = small_store.lines(ROWS)
AT_17 = LOG.checkpoint(ROWS, 17)


# Keys and notes


def test_the_example_of_the_format_verifies() -> None:
    key, note = Key.of(KEY), Note.of(NOTE)

    assert note.is_signed_by([key])
    assert str(key) == KEY
    assert str(note) == NOTE


def test_a_changed_text_is_not_what_was_signed() -> None:
    with pytest.raises(SignatureError, match=r"example\.com/foo"):
        Note.of(NOTE.replace("an example", "another")).is_signed_by([Key.of(KEY)])


def test_signatures_of_others_do_not_matter() -> None:
    other = Key.of_witness("example.com/foo", WITNESS)

    assert not Note.of(NOTE).is_signed_by([other])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("example.com/foo", "name"),
        ("example.com/foo+530d903a", "name"),
        ("example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "id"),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2", "base64"),
        ("example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "type"),
        ("example.com/foo+530d903a+Aeky", "type"),
    ],
)
def test_a_damaged_key_says_what_is_wrong(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        Key.of(text)


# Checkpoints


def test_the_example_of_a_checkpoint_is_read() -> None:
    checkpoint = Checkpoint.of(CHECKPOINT)

    assert (checkpoint.origin, checkpoint.size, checkpoint.service) == (
        "example.com/behind-the-sofa",
        20852163,
        "behind-the-sofa",
    )
    assert [signature.name for signature in checkpoint.note.signatures] == [
        "example.com/behind-the-sofa",
        "witness.example.com/w1",
    ]
    assert str(checkpoint.note) == CHECKPOINT


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "blank line"),
        (CHECKPOINT.replace("\n\n", "\n"), "blank line"),
        (CHECKPOINT.replace("20852163", "020852163"), "a size"),
        (CHECKPOINT.replace("20852163", "twenty"), "a size"),
        (CHECKPOINT.replace("CsUYapGG", "CsUYap"), "base64|32 bytes"),
        (CHECKPOINT.replace("CsUYapGG", "CsUY"), "32 bytes"),
        (CHECKPOINT.replace("— witness", "- witness"), "signature"),
        (CHECKPOINT.replace("jWbPPwAA", "?"), "base64"),
        (CHECKPOINT.removesuffix("\n"), "blank line"),
    ],
)
def test_what_is_no_checkpoint_says_why(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        Checkpoint.of(text)


def test_a_file_of_checkpoints_is_read_in_order() -> None:
    kept = [LOG.checkpoint(ROWS, size) for size in (3, 9)]

    assert checkpoints("\n".join(str(one.note) for one in kept)) == kept
    assert checkpoints("") == []
    with pytest.raises(MalformedError, match="checkpoint 2"):
        checkpoints(f"{kept[0].note}\nnonsense\n")


def test_a_witness_signs_beside_the_log() -> None:
    witness = Key.of_witness("auditor.example", WITNESS)

    cosigned = AT_17.note.cosigned("auditor.example", WITNESS, time=1_795_000_000)

    assert cosigned.is_signed_by([witness])
    assert cosigned.is_signed_by([LOG.verifier_key])
    assert Note.of(str(cosigned)) == cosigned
    later = replace(cosigned.signatures[1], signature=bytes(8) + cosigned.signatures[1].signature[8:])
    with pytest.raises(SignatureError, match="auditor"):
        Note(cosigned.body, (later,)).is_signed_by([witness])


# Proofs


def proof_of(logindex: int) -> Proof:
    leaves = [leaf_hash(row["hash"]) for row in ROWS[:17]]
    return Proof(logindex, tuple(inclusion_proof(leaves, logindex)), AT_17)


def test_a_proof_shows_its_event_and_no_other() -> None:
    for logindex in range(17):
        proof = proof_of(logindex)

        assert Proof.of(str(proof)) == proof
        assert proof.fault(read(LINES[logindex]), [LOG.verifier_key]) is None
        other = read(LINES[logindex + 1])._replace(logindex=logindex)
        assert "does not lead" in str(proof.fault(other, [LOG.verifier_key]))


def test_a_proof_is_written_as_the_format_says() -> None:
    first, index, *hashes, blank, origin, size = str(proof_of(4)).split("\n")[:10]

    assert (first, index, len(hashes), blank) == ("c2sp.org/tlog-proof@v1", "index 4", 5, "")
    assert (origin, size) == ("baton.local/collaboration", "17")


def test_each_fault_of_a_proof_is_named() -> None:
    event, proof, keys = read(LINES[4]), proof_of(4), [LOG.verifier_key]
    forged = replace(AT_17, note=replace(AT_17.note, body=AT_17.note.body.replace("17", "18")))

    assert "none of the keys" in str(proof.fault(event, []))
    assert "not of the key" in str(replace(proof, checkpoint=forged).fault(event, keys))
    assert "is of talent" in str(proof.fault(event._replace(service="talent"), keys))
    assert "does not fit" in str(proof.fault(event._replace(record=b"{}"), keys))
    assert "number is 5" in str(proof.fault(event._replace(logindex=5), keys))
    assert "does not lead" in str(replace(proof, hashes=proof.hashes[1:]).fault(event, keys))


@pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v2\nindex 4\n\n", "c2sp.org/tlog-proof@v1\nindex four\n\n"])
def test_what_is_no_proof_says_so(text: str) -> None:
    with pytest.raises(MalformedError):
        Proof.of(text)


def test_extra_lines_are_passed_over() -> None:
    proof = proof_of(4)

    assert Proof.of(str(proof).replace("@v1\n", "@v1\nextra YWJj\n")) == proof
