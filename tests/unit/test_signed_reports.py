"""A report is what was signed, or it is said what is wrong; `baton replay --check` ends as that says."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from deploy.auditing.reports import fault, new_report, note_of, write
from deploy.baton import cli
from deploy.errors import Unmet
from shared.sealing.note import Signer
from verifier.history import UnclearError
from verifier.note import Key

SIGNER = Signer("test.example/reporting", Ed25519PrivateKey.generate())
OTHER = Signer("test.example/reporting", Ed25519PrivateKey.generate())


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "replay.json"
    with new_report(path) as files:
        write(files, {"outcome": "equal", "said": "für alle"}, SIGNER)
    return path


def key(signer: Signer) -> Key:
    return Key.of(signer.verifier_key)


def checked(report: Path, signer: Signer) -> int:
    return CliRunner().invoke(cli.build(), ["replay", "--check", str(report), "--key", signer.verifier_key]).exit_code


def test_a_report_is_as_it_was_signed(report: Path) -> None:
    assert fault(report, [key(OTHER), key(SIGNER)]) is None
    assert checked(report, SIGNER) == 0


def test_a_report_that_was_changed_is_not_what_was_signed(report: Path) -> None:
    report.write_text(report.read_text(encoding="utf-8").replace("equal", "other"), encoding="utf-8")

    assert fault(report, [key(SIGNER)]) == "it is not the report that was signed"
    assert checked(report, SIGNER) == 1


def test_a_note_that_was_changed_is_not_what_was_signed(report: Path) -> None:
    note = note_of(report)
    note.write_text(note.read_text(encoding="utf-8").replace("sha256:", "sha256: "), encoding="utf-8")

    assert fault(report, [key(SIGNER)]) == "its signature is not of the key test.example/reporting"
    assert checked(report, SIGNER) == 1


def test_who_has_another_key_or_no_note_cannot_tell(report: Path) -> None:
    with pytest.raises(UnclearError, match="not signed by a key that was given"):
        fault(report, [key(OTHER)])
    note_of(report).unlink()
    with pytest.raises(UnclearError, match="cannot be read"):
        fault(report, [key(SIGNER)])
    assert checked(report, SIGNER) == 2


def test_a_report_is_not_written_over_another(report: Path) -> None:
    with pytest.raises(Unmet, match="nothing is overwritten"), new_report(report):
        pass


def test_a_report_that_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), new_report(tmp_path / "replay.json"):
        raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []
