"""`python -m verifier`: what it says, and its exit codes: 0 whole, 1 altered, 2 it could not be told."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support import small_store
from verifier import __main__ as command
from verifier.__main__ import main
from verifier.note import Key
from verifier.proof import Proof
from verifier.tree import inclusion_proof, leaf_hash

LOG = small_store.Log()
KEY = str(LOG.verifier_key)
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(32))
WITNESS_KEY = str(Key.of_witness("auditor.example", WITNESS))
ROWS = small_store.rows(random.Random(3), 30)
LINES = small_store.lines(ROWS)
TALENT = small_store.lines(small_store.rows(random.Random(5), 3, service="talent"))
AT_20 = LOG.checkpoint(ROWS, 20)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The auditor's checkpoints."""
    path = tmp_path / "checkpoints.txt"
    path.write_text(f"{LOG.checkpoint(ROWS, 12).note}\n{AT_20.note}")
    return path


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A whole export."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(LINES))
    return path


def altered(export: Path, at: int) -> Path:
    export.write_bytes(b"".join([*LINES[:at], LINES[at].replace(b"99001", b"99002"), *LINES[at + 1 :]]))
    return export


# verify


def test_a_whole_export_is_whole(export: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(export), "--checkpoints", str(kept), "--key", KEY]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "collaboration: 30 events, as they were when the first 20 were witnessed; not yet witnessed: 10",
        "WHOLE: every event up to the last checkpoint is as it was when it was witnessed.",
    ]


def test_what_was_altered_is_named(export: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["verify", str(altered(export, 14)), "--checkpoints", str(kept), "--key", KEY]

    assert main(asked) == 1
    assert "content: event 14 (version " in capsys.readouterr().out
    assert main([*asked, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["outcome"] == "altered"
    assert (told["first"]["kind"], told["first"]["logindex"]) == ("content", 14)
    assert told["services"][0]["witnessed"] == 20


def test_all_findings_are_listed_when_asked_for(export: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export.write_bytes(b"".join([LINES[0], *LINES[2:5], *LINES[6:]]))
    asked = ["verify", str(export), "--checkpoints", str(kept), "--key", KEY]

    main(asked)
    assert "and" in capsys.readouterr().out.splitlines()[2]
    main([*asked, "--all"])
    told = capsys.readouterr().out
    assert "event 1 is missing" in told
    assert "event 5 is missing" in told


def test_a_forged_signature_is_a_finding(export: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept.write_text(kept.read_text().replace("\n12\n", "\n13\n"))

    assert main(["verify", str(export), "--checkpoints", str(kept), "--key", KEY]) == 1
    assert "signature: the checkpoint of 13 events" in capsys.readouterr().out


def test_keys_may_stand_in_a_file(export: Path, kept: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text(f"{KEY}\n")

    assert main(["verify", str(export), "--checkpoints", str(kept), "--key", str(keys)]) == 0


def test_with_a_witness_only_what_it_cosigned_counts(export: Path, kept: Path) -> None:
    asked = ["verify", str(export), "--checkpoints", str(kept), "--key", KEY, "--witness", WITNESS_KEY]

    assert main(asked) == 2
    kept.write_text(str(AT_20.note.cosigned("auditor.example", WITNESS, time=1)))
    assert main(asked) == 0


def test_a_service_whose_key_was_not_given_is_not_told(
    export: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export.write_bytes(b"".join([*TALENT, *LINES]))

    assert main(["verify", str(export), "--checkpoints", str(kept), "--key", KEY]) == 2
    assert "talent: no checkpoint" in capsys.readouterr().out


def test_a_log_that_is_not_there_is_missing(export: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export.write_bytes(b"".join(TALENT))

    assert main(["verify", str(export), "--checkpoints", str(kept), "--key", KEY]) == 1
    assert "missing: events 0 to 19 are missing" in capsys.readouterr().out


def test_what_cannot_be_told_says_what_to_do(
    export: Path, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing, other = tmp_path / "nothing.txt", tmp_path / "other.txt"
    other.write_text("Dear auditor,\n")
    stranger = str(Key("baton.local/talent", 1, bytes(32)))
    for arguments, said in (
        ([str(nothing), "--checkpoints", str(kept), "--key", KEY], "cannot be read"),
        ([str(other), "--checkpoints", str(kept), "--key", KEY], "baton events export"),
        ([str(export), "--checkpoints", str(nothing), "--key", KEY], "cannot be read"),
        ([str(export), "--checkpoints", str(other), "--key", KEY], "checkpoint 1"),
        ([str(export), "--checkpoints", str(kept), "--key", "talent+1+x"], "none"),
        ([str(export), "--checkpoints", str(kept), "--key", str(nothing)], "cannot be read"),
        ([str(export), "--checkpoints", str(kept), "--key", stranger], "no checkpoint"),
        ([str(export), "--checkpoints", str(kept), "--key", WITNESS_KEY], "--witness"),
        ([str(export), "--checkpoints", str(kept), "--key", KEY, "--key", f"{_other_deployment()}"], "several logs"),
    ):
        assert main(["verify", *arguments]) == 2
        assert said in capsys.readouterr().err
        assert main(["verify", *arguments, "--json"]) == 2
        assert json.loads(capsys.readouterr().out)["outcome"] == "unclear"
    with pytest.raises(SystemExit) as wrong:
        main(["verify", str(export)])
    assert wrong.value.code == 2


def _other_deployment() -> Key:
    return Key("elsewhere.example/collaboration", 1, bytes(32))


def test_what_breaks_the_verifier_is_no_finding(
    export: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python ends with 1 when something is raised, and 1 says that the history is altered."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(command, "verify_export", broken)

    assert main(["verify", str(export), "--checkpoints", str(kept), "--key", KEY]) == 2
    assert "Traceback" in capsys.readouterr().err


# proof


def test_one_event_is_proven(export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line, proof = tmp_path / "event.jsonl", tmp_path / "event.tlog-proof"
    leaves = [leaf_hash(row["hash"]) for row in ROWS[:20]]
    line.write_bytes(LINES[7])
    proof.write_text(str(Proof(7, tuple(inclusion_proof(leaves, 7)), AT_20)))

    assert main(["proof", str(proof), "--event", str(line), "--key", KEY]) == 0
    assert capsys.readouterr().out.startswith("PROVEN: event 7 of collaboration, version ")
    line.write_bytes(LINES[7].replace(b"99001", b"99002"))
    assert main(["proof", str(proof), "--event", str(line), "--key", KEY]) == 1
    assert "NOT PROVEN: the event's hash does not fit" in capsys.readouterr().out
    line.write_bytes(b"".join(LINES[7:9]))
    assert main(["proof", str(proof), "--event", str(line), "--key", KEY]) == 2
    assert "one line" in capsys.readouterr().err
    proof.write_text("nothing")
    assert main(["proof", str(proof), "--event", str(line), "--key", KEY]) == 2
