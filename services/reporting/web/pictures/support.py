"""Daily requests: of each kind what is closed, answered, and waiting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Picture
from services.reporting.web.pictures.saying import number
from services.reporting.web.pictures.series import Series, legend, parts, said
from services.reporting.wording import said as said_of
from services.reporting.wording import sentence

_requests = (
    Series("closed", "full", "closed"),
    Series("answered_open", "hatched", "answered but open"),
    Series("waiting", "hollow", "without an answer"),
)
_about = "What schools asked for, by kind."


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    kinds: Mapping[str, list[Row]] = defaultdict(list)
    for row in rows:
        kinds[row["kind"]].append(row)
    requests, waiting = (sum(row[figure] for row in rows) for figure in ("requests", "waiting"))
    title = f"{waiting} of {number(requests, 'request')} without an answer"
    bars = tuple(_bar(kind, of_kind) for kind, of_kind in sorted(kinds.items()))
    return (Bars(title, _about, legend(_requests), bars),) if bars else ()


def _bar(kind: str, rows: Sequence[Row]) -> Bar:
    closed, still_open, waiting = (sum(row[figure] for row in rows) for figure in ("closed", "open", "waiting"))
    counts = {"closed": closed, "answered_open": still_open - waiting, "waiting": waiting}
    oldest = max((row["oldest_open_working_days"] or 0 for row in rows), default=0)
    since = f"; the oldest open for {number(oldest, 'working day')}" if oldest else ""
    return Bar(sentence(said_of(kind)), said(counts, _requests, "") + since, parts(counts, _requests))
