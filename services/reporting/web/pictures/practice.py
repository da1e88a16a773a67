"""What travels between schools, seen from the schools: in how much of it each has part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Picture
from services.reporting.web.pictures.series import Series, legend, parts, said

_kinds = (
    Series("template", "full", "in templates"),
    Series("research", "hatched", "in research"),
    Series("visit", "dotted", "in visits"),
    Series("moderation", "pale", "in moderation"),
    Series("success", "lined", "in successes"),
    Series("challenge", "hollow", "in challenges"),
)
_about = "Each template, research group, way to visit, subject of moderation and theme counts once for each school."


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    schools: Mapping[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for school in row["school_names"] or ():
            schools[school][row["kind"]] += 1
    bars = tuple(
        Bar(school, said(counts, _kinds, ""), parts(counts, _kinds)) for school, counts in sorted(schools.items())
    )
    return (Bars("In how much of it each school has part", _about, legend(_kinds), bars),) if bars else ()
