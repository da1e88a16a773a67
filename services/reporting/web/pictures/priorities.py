"""What leaders want first, in the newest cycle, and what of it the trust agreed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Fill, Part, Picture
from services.reporting.web.pictures.saying import number
from services.reporting.wording import said as said_of

_fills: tuple[tuple[Fill, str], ...] = (("full", "agreed by the trust"), ("hatched", "not agreed"))


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    """The first group of voters in a cycle is the widest of those that are asked for."""
    newest = [row for row in rows if row["cycle"] == rows[-1]["cycle"]]
    voters = list(takewhile(lambda row: _voters(row) == _voters(newest[0]), newest))
    return (_bars(voters),) if voters and voters[0]["ballots"] else ()


def _voters(row: Row) -> tuple[str, str]:
    return row["school"], row["role_level"]


def _bars(rows: Sequence[Row]) -> Bars:
    first = rows[0]
    level = "" if first["role_level"] == "all" else f", level {said_of(first['role_level'])}"
    about = (
        f"{first['school']}{level}: {number(first['ballots'], 'ballot')}. The higher ballots put it, the more points."
    )
    title = f"{first['cycle']}: what leaders want first, and what the trust agreed"
    return Bars(title, about, _fills, tuple(map(_bar, rows)))


def _bar(row: Row) -> Bar:
    rank = row["agreed_rank"]
    agreed = f"agreed as number {rank}" if rank else "not agreed"
    return Bar(
        row["priority"],
        f"{number(row['points'], 'point')}, place {row['place']}; {agreed}",
        (Part(row["points"], "full" if rank else "hatched"),),
        href=f"/events/{row['event_id']}",
    )
