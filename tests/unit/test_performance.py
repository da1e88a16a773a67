"""The figures in docs/performance.md are those that were measured and kept beside it; nobody typed one in."""

from __future__ import annotations

import json
from datetime import date

import pytest

from deploy.baton.bench import Part
from tests.bench import report
from tests.bench.measuring import Figure


@pytest.fixture
def kept() -> report.Document:
    document: report.Document = json.loads(report.DOCUMENT.read_text(encoding="utf-8"))
    return document


def test_the_page_shows_the_figures_that_were_kept(kept: report.Document) -> None:
    shown = report.PAGE.read_text(encoding="utf-8").partition(report.BEGINS)[2].partition(report.ENDS)[0]

    assert shown.strip() == report.markdown(kept).strip()


def test_every_part_says_when_and_where_it_was_measured_and_how_often(kept: report.Document) -> None:
    alone = {Part.PROFILE, Part.SIZE}  # measured when they are asked for
    assert [part for part in kept if part not in alone] == [part for part in Part if part not in alone]
    for section in kept.values():
        assert date.fromisoformat(section["recorded_on"]) <= date.today()  # noqa: DTZ011  whoever runs it is past it
        assert section["machine"]
        assert {len(told["runs"]) for told in section.get("figures", {}).values()} <= {section["runs"]}


def test_every_ratio_is_of_figures_that_were_kept_in_the_same_part(kept: report.Document) -> None:
    found: dict[str, float] = {}
    for section in kept.values():
        told = section.get("figures", {}).items()
        ratios = report.ratios({name: Figure(one["unit"], tuple(one["runs"])) for name, one in told})
        assert ratios == pytest.approx(section.get("ratios", {}), rel=0.02)
        found |= ratios

    assert found.keys() == report.RATIOS.keys()


def test_a_ratio_is_the_median_of_the_rounds_and_not_of_the_contestants() -> None:
    ours, theirs = Figure("events/s", (10, 20, 90)), Figure("events/s", (10, 10, 10))
    figures = {"number and publish": ours, "bare aiokafka": theirs}

    assert report.ratios(figures) == {"publish_vs_aiokafka": 2.0}
