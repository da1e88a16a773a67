"""`baton conformance` tells a good export from broken ones, each broken in one way, and names line and field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.baton.cli import build

EXPORTS = Path(__file__).parent / "exports"
GOOD, BROKEN = EXPORTS / "good.jsonl", sorted((EXPORTS / "broken").glob("*.jsonl"))
TOO_EARLY = EXPORTS / "too_early.jsonl"
SCHOOL = "900001"


def conformance(export: Path, *options: str) -> Result:
    return CliRunner().invoke(build(), ["conformance", str(export), *options])


def said(export: Path) -> str:
    return conformance(export, "--urn", SCHOOL).stdout


def test_a_good_export_conforms_and_there_are_ten_that_do_not() -> None:
    assert len(BROKEN) >= 10
    found = conformance(GOOD, "--urn", SCHOOL, "--json")

    assert found.exit_code == 0
    assert json.loads(found.stdout) == {"lines": 6, "refused": 0, "parked": 0, "rest_on_others": 3, "findings": []}


@pytest.mark.parametrize("export", BROKEN, ids=lambda export: export.stem)
def test_a_broken_export_does_not(export: Path) -> None:
    found = conformance(export, "--urn", SCHOOL, "--json")

    good, lines = GOOD.read_bytes().splitlines(), export.read_bytes().splitlines()
    [broken] = [number for number, line in enumerate(lines, start=1) if line != good[number - 1]]
    assert found.exit_code == 1
    assert {finding["line"] for finding in json.loads(found.stdout)["findings"]} == {broken}


def test_each_is_told_what_is_wrong_where_and_what_to_do() -> None:
    """As `exports/said.txt` has it; `python -m tests.contracts.test_exports` writes that anew."""
    assert all_said() == (EXPORTS / "said.txt").read_text(encoding="utf-8")


def test_what_comes_too_early_is_a_remark() -> None:
    assert conformance(TOO_EARLY).exit_code == 0


def test_what_a_rule_refuses_without_what_comes_later_is_refused(tmp_path: Path) -> None:
    one = "7d3f0c52-6a1e-4c0f-9a53-2f6f3b1f9b11"
    met = {"need_id": one, "met_by": one, "met_on": "2026-10-01"}
    recorded = {"need_id": one, "person_id": one, "urn": SCHOOL, "capability": "teaching", "seen_in": "review"}
    export = tmp_path / "needs.jsonl"
    first = _claim("DevelopmentNeedRecorded", {**recorded, "recorded_on": "2026-09-01"})
    export.write_text(f"{_claim('DevelopmentNeedMet', met)}\n{first}\n")

    found = json.loads(conformance(export, "--json").stdout)

    assert (found["refused"], [(f["line"], f["code"]) for f in found["findings"]]) == (1, [(1, "too_early")])


def test_a_directory_is_one_export() -> None:
    found = conformance(EXPORTS, "--json")

    assert {finding["code"] for finding in json.loads(found.stdout)["findings"]} == {"duplicate"}
    assert found.exit_code == 0


def test_nothing_that_was_sent_is_quoted(tmp_path: Path) -> None:
    export = tmp_path / "marked.jsonl"
    export.write_text(GOOD.read_text().replace("Ada Example", "Zebedee" * 60).replace("safeguarding", "Zebedee!"))

    found = conformance(export)

    assert found.exit_code == 1
    assert "Zebedee" not in found.output


def _claim(name: str, data: dict[str, str]) -> str:
    type_name = f"uk.mat.cpd.{name}.v1"
    return json.dumps({"specversion": "1.0", "id": name, "source": "/mis", "type": type_name, "data": data})


def all_said() -> str:
    return "".join(map(said, [GOOD, TOO_EARLY, *BROKEN]))


if __name__ == "__main__":
    (EXPORTS / "said.txt").write_text(all_said(), encoding="utf-8")
