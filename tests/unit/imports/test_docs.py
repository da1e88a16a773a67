"""The page that people follow names every column there is, and says which are needed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.imports.importing import kinds

PAGE = Path("docs/imports.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", kinds)
def test_the_page_names_each_column(kind: str) -> None:
    section = PAGE.split(f"\n## {kind}\n")[1].split("\n## ")[0].replace("| |", "|  |")
    rows = dict(re.findall(r"^\| `(\w+)` \| +(yes|) ?\|", section, re.MULTILINE))

    assert {name for name, needed in rows.items() if needed} == set(kinds[kind].needed)
    assert {name for name, needed in rows.items() if not needed} == set(kinds[kind].optional)
