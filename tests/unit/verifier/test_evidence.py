"""An evidence pack is checked with nothing but what is in it: it holds, or what is wrong is said."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.auditing.evidence import report_text
from shared.sealing.note import Signer
from tests.support import small_store
from verifier import evidence
from verifier.history import UnclearError
from verifier.proof import Proof
from verifier.tree import inclusion_proof, leaf_hash

LOG = small_store.Log()
ROWS = small_store.rows(random.Random(52), 60)
STREAM = max((row["stream"] for row in ROWS), key=lambda name: sum(row["stream"] == name for row in ROWS))
WANTED = [row["logindex"] for row in ROWS if row["stream"] == STREAM]
LINES = small_store.lines(ROWS)


def signer(seed: int = 1) -> Signer:
    """Who makes a pack, and may do so as they like."""
    return Signer("baton.local/reporting", Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def sign(pack: Path, signs: Signer) -> None:
    (pack / evidence.REPORT).unlink(missing_ok=True)
    (pack / evidence.REPORT_KEY).write_text(f"{signs.verifier_key}\n")
    says = {"question": "Who agreed it?", "of": f"stream {STREAM}"}
    (pack / evidence.REPORT).write_text(signs.sign(report_text(says, pack)))


def proof(logindex: int) -> Proof:
    hashes = inclusion_proof([leaf_hash(row["hash"]) for row in ROWS[:50]], logindex)
    return Proof(logindex, tuple(hashes), LOG.checkpoint(ROWS, 50))


def put(pack: Path, wanted: Sequence[int]) -> None:
    """The events with these log indexes and their proofs."""
    (pack / evidence.EVENTS).write_bytes(b"".join(LINES[at] for at in wanted))
    for at in wanted:
        (pack / evidence.proof_name("collaboration", at)).write_text(str(proof(at)))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "proofs").mkdir()
    put(tmp_path, [at for at in WANTED if at < 50])
    (tmp_path / evidence.CHECKPOINTS).write_text(str(LOG.checkpoint(ROWS, 50).note))
    (tmp_path / evidence.KEYS).write_text(f"{LOG.verifier_key}\n")
    sign(tmp_path, signer())
    return tmp_path


def test_a_pack_holds_and_says_whose_word_its_keys_are(pack: Path) -> None:
    alone = evidence.check(pack)
    held = evidence.check(pack, [str(LOG.verifier_key), signer().verifier_key])

    assert (alone.outcome, alone.says["question"], alone.faults) == ("whole", "Who agreed it?", ())
    assert alone.events == len([at for at in WANTED if at < 50]) > 3
    assert alone.unknown == ("baton.local/collaboration", "baton.local/reporting")
    assert (held.outcome, held.unknown) == ("whole", ())
    assert "HOLDS" in held.text()


def _append(name: str) -> Callable[[Path], object]:
    return lambda pack: (pack / name).write_text((pack / name).read_text() + "\n")


def _question(pack: Path) -> None:
    report = pack / evidence.REPORT
    report.write_text(report.read_text().replace("Who agreed it?", "Who refused it?"))


def test_what_was_done_to_a_signed_pack_is_said(pack: Path) -> None:
    name = evidence.proof_name("collaboration", WANTED[0])
    before = {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    done: dict[str, Callable[[Path], object]] = {
        "events.jsonl was changed": _append(evidence.EVENTS),
        "checkpoints.txt was changed": _append(evidence.CHECKPOINTS),
        f"{name} is missing": lambda pack: (pack / name).unlink(),
        "proofs/more is not in the report": lambda pack: (pack / "proofs" / "more").touch(),
        "report.txt has a signature that is not of the key baton.local/reporting": _question,
    }
    for says, alter in done.items():
        alter(pack)
        found = evidence.check(pack)
        assert (found.outcome, found.faults) == ("altered", (says,))
        (pack / "proofs" / "more").unlink(missing_ok=True)
        for path, content in before.items():
            path.write_bytes(content)
    assert evidence.check(pack).outcome == "whole"


def test_who_signs_a_pack_cannot_make_an_event_up_or_leave_one_out(pack: Path) -> None:
    first, second, *others = [at for at in WANTED if at < 50]

    changed = small_store.made_anew([{**ROWS[first], "record": b'{"made":"up"}'}])[0]
    (pack / evidence.EVENTS).write_bytes(LINES[first].replace(ROWS[first]["record"], changed["record"]))
    sign(pack, signer())
    assert f"event {first} of collaboration is not proven: the event's hash" in evidence.check(pack).faults[0]

    put(pack, [first, *others])
    sign(pack, signer())
    assert evidence.check(pack).faults[0] == f"event {others[0]} of collaboration does not follow version 1 of {STREAM}"

    put(pack, [first, second])
    (pack / evidence.proof_name("collaboration", second)).write_text(str(proof(first)))
    sign(pack, signer())
    assert f"event {second} of collaboration is not proven" in evidence.check(pack).faults[0]

    (pack / evidence.proof_name("collaboration", second)).unlink()
    sign(pack, signer())
    assert evidence.check(pack).faults == (f"event {second} of collaboration has no proof",)

    put(pack, [first])
    (pack / evidence.CHECKPOINTS).write_text(str(LOG.checkpoint(ROWS, 40).note))
    sign(pack, signer())
    assert "a checkpoint that is not in checkpoints.txt" in evidence.check(pack).faults[0]


def test_the_keys_of_whoever_checks_come_before_the_packs_own(pack: Path) -> None:
    sign(pack, signer(seed=2))

    assert evidence.check(pack).outcome == "whole"
    assert evidence.check(pack, [signer().verifier_key]).faults == (
        "report.txt is not signed by the key of whoever made the pack",
    )


def test_what_is_no_pack_cannot_be_told(pack: Path) -> None:
    for name, content in {
        evidence.REPORT: str(LOG.checkpoint(ROWS, 50).note),
        evidence.KEYS: "none",
        evidence.REPORT_KEY: "none",
    }.items():
        before = (pack / name).read_text()
        (pack / name).write_text(content)
        with pytest.raises(UnclearError):
            evidence.check(pack)
        (pack / name).write_text(before)
    with pytest.raises(UnclearError):
        evidence.check(pack / "proofs")
