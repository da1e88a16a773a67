"""What an operator hands out of the demo's history: exports that say what they are, and evidence that proves itself."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.baton.demo import SEED
from deploy.demo.half_term import half_term
from deploy.demo.plan import answers
from deploy.settings import StackSettings
from tests.e2e.conftest import Baton
from tests.support.fold.about import _subjects

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

SCHOOL = "900004"
Lines = Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def exported(demo: StackSettings, baton: Baton, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All events, exported."""
    out = tmp_path_factory.mktemp("exported") / "events.jsonl"
    assert baton("events", "export", "--out", str(out)).returncode == 0
    return out


@pytest.fixture(scope="module")
def lines(exported: Path) -> Lines:
    return read(exported.read_bytes())


def read(content: bytes | str) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Another Python, which knows nothing of this tree."""
    return subprocess.run([sys.executable, "-I", *arguments], capture_output=True, text=True, check=False, cwd=cwd)


def test_a_school_and_a_person_are_found_as_the_reports_find_them(baton: Baton, lines: Lines) -> None:
    first = {(line["service"], line["stream"]): line for line in lines if line["version"] == 1}
    named = {line["id"]: _subjects(line, first[line["service"], line["stream"]], {}) for line in lines}
    people = sorted({name for names in named.values() for name in names if not name.isdigit()})
    person = max(people, key=lambda name: sum(name in names for names in named.values()))

    [(merged, survivor)] = _mergers(lines).items()

    for option, name, names in (
        ("--school", SCHOOL, {SCHOOL}),
        ("--person", person, {person}),
        ("--person", merged, {merged, survivor}),
        ("--person", survivor, {merged, survivor}),
    ):
        found = read(baton("events", "export", option, name).stdout)
        concerned = [line for line in lines if names & {*named[line["id"]], line["urn"]}]
        assert found == concerned
        assert 0 < len(found) < len(lines)
        assert {line["urn"] for line in found} > {name} or option == "--person"


def _mergers(lines: Lines) -> dict[str, str]:
    """The entries of the register that are merged into another, with that one."""
    into: dict[str, str] = {}
    for line in lines:
        if line["type"].endswith(".PersonsMerged.v1"):
            into[line["data"]["person_id"]] = line["data"]["into_person_id"]
        elif line["type"].endswith(".PersonsSplit.v1"):
            del into[line["data"]["person_id"]]
    return into


def test_an_export_as_parquet_is_whole_by_what_its_manifest_says(
    demo: StackSettings, baton: Baton, exported: Path, tmp_path: Path
) -> None:
    out = tmp_path / "events"
    assert baton("events", "export", "--format", "parquet", "--out", str(out)).returncode == 0
    assert baton("events", "lines", str(out), "--out", str(tmp_path / "events.jsonl")).returncode == 0
    baton("audit", "tool", "--out", str(tmp_path / "verify.pyz"))
    manifest = json.loads((tmp_path / "events.manifest.json").read_bytes())
    (tmp_path / "checkpoints.txt").write_text("\n".join(manifest["checkpoints"]))
    keys = [
        argument for key in (demo.var / "checkpoints").glob("*.key") for argument in ("--key", key.read_text().strip())
    ]

    assert (tmp_path / "events.jsonl").read_bytes() == exported.read_bytes()
    for file in manifest["files"]:
        content = (out / file["name"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    verified = python("verify.pyz", "verify", "events.jsonl", "--checkpoints", "checkpoints.txt", *keys, cwd=tmp_path)
    assert verified.returncode == 0, verified.stdout


def test_a_question_is_answered_by_a_pack_that_is_checked_in_an_empty_directory(baton: Baton, tmp_path: Path) -> None:
    asked = ("--question", "What do we know of this school?", "--school", SCHOOL, "--with-tool")
    made = baton("audit", "evidence", *asked, "--out", str(tmp_path / "pack"), "--json")
    assert made.returncode == 0, made.stderr
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(tmp_path / "pack", elsewhere)

    found = python("baton-verify.pyz", "evidence", ".", "--json", cwd=elsewhere)

    assert found.returncode == 0, found.stdout
    says = json.loads(found.stdout)
    assert says["says"]["question"] == "What do we know of this school?"
    assert says["events"] == sum(json.loads(made.stdout)["events"].values()) > 50
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "pack").rglob("*")} == {0o600, 0o700}
    lines = (elsewhere / "events.jsonl").read_bytes().splitlines(keepends=True)
    (elsewhere / "events.jsonl").write_bytes(b"".join(lines[1:]))
    assert python("baton-verify.pyz", "evidence", ".", cwd=elsewhere).returncode == 1


def test_evidence_of_the_demo_is_what_its_seed_says_but_for_times_and_signatures(baton: Baton, tmp_path: Path) -> None:
    said = [answer for saying in half_term(SEED).taken() for answer in answers(saying)]
    often = Counter((answer["item_id"], answer["urn"]) for answer in said)
    item, urn = max(sorted(often), key=lambda key: often[key])
    packs = [tmp_path / name for name in ("one", "other")]
    for pack in packs:
        asked = ("--question", "How did it stand?", "--stream", f"answer-{item}-{urn}")
        made = baton("audit", "evidence", *asked, "--out", str(pack))
        assert made.returncode == 0, made.stderr

    events = read((packs[0] / "events.jsonl").read_bytes())
    told = [event["data"] for event in events if "rag" in event["data"]]

    expected = [answer for answer in said if (answer["item_id"], answer["urn"]) == (item, urn)]
    assert [(one["meeting_id"], one["rag"]) for one in told] == [(one["meeting_id"], one["rag"]) for one in expected]
    contents = [
        {path.relative_to(pack): path.read_text() for path in pack.rglob("*") if path.is_file()} for pack in packs
    ]
    reports = [content.pop(Path("report.txt")) for content in contents]
    assert contents[0] == contents[1]
    assert but_for_times_and_signatures(reports[0]) == but_for_times_and_signatures(reports[1])


def but_for_times_and_signatures(report: str) -> list[str]:
    return [line for line in report.splitlines() if not line.startswith(("made: ", "— "))]
