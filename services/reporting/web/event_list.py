"""Which events somebody wants to see in the history: as the address says it, and as it is chosen on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from fastapi import Request

from services.reporting import ledger
from services.reporting.history.browsing import Wanted
from services.reporting.history.events import Place
from services.reporting.history.kinds import of_kind
from services.reporting.london import london
from services.reporting.read_models.as_of import AsOf
from services.reporting.reports.sql import Connection
from shared.problems import Problem

NO_DAY = "Give a day, such as 2026-11-20."
NAMES = ("kind", "school", "stream", "service", "request", "from", "to")
_days = ("from", "to")
_place = re.compile(r"([a-z]+):(\d{1,18})")
_a_day = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for.

    Attributes:
        given: the parts that are not empty, by their names.
        since, until: from the beginning of a day in London to the end of one.
        wrong: what is wrong with a day, by the part's name.
    """

    given: Mapping[str, str]
    since: datetime | None = None
    until: datetime | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request) -> Asked:
        given = {name: text for name in NAMES if (text := request.query_params.get(name, "").strip())}
        days = {name: _day(given[name]) for name in _days if name in given}
        wrong: dict[str, str] = {name: NO_DAY for name, day in days.items() if day is None}
        since, last = map(days.get, _days)
        return cls(given, _begins(since) if since else None, _begins(last + timedelta(days=1)) if last else None, wrong)

    def wanted(self, urns: Sequence[str] | None, trust: str | None, as_of: AsOf | None) -> Wanted:
        """The same for who looks for them.

        Args:
            urns: every URN of the school that is asked for.
            as_of: when nothing later is to be looked at.
        """
        given = self.given
        last = as_of.at + timedelta(microseconds=1) if as_of and not as_of.receipt else None
        return Wanted(
            trustuid=trust,
            types=of_kind(given["kind"]) if "kind" in given else None,
            urns=tuple(urns) if urns is not None else None,
            stream=given.get("stream"),
            service=given.get("service"),
            correlation=given.get("request"),
            since=self.since,
            until=min((end for end in (self.until, last) if end), default=None),
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _a_day.fullmatch(text) else None
    except ValueError:
        return None


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), london)


async def place_of(conn: Connection, before: str | None) -> Place | None:
    """Where a page goes on, as `<service>:<log index>` says it.

    Raises:
        Problem: it does not say it, or there is no such event (`before_unreadable`).
    """
    if not before:
        return None
    named = _place.fullmatch(before)
    when = await ledger.time_of(conn, named[1], int(named[2])) if named else None
    if named is None or when is None:
        raise Problem(
            400, "before_unreadable", "before is an event: collaboration:1200.", errors=[("/before", "No event.")]
        )
    return Place(when, named[1], int(named[2]))
