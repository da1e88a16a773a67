"""What training can I go to, where, how? One row a session of the trust or of a school, the cancelled ones too.

With a school: its own sessions, under any URN that it has gone by, and those for the whole trust on days when it was a
member. The feed `calendar.ics` holds the same sessions.

- trustuid, session_id, programme_id, programme, kind: what; the last two are null until the programme is known
- scope, urn, school: for the whole trust or for one school; who hosts it, null when that is the trust
- current_urn: the URN that the host goes by on the day of `at`, after successions
- starts_at, ends_at, where: as it stands; of a cancelled session, as it was to be
- how_to_join, places: null places: as many as come
- audience_stages, audience_roles: whom the programme is for, everybody with none
- status: confirmed or cancelled
- sequence: how often it was moved or cancelled since it was scheduled; what turned out to be void counts twice, so that
  it rises with every change
- reason: of the last move or of the cancellation
- scheduled_at, changed_at: when it was entered; when anything of the row last changed, its programme's title included
- event_id: the last event of the session that stands
- clashes, clashing_ids: how many others of these rows it clashes with, and which. Two clash when neither is cancelled,
  they overlap, and somebody is asked to both: one is for the whole trust or both are of one school, and the audiences
  share a stage and a role
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.reporting.reports.report import Area
from services.reporting.reports.sql import Connection, fetch, urns

title = "The training calendar"
about = "Every session of the trust and of its schools: what, when, where and how to join, and which of them clash."
area: Area = "cpd"
key: tuple[str, ...] = ("session_id",)
needs: tuple[str, ...] = ("register", "calendar")

Session = dict[str, Any]


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[Session]:
    sessions = await fetch(conn, "calendar", at, await urns(conn, school), trust)
    found = clashes(sessions)
    others = [found.get(session["session_id"], []) for session in sessions]
    return [
        {**session, "clashes": len(ids), "clashing_ids": ids} for session, ids in zip(sessions, others, strict=True)
    ]


def clashes(sessions: Sequence[Session]) -> dict[str, list[str]]:
    """Of each session that clashes with others, their ids, sorted. Sessions are in the order of their start a trust."""
    confirmed = [session for session in sessions if session["status"] == "confirmed"]
    found: dict[str, list[str]] = defaultdict(list)
    for number, one in enumerate(confirmed, start=1):
        for other in confirmed[number:]:
            if not _overlaps(one, other):
                break
            if _asks_the_same_people(one, other):
                found[one["session_id"]].append(other["session_id"])
                found[other["session_id"]].append(one["session_id"])
    return {session_id: sorted(others) for session_id, others in found.items()}


def _overlaps(one: Session, later: Session) -> bool:
    """Whether the second, which does not start before the first, starts while it goes on."""
    return bool(later["trustuid"] == one["trustuid"] and later["starts_at"] < one["ends_at"])


def _asks_the_same_people(one: Session, other: Session) -> bool:
    at_one_school = "trust" in (one["scope"], other["scope"]) or one["current_urn"] == other["current_urn"]
    return at_one_school and all(
        _share(one[audience], other[audience]) for audience in ("audience_stages", "audience_roles")
    )


def _share(some: Sequence[str] | None, others: Sequence[str] | None) -> bool:
    """Whether two audiences have anybody in common; none named is everybody."""
    return not some or not others or not set(some).isdisjoint(others)
