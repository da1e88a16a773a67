"""Every decision has the same short form and stands in the list."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "adr"
DECISIONS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]
LINES = 40

every_decision = pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)


@every_decision
def test_a_decision_has_its_headings_in_order(path: Path) -> None:
    assert re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE) == HEADINGS


@every_decision
def test_a_decision_says_something_under_each_heading(path: Path) -> None:
    parts = re.split(r"^## .+$", path.read_text(), flags=re.MULTILINE)[1:]

    assert all(part.strip() for part in parts)


@every_decision
def test_a_decision_is_named_and_titled_by_its_number(path: Path) -> None:
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+", path.stem)
    assert path.read_text().startswith(f"# {path.stem[:4]} ")


@every_decision
def test_a_decision_fits_on_a_page(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LINES


def test_the_list_names_every_decision_once_and_nothing_else() -> None:
    listed = re.findall(r"^\| \[\d{4}\]\((.+?)\)", (FOLDER / "README.md").read_text(), re.MULTILINE)

    assert listed == [path.name for path in DECISIONS]


def test_a_number_is_given_once() -> None:
    numbers = [path.name[:4] for path in DECISIONS]

    assert len(numbers) == len(set(numbers))
