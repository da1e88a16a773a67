"""What we were asked for stands in one table, and what the table names is there: events, endpoints, tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from services.collaboration.intake import commands as of_collaboration
from services.cpd.intake import commands as of_cpd
from services.talent.intake import commands as of_talent
from shared.contracts import codec

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "asked-for.md"
ASKED = [
    *("S0a", "S0b", "S0c", "S0d", "S0e", "S1a", "S1b", "S1c", "S1d", "S1e", "S1f", "S2"),
    *("S3a", "S3b", "S3c", "S3d", "S3e"),
    *("S4a", "S4b", "S4c", "S4d", "S4e", "S4f", "S4g", "S4h", "S4i", "S4j", "S4k"),
]
"""Every sentence of the five documents."""

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| S\d", line)
]
_DOORS = (("talent", of_talent), ("cpd", of_cpd), ("collaboration", of_collaboration))
_ENDPOINTS = {f"{name} {path}" for name, paths in _DOORS for path in paths}
_ELSEWHERE = {"reporting /calendar.ics", "reporting /reports/calendar", "reporting /reports/matches"}


def test_every_sentence_has_a_row() -> None:
    assert {row[0] for row in ROWS} >= set(ASKED)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1][:40]}")
def test_what_a_row_names_is_there(row: list[str]) -> None:
    _, _, events, _, endpoints, tests = row
    classes = {cls.__name__ for contract in codec.contracts.values() for cls in contract.names}
    named = set(re.findall(r"`(\w+)`", events))
    assert named
    assert named <= classes
    assert set(re.findall(r"`(\w+ /[^`]*)`", endpoints)) - _ELSEWHERE <= _ENDPOINTS
    found = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
    assert found
    for path, name in found:
        defined = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        assert name in {d.name for d in defined if isinstance(d, ast.FunctionDef | ast.AsyncFunctionDef)}, (path, name)
