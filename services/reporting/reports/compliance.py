"""Who has the training that is required? One row a person who works in the trust today and a training that is required.

A training is required of each person in some roles (of everybody, where none is named), or of so many people at each
site. What a trust requires today is its latest requirement that has taken effect. A completion counts until its
certificate's last day; without one, for the months of the requirement that stood when it was completed, so that a later
requirement changes nothing about it, and at least until the day before the first took effect. Of several completions
the one that counts for longest stands, for whomever it was done. Engagements that are paused, and schools that have
left the trust, are left out. With a school, people are judged by what they do there.

- trustuid, training, requirement: which training, by its code and its name
- basis: statutory, guidance or trust
- minimum_per_site: how many people a site need it; null where each person does
- person_id: who; of two entries of one person the one that stands for them
- urns, schools: the sites where they work, by their URN and name of today; at the trust itself the URN is null
- roles: as what they work there
- away: whether all their engagements are paused
- required: whether each person in one of these roles has to have it
- state: compliant; due_in_30_days, which counts still; in_grace, when it counts no more and the days of grace are not
  over; lapsed after that; never, when it is required and was never completed; not_applicable to who is away, has no
  such role, or never was one of those who make up a site's minimum
- counts: whether a completion counts today, required or not
- completed_on: when what stands was completed; null: never
- counts_until: the last day on which it counts; null: once is enough, or never completed
- grace_until: the last day of grace
- event_id, required_event_id: the completion that stands, and what requires it
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import accumulate
from typing import Any, Literal

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "Required training"
about = (
    "Who has the training that is required of them, until when it counts, and who needs it soon or has never had it."
)
area: Area = "people"
key: tuple[str, ...] = ("trustuid", "training", "person_id")
needs: tuple[str, ...] = ("register", "people", "compliance")

_counting = ("compliant", "due_in_30_days", "in_grace")
states = (*_counting, "lapsed", "never")


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    return await fetch(conn, "compliance", at, await urns(conn, school), trust)


def shares(rows: Iterable[dict[str, Any]], by: Literal["school", "role", "training", "basis"]) -> list[dict[str, Any]]:
    """How much of what is required counts today: one row a school, role, training or basis, by its name.

    A row of the report is counted at each of its person's sites, and in each of their roles. `group`, `urn`: its name,
    and of a school the URN; `of`: how many are required; `counts`: how many of these count today; `percent`, rounded
    down, so that 100 is all; and how many are in each state.
    """
    found: dict[tuple[str, str, str | None], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for group, urn in _groups(row, by) if row["required"] else ():
            found[row["trustuid"], group, urn].append(row)
    return [
        {"trustuid": trustuid, "group": group, "urn": urn, **_share(found[trustuid, group, urn])}
        for trustuid, group, urn in sorted(found, key=_none_first)
    ]


def sites(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who makes up the minimum of a site: one row a training that so many people a site need, and a site.

    `needed`, `counted`: how many have to count, and how many do today. `state`: compliant; due_in_30_days, when it is
    not enough with those alone that count for longer; in_grace, when it is enough with those whose days of grace are
    not over; else below_minimum.
    """
    found: dict[tuple[str, str, str, str | None], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for school, urn in _groups(row, "school") if row["minimum_per_site"] and not row["away"] else ():
            found[row["trustuid"], row["training"], school, urn].append(row)
    return [
        {"trustuid": trustuid, "training": training, "school": school, "urn": urn, **_site(cells)}
        for (trustuid, training, school, urn), cells in sorted(found.items(), key=lambda item: _none_first(item[0]))
    ]


def _groups(row: dict[str, Any], by: str) -> list[tuple[str, str | None]]:
    match by:
        case "school":
            return list(zip(row["schools"], row["urns"], strict=True))
        case "role":
            return [(role, None) for role in row["roles"]]
        case "training":
            return [(row["requirement"], None)]
        case _:
            return [(row["basis"], None)]


def _none_first(group: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(name or "" for name in group)


def _share(rows: list[dict[str, Any]]) -> dict[str, Any]:
    in_state, counts = Counter(row["state"] for row in rows), sum(row["counts"] for row in rows)
    return {"of": len(rows), "counts": counts, "percent": 100 * counts // len(rows)} | {
        state: in_state[state] for state in states
    }


def _site(rows: list[dict[str, Any]]) -> dict[str, Any]:
    in_state, needed = Counter(row["state"] for row in rows), rows[0]["minimum_per_site"]
    so_many = accumulate(in_state[state] for state in _counting)
    state = next((state for state, people in zip(_counting, so_many, strict=True) if people >= needed), "below_minimum")
    return {"needed": needed, "counted": sum(row["counts"] for row in rows), "state": state}
