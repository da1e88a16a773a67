"""The table of metrics in the operators' guide, as data."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.settings import ROOT


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as the guide tells it: its labels, and who shows it (all, writers or reporting)."""

    type: str
    labels: frozenset[str]
    shown_by: str


def metrics() -> dict[str, Metric]:
    """Every metric of the guide's table, by its name."""
    lines = (ROOT / "docs" / "operating.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `baton_")]
    return {
        row[0].strip("`"): Metric(
            row[1], frozenset(label.strip() for label in row[2].split(",") if label.strip()), row[3]
        )
        for row in rows
    }
