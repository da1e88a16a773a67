"""Who could take over? One row a critical post: who holds it, when it falls vacant, and who could follow.

A successor is somebody who is named for the post, other than for emergency cover; who has an active leader record, and
knows of it (nobody else is shown to others); and who does not hold the post, now or later. Who is in the register twice
is one person. How ready they are is what the latest assessment by two or more says of this kind of post. Posts at
schools that have left the trust are left out.

- trustuid, post_id, post_type, urns, schools: the post, and the schools that it is at; none where it is the trust's
- incumbents: how many people hold it today
- interim: how many of them for a time only
- vacant_on, vacant_hundredths: the first day, from today on, on which a part of the post is held by nobody, or for a
  time only, and how much of it; null when no such day is known
- vacancy_within_12_months: whether that day is within twelve months
- successors: how many people could follow; each of them counts in one of the next eight
- ready_now, in_1_year, in_2_3_years, in_4_5_years, not_ready: what they are ready for, and when
- provisional: those whom only one assessor has looked at
- expired: those whose assessment is no longer valid, whatever it said
- not_assessed: those whose readiness for this kind of post nobody has assessed
- emergency_cover: people who are named to stand in for days, and not as successors
- over_named: successors who are named for another post as well, though a person can take one
- ready_now_once: those who are ready now, each counted at one of their posts only. Added up over a trust and divided by
  its posts this is how broad the bench is
- not_told_yet: whether somebody is named who has not been told that they are seen as a leader, and so is not counted
- risk: red when there is a vacancy within twelve months and nobody is ready now; amber when there is one and everybody
  who is ready now is named for another post as well, or when there is none and nobody is ready now or in a year; else
  green
- event_id: the registration of the post
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.reporting.reports.report import Area, Row
from services.reporting.reports.sql import Connection, fetch, urns
from services.reporting.reports.tenures import Tenure, open_from, tenures
from services.reporting.reports.twelve_months import in_twelve_months
from shared.clock import today

title = "Who could take over"
about = "Each critical post: who holds it, when it falls vacant, and how many could follow, now or in some years."
area: Area = "people"
key: tuple[str, ...] = ("post_id",)
needs: tuple[str, ...] = ("register", "people", "leaders", "posts")

_standings = {  # what an assessment says, or is, by the column that counts it
    "ready_now": "ready_now",
    "in_1_year": "1_year",
    "in_2_3_years": "2_3_years",
    "in_4_5_years": "4_5_years",
    "not_ready": "not_ready",
    "provisional": "provisional",
    "expired": "expired",
    "not_assessed": "not_assessed",
}
_named = ("successors", "emergency_cover", "over_named")  # these open the nomination, the others the assessment


async def rows(
    conn: Connection,
    *,
    at: datetime,
    school: str | None,
    trust: str | None = None,
) -> list[dict[str, Any]]:
    """For a school the posts at it; its successors are counted with what they are named for elsewhere."""
    posts, changes, named = [await fetch(conn, name, at, trust) for name in ("posts", "post_changes", "bench")]
    found = _rows(posts, _by_post(changes), _by_post(named), today(at))
    of_school = await urns(conn, school)
    return [row for row in found if of_school is None or not set(of_school).isdisjoint(row["urns"])]


def totals(rows: Iterable[Row]) -> list[Row]:
    """One row a trust: its posts, how many of them are red, amber and green, and the leaders who are ready now."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row["trustuid"]].update({"posts": 1, row["risk"]: 1, "ready_now": row["ready_now_once"]})
    columns = ("posts", "red", "amber", "green", "ready_now")
    return [{"trustuid": trust, **{column: sums[column] for column in columns}} for trust, sums in found.items()]


ByPost = Mapping[str, Sequence[Row]]
People = dict[str, list[Row]]
"""Who is named for a post, by the columns that count them."""


def _by_post(rows: Iterable[Row]) -> ByPost:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["post_id"]].append(row)
    return found


def _rows(posts: Iterable[Row], changes: ByPost, named: ByPost, day: date) -> list[Row]:
    bench = [(post, tenures(changes[post["post_id"]]), named[post["post_id"]]) for post in posts]
    people = _across_posts([_people(some, held, day) for _, held, some in bench])
    return [_row(post, _who_holds(held, day), each) for (post, held, _), each in zip(bench, people, strict=True)]


def _row(post: Row, held: Row, people: People) -> Row:
    figures = [_figure(column, some) for column, some in people.items() if column != "not_told"]
    return {
        **{column: post[column] for column in ("trustuid", "post_id", "post_type", "urns", "schools")},
        **held,
        **{name: value for figure in figures for name, value in figure.items()},
        "not_told_yet": bool(people["not_told"]),
        "risk": _risk(people, soon=held["vacancy_within_12_months"]),
        "event_id": post["event_id"],
    }


def _people(named: Iterable[Row], held: Iterable[Tenure], day: date) -> People:
    """Who is named for a post and does not hold it, and under `not_told` those who are not counted."""
    holders = {tenure.person_id for tenure in held if tenure.until_on is None or tenure.until_on > day}
    named = [one for one in named if one["person_id"] not in holders]
    successors = [one for one in named if one["as_what"] == "successor"]
    return {
        "successors": successors,
        **{column: [one for one in successors if one["standing"] == said] for column, said in _standings.items()},
        "emergency_cover": [one for one in named if one["as_what"] == "cover"],
        "not_told": [one for one in named if one["as_what"] == "not_told"],
    }


def _across_posts(bench: Sequence[People]) -> list[People]:
    """With the columns that depend on what people are named for besides."""
    posts_of = Counter(one["person_id"] for people in bench for one in people["successors"])
    counted: set[UUID] = set()
    found = []
    for people in bench:
        elsewhere = [one for one in people["successors"] if posts_of[one["person_id"]] > 1]
        first = [one for one in people["ready_now"] if one["person_id"] not in counted]
        counted |= {one["person_id"] for one in first}
        found.append({**people, "over_named": elsewhere, "ready_now_once": first})
    return found


def _figure(column: str, people: Sequence[Row]) -> Row:
    opens = "named_event_id" if column in _named else "shown_event_id"
    events = [one[opens] for one in people]
    return {column: len(people), f"{column}__events": events}


def _who_holds(held: Sequence[Tenure], day: date) -> Row:
    holding = {tenure.person_id: tenure for tenure in held if tenure.holds_on(day)}
    for_a_time = [tenure.event_id for tenure in holding.values() if tenure.interim]
    vacancy = open_from(day, held)
    return {
        "incumbents": len(holding),
        "incumbents__events": [tenure.event_id for tenure in holding.values()],
        "interim": len(for_a_time),
        "interim__events": for_a_time,
        "vacant_on": vacancy[0] if vacancy else None,
        "vacant_hundredths": vacancy[1] if vacancy else None,
        "vacancy_within_12_months": vacancy is not None and vacancy[0] <= in_twelve_months(day),
    }


def _risk(people: Mapping[str, Sequence[Row]], *, soon: bool) -> str:
    ready = people["ready_now"]
    if soon and not ready:
        return "red"
    short = all(one in people["over_named"] for one in ready) if soon else not (ready or people["in_1_year"])
    return "amber" if short else "green"
