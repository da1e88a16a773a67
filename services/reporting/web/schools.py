"""The schools of a trust, as a person chooses one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.reporting.reports.sql import Connection
from services.reporting.web.asking import sql


@dataclass(frozen=True, slots=True)
class Member:
    """A school that belongs to the trust.

    Attributes:
        urns: every URN that it has gone by, with the one of today.
    """

    urn: str
    name: str
    urns: frozenset[str]


async def members(conn: Connection, trustuid: str, at: datetime) -> list[Member]:
    """The schools of a trust on a day, by name. Needs the read model `register`."""
    rows = await conn.fetch(sql("members"), at, trustuid)
    return [Member(row["urn"], row["name"], frozenset(row["urns"])) for row in rows]
