"""What will be missing?"""

from __future__ import annotations

from datetime import datetime

from tests.support.fold.history import History, Row, of, when_and_where
from tests.support.fold.report import Report

FIGURES = ("demand", "supply", "gap", "gap_low", "gap_high")


def gap(history: History, _at: datetime) -> list[Row]:
    """One row a year of the latest forecast of each trust, scenario and kind of post."""
    latest = {}
    for event in sorted(of(history, "SkillsGapForecast"), key=when_and_where):
        data = event["data"]
        latest[data["trustuid"], data["scenario"], data["post_type"]] = event
    return [
        {
            **{name: event["data"][name] for name in ("trustuid", "scenario", "post_type")},
            "academic_year_starts_on": year["academic_year_starts_on"],
            **{f"{name}_hundredths": year[f"{name}_hundredths"] for name in FIGURES},
            **{name: event["data"][name] for name in ("horizon_years", "forecast_on")},
            "event_id": event["id"],
        }
        for event in latest.values()
        for year in event["data"]["years"]
    ]


report = Report(gap, ("trustuid", "scenario", "post_type", "academic_year_starts_on"))
