"""`baton audit` where no stack is: the tool as one file, an export, an auditor's key, and what cannot be told."""

from __future__ import annotations

import json
import random
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.baton import cli
from tests.support import small_store

LOG = small_store.Log()
ROWS = small_store.rows(random.Random(8), 25)
LINES = small_store.lines(ROWS)


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BATON_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    Path("events.jsonl").write_bytes(b"".join(LINES))
    Path("altered.jsonl").write_bytes(b"".join(LINES[:3] + LINES[4:]))
    Path("checkpoints.txt").write_text(str(LOG.checkpoint(ROWS, 20).note))
    Path("keys.txt").write_text(f"{LOG.verifier_key}\n")


def audit(*arguments: str) -> Result:
    return CliRunner().invoke(cli.build(), ["audit", *arguments])


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Another Python, which knows nothing of this tree."""
    return subprocess.run([sys.executable, "-I", *arguments], capture_output=True, text=True, check=False)


GIVEN = ("--checkpoints", "checkpoints.txt", "--key", "keys.txt")


def test_the_tool_verifies_where_nothing_of_baton_is() -> None:
    assert audit("tool").exit_code == 0

    whole = python("baton-verify.pyz", "verify", "events.jsonl", *GIVEN)
    altered = python("baton-verify.pyz", "verify", "altered.jsonl", *GIVEN)
    unclear = python("baton-verify.pyz", "verify", "nothing.jsonl", *GIVEN)

    assert (whole.returncode, altered.returncode, unclear.returncode) == (0, 1, 2), whole.stderr
    assert "missing: event 3 is missing" in altered.stdout


def test_a_tool_that_cannot_run_says_so_and_calls_nothing_altered() -> None:
    audit("tool")

    alone = python("-S", "baton-verify.pyz", "verify", "events.jsonl", *GIVEN)

    assert alone.returncode == 2
    assert "pip install cryptography" in alone.stderr


def test_the_same_code_is_the_same_tool() -> None:
    one, other = (json.loads(audit("tool", "--out", name, "--json").stdout) for name in ("one.pyz", "other.pyz"))

    assert one["sha256"] == other["sha256"]


def test_an_export_is_verified_with_nothing_but_files() -> None:
    whole, altered = (audit("verify", "--export", name, *GIVEN) for name in ("events.jsonl", "altered.jsonl"))

    assert (whole.exit_code, altered.exit_code) == (0, 1)
    assert whole.stdout.splitlines()[-1].startswith("WHOLE")
    assert "missing: event 3 is missing" in altered.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        "verify --export events.jsonl",
        "verify --export events.jsonl --key keys.txt",
        "verify --export nothing.jsonl --checkpoints checkpoints.txt --key keys.txt",
        "verify --export events.jsonl --checkpoints events.jsonl --key keys.txt",
        "verify",
        "verify --service talent --key keys.txt",
        "prove 0190aaaa-0000-7000-8000-000000000001",
        "prove 7",
        "evidence --question why --out pack",
        "evidence --question why --stream s1 --school 900001 --out pack",
        "evidence --question why --stream s1 --out pack",
        "witness",
        "witness --new-key",
        "witness --new-key auditor+example",
    ],
)
def test_what_cannot_be_told_is_not_called_altered(arguments: str) -> None:
    said = audit(*arguments.split())

    assert said.exit_code == 2, said.output
    assert said.stderr


def test_an_auditors_key_is_theirs_alone_and_never_overwritten() -> None:
    made = json.loads(audit("witness", "--new-key", "auditor.example", "--json").stdout)

    assert made["key"].startswith("auditor.example+")
    assert stat.S_IMODE(Path("witness.key").stat().st_mode) == 0o600
    assert audit("witness", "--new-key", "auditor.example").exit_code == 2
