"""`baton schema`: exporting never breaks a record, checking names what would, against a folder or a commit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.baton import cli
from deploy.contracts import record
from deploy.errors import Unmet
from shared.contracts.schemas import all_event_schemas

NAME = "uk.mat.talent.PersonRegistered.v1"


def baton(*arguments: str) -> Result:
    return CliRunner().invoke(cli.build(), ["schema", *arguments])


def rewrite(folder: Path, **fields: Any) -> None:
    """As if this had been published: a field that the code does not have."""
    path = folder / f"{NAME}.json"
    schema = json.loads(path.read_text())
    schema["properties"] |= fields
    path.write_text(record.text(schema))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "schemas"
    assert baton("export", str(folder)).exit_code == 0
    return folder


def test_an_export_is_a_file_for_each_event_type(folder: Path) -> None:
    assert {path.stem for path in folder.iterdir()} == all_event_schemas().keys()
    schema = json.loads((folder / f"{NAME}.json").read_text())
    assert schema == {**all_event_schemas()[NAME], "x-since": record.release()}


def test_what_stands_there_stays_with_the_release_that_it_came_with(folder: Path) -> None:
    path = folder / f"{NAME}.json"
    path.write_text(path.read_text().replace(f'"x-since": "{record.release()}"', '"x-since": "0.0.1"'))
    (folder / "uk.mat.talent.TrustRegistered.v1.json").unlink()

    said = json.loads(baton("export", str(folder), "--json").stdout)

    assert said == {
        "written": ["uk.mat.talent.TrustRegistered.v1"],
        "unchanged": len(all_event_schemas()) - 1,
        "incompatible": [],
    }
    assert json.loads(path.read_text())["x-since"] == "0.0.1"


def test_nothing_is_written_over_a_record_that_it_would_break(folder: Path) -> None:
    rewrite(folder, shoe_size={"type": "integer"})
    before = (folder / f"{NAME}.json").read_text()
    (folder / "uk.mat.talent.TrustRegistered.v1.json").unlink()

    said = baton("export", str(folder))

    assert said.exit_code == 1
    assert said.stdout.splitlines()[0] == f"{NAME} /shoe_size: the field was removed or renamed"
    assert "delete its file first" in said.stdout
    assert (folder / f"{NAME}.json").read_text() == before
    assert not (folder / "uk.mat.talent.TrustRegistered.v1.json").exists()


def test_a_check_against_what_is_so_finds_nothing(folder: Path) -> None:
    said = baton("check", str(folder))

    assert said.exit_code == 0
    assert said.stdout == (f"{len(all_event_schemas())} event types against {folder}: 0 new, 0 incompatible changes.\n")


def test_a_check_names_what_would_break_somebody_and_what_is_new(folder: Path) -> None:
    rewrite(folder, shoe_size={"type": "integer"}, name={"type": "string", "x-personal": {"subject": "other"}})
    (folder / "uk.mat.talent.TrustRegistered.v1.json").unlink()

    said = baton("check", str(folder), "--json")

    assert said.exit_code == 1
    found = json.loads(said.stdout)
    assert found["added"] == ["uk.mat.talent.TrustRegistered.v1"]
    assert [(change["event"], change["field"]) for change in found["incompatible"]] == [
        (NAME, "/name"),
        (NAME, "/name"),
        (NAME, "/shoe_size"),
    ]


def test_the_kept_record_is_what_is_checked_unless_said_otherwise() -> None:
    said = json.loads(baton("check", "--json").stdout)

    assert (said["published"], said["incompatible"]) == ("docs/schemas", [])


def test_a_check_against_a_commit(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = tmp_path / "clone"
    rewrite(folder, shoe_size={"type": "integer"})
    (clone / "docs").mkdir(parents=True)
    folder.rename(clone / record.PLACE)
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "Published"), ("tag", "v1")):
        who = ("-c", "user.name=tester", "-c", "user.email=tester@example.org")
        subprocess.run(["git", "-C", str(clone), *who, *command], check=True)
    monkeypatch.setattr(record, "ROOT", clone)

    said = baton("check", "v1")

    assert said.exit_code == 1
    assert said.stdout.splitlines()[0] == f"{NAME} /shoe_size: the field was removed or renamed"


def test_what_is_neither_a_folder_nor_a_commit_is_one_sentence() -> None:
    said = baton("check", "v99-of-nothing")

    assert isinstance(said.exception, Unmet)
    assert "There is no folder and no commit 'v99-of-nothing' here" in said.exception.message


def test_a_file_that_is_no_schema_is_one_sentence(folder: Path) -> None:
    (folder / f"{NAME}.json").write_text("{")

    said = baton("check", str(folder))

    assert isinstance(said.exception, Unmet)
    assert said.exception.message.endswith(f"{NAME}.json is not a JSON Schema.")
