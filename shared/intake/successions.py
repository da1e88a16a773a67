"""Successions: a school that goes on under a new URN is one school, and for a time its old URN works as well.

While both work, whoever speaks for one speaks for the other, and receipts reach both. Whoever has the new one speaks
for the old one for good: the school's history is its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import asyncpg

from shared.clock import today
from shared.consumer import Arrival
from shared.contracts.talent.register import SchoolUrnSucceeded
from shared.intake.origins import trusts_of
from shared.intake.views import View

overlap = timedelta(days=90)
"""How long an old URN works, from the first day of the new one on."""


async def remember(connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep under which URNs schools go on, in one statement."""
    told = {(e.trustuid, e.from_urn): e for a in arrivals if isinstance(e := a.event, SchoolUrnSucceeded)}
    if told:
        await connection.execute(
            """insert into succession (trustuid, from_urn, to_urn, on_day)
               select * from unnest($1::text[], $2::text[], $3::text[], $4::date[])
               on conflict (trustuid, from_urn) do update set to_urn = excluded.to_urn, on_day = excluded.on_day""",
            [e.trustuid for e in told.values()],
            [e.from_urn for e in told.values()],
            [e.to_urn for e in told.values()],
            [e.on for e in told.values()],
        )


async def forget(connection: asyncpg.Connection, heard: Sequence[Arrival]) -> None:
    """Forget these."""
    told = {(e.trustuid, e.from_urn) for a in heard if isinstance(e := a.event, SchoolUrnSucceeded)}
    await connection.execute(
        """delete from succession s using unnest($1::text[], $2::text[]) f(trustuid, from_urn)
           where (s.trustuid, s.from_urn) = (f.trustuid, f.from_urn)""",
        [trustuid for trustuid, _ in told],
        [from_urn for _, from_urn in told],
    )


view = View(remember, forget)


@dataclass(frozen=True, slots=True)
class Succession:
    """From a day on, one URN in another's place."""

    from_urn: str
    to_urn: str
    on: date


@dataclass(frozen=True, slots=True)
class Successions:
    """Those of some schools, as they stand on a day."""

    told: Collection[Succession]
    day: date

    def names(self, urn: str) -> frozenset[str]:
        """Every URN that the school has gone by, this one among them."""
        found, before = {urn}, 0
        while len(found) > before:
            before = len(found)
            found |= {name for s in self.told for name in (s.from_urn, s.to_urn) if {s.from_urn, s.to_urn} & found}
        return frozenset(found)

    def working(self, urn: str) -> frozenset[str]:
        """Those of its URNs that work on the day."""
        over = {s.from_urn for s in self.told if self.day >= s.on + overlap}
        return self.names(urn) - over

    def spoken_for(self, urns: Iterable[str]) -> frozenset[str]:
        """Which URNs somebody may speak for who was admitted for these: without those whose time is over."""
        return frozenset(name for urn in urns if urn in self.working(urn) for name in self.names(urn))

    def newest(self, urn: str) -> str:
        """The one that the school goes by now; the same, where schools merged: they had ids of their own each."""
        names = self.names(urn)
        followed = Counter(s.to_urn for s in self.told if s.to_urn in names)
        last = names - {s.from_urn for s in self.told}
        return urn if max(followed.values(), default=0) > 1 or len(last) != 1 else next(iter(last))

    def older(self, urn: str) -> frozenset[str]:
        """Those that it went by before, of a school's newest URN."""
        names = self.names(urn)
        return names - {urn} if {self.newest(name) for name in names} == {urn} else frozenset()


async def successions_of(pool: asyncpg.Pool, urns: Collection[str], now: datetime) -> Successions:
    """What was told of these URNs by the trust that both the old and the new one belong to: no other may tell it."""
    rows = await pool.fetch(
        """select trustuid, from_urn, to_urn, on_day from succession
           where trustuid in (select trustuid from succession where from_urn = any($1) or to_urn = any($1))""",
        list(urns),
    )
    trusts = await trusts_of(pool, {urn for row in rows for urn in row[1:3]}, now) if rows else {}
    told = [Succession(old, new, on) for by, old, new, on in rows if trusts.get(old) == trusts.get(new) == by]
    return Successions(told, today(now))


async def receipts_reach(pool: asyncpg.Pool, origins: Collection[str], now: datetime) -> Mapping[str, frozenset[str]]:
    """Under which URNs the receipts of each origin are published: its own, and those that work beside it."""
    found = await successions_of(pool, origins, now)
    return {origin: found.working(origin) | {origin} for origin in origins}
