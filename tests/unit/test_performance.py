"""The figures in docs/performance.md are those that were measured and kept beside it; nobody typed one in."""

from __future__ import annotations

import json

import pytest

from tests.bench import report
from tests.bench.measuring import Figure


def test_the_page_shows_the_figures_that_were_kept() -> None:
    document = json.loads(report.DOCUMENT.read_text(encoding="utf-8"))
    shown = report.PAGE.read_text(encoding="utf-8").partition(report.BEGINS)[2].partition(report.ENDS)[0]

    assert shown.strip() == report.markdown(document).strip()
    assert set(document["ratios"]) == set(report.RATIOS)


def test_every_ratio_is_of_figures_that_were_kept() -> None:
    document = json.loads(report.DOCUMENT.read_text(encoding="utf-8"))
    figures = {name: Figure(told["unit"], tuple(told["runs"])) for name, told in document["figures"].items()}

    assert report.ratios(figures) == pytest.approx(document["ratios"], rel=0.02)


def test_a_ratio_is_the_median_of_the_rounds_and_not_of_the_contestants() -> None:
    ours, theirs = Figure("events/s", (10, 20, 90)), Figure("events/s", (10, 10, 10))
    figures = {"number and publish": ours, "bare aiokafka": theirs}

    assert report.ratios(figures) == {"publish_vs_aiokafka": 2.0}
