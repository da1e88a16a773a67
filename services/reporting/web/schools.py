"""The schools of a trust, as a person chooses one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from services.reporting.reports.sql import Connection, complete


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
    rows = await conn.fetch(_members(), at, trustuid)
    return [Member(row["urn"], row["name"], frozenset(row["urns"])) for row in rows]


@cache
def _members() -> str:
    return complete((Path(__file__).parent / "sql" / "members.sql").read_text(encoding="utf-8"))
