"""Required training: how much of it is in date, by school and by training, and whether each site has its minimum."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from services.reporting.reports import compliance
from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Part, Picture
from services.reporting.web.pictures.series import Series, legend, parts, said
from services.reporting.web.site import address
from services.reporting.wording import sentence

_series = (
    Series("compliant", "full", "in date"),
    Series("due_in_30_days", "hatched", "in date, due within 30 days"),
    Series("in_grace", "dotted", "in the days of grace"),
    Series("lapsed", "lined", "lapsed"),
    Series("never", "hollow", "never done"),
)
_at_a_site = (Series("counted", "full", "in date"), Series("missing", "hollow", "missing"))
_minimum = "People at the site whose training is in date, whether or not it is required of them."
_states = {
    "compliant": "",
    "due_in_30_days": ", too few in 30 days",
    "in_grace": ", enough with the days of grace",
    "below_minimum": "",
}


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    shares = (
        Bars(
            "Required training, by school",
            "In percent of what is required there. Whoever works at several schools counts at each.",
            legend(_series),
            tuple(_share(row, "schools") for row in compliance.shares(rows, "school")),
        ),
        Bars(
            "Required training, by training",
            "In percent of the people of whom it is required.",
            legend(_series),
            tuple(_share(row, "requirement") for row in compliance.shares(rows, "training")),
        ),
    )
    return tuple(picture for picture in (*shares, *_minimums(rows)) if picture.bars)


def _share(row: Row, column: str) -> Bar:
    """Of those that the report has with the group in the column."""
    percent = tuple(Part(part.amount / row["of"] * 100, part.fill) for part in parts(row, _series))
    text = f"of {row['of']:,}: {said(row, _series, 'none')}"
    return Bar(sentence(row["group"]), text, percent, href=address("/reports/compliance", **{column: row["group"]}))


def _minimums(rows: Sequence[Row]) -> tuple[Bars, ...]:
    """A picture for each training that so many people a site need."""
    names = {row["training"]: row["requirement"] for row in rows}
    trainings = groupby(compliance.sites(rows), key=lambda site: site["training"])
    return tuple(
        Bars(
            f"{names[training]}: who makes up each site's minimum",
            _minimum,
            legend(_at_a_site),
            tuple(map(_site, sites)),
        )
        for training, sites in trainings
    )


def _site(site: Row) -> Bar:
    shown = {**site, "missing": max(0, site["needed"] - site["counted"])}
    text = f"{site['counted']} in date, {site['needed']} needed{_states[site['state']]}"
    href = address("/reports/compliance", training=site["training"], schools=site["school"])
    return Bar(sentence(site["school"]), text, parts(shown, _at_a_site), href=href)
