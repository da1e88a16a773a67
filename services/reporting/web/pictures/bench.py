"""Who could take over: the critical posts, those at risk first, each with how ready its successors are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Picture
from services.reporting.web.pictures.series import Series, legend, parts, said
from services.reporting.web.site import address
from services.reporting.web.words import day, states
from services.reporting.wording import said as said_of
from services.reporting.wording import sentence

_about = (
    "The highest risk first. High: vacant within twelve months, and nobody is ready now. Medium: vacant by then, and "
    "whoever is ready is named for another post too; or not vacant, and nobody is ready within a year."
)
_risks = ("red", "amber", "green")
_readiness = (
    Series("ready_now", "full", "ready now"),
    Series("in_1_year", "hatched", "in a year"),
    Series("later", "dotted", "in two to five years"),
    Series("not_ready", "hollow", "not ready"),
    Series("not_known", "pale", "with no valid assessment"),
)


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    bars = tuple(map(_bar, sorted(map(_with_sums, rows), key=_need)))
    return (Bars("Critical posts: how many could follow, and when", _about, legend(_readiness), bars),) if bars else ()


def _with_sums(row: Row) -> Row:
    """The row with those who are ready later, and those of whom no valid assessment by two or more says anything."""
    return {
        **row,
        "later": row["in_2_3_years"] + row["in_4_5_years"],
        "not_known": row["provisional"] + row["expired"] + row["not_assessed"],
    }


def _need(row: Row) -> tuple[Any, ...]:
    """The highest risk first, then what falls vacant soonest, then what the fewest are ready for."""
    ready = [row[each.column] for each in _readiness]
    return _risks.index(row["risk"]), row["vacant_on"] or date.max, *ready, row["post_type"], row["schools"]


def _bar(row: Row) -> Bar:
    post = ", ".join([sentence(said_of(row["post_type"])), *(row["schools"] or ["the trust"])])
    school = row["schools"][0] if row["schools"] else None
    href = address("/reports/bench", post_type=row["post_type"], schools=school)
    return Bar(post, _text(row), parts(row, _readiness), href=href)


def _text(row: Mapping[str, Any]) -> str:
    vacant = f"vacant from {day(row['vacant_on'])}; " if row["vacant_on"] else ""
    elsewhere = f"; {row['over_named']} named for another post too" if row["over_named"] else ""
    return (
        f"{states[row['risk']].shape} {sentence(said_of(row['risk'], 'risk'))} risk: "
        f"{vacant}{said(row, _readiness, 'no successor')}{elsewhere}"
    )
