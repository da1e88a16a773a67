"""What was sent, or tried. A letter is claimed before it is handed over: no crash and no second worker sends it twice.

Whoever dies in between leaves a letter of which nobody knows whether the server took it: it is not sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import asyncpg

from services.reporting.post.kind import Content, KindName, Occasion
from services.reporting.post.mail import Outcome
from services.reporting.post.subscriptions import Subscription

_acquire_s = 5.0
_first_pause, _longest_pause = timedelta(minutes=5), timedelta(hours=1)
_lost_after = timedelta(minutes=10)
_kept = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to somebody about something."""

    subscription: Subscription
    kind: KindName
    occasion: Occasion

    @property
    def id(self) -> UUID:
        return uuid5(self.subscription.id, f"{self.kind}/{self.occasion.about}")


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder that was sent, while the loop's service has not heard of all of it."""

    letter_id: UUID
    trustuid: str
    urn: str
    items: tuple[UUID, ...]
    sent_at: datetime


class Letters:
    """The letters of all."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def outstanding(self, letters: Sequence[Letter]) -> list[Letter]:
        """Those that may be sent now: never tried, or put off long enough ago."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            rows = await conn.fetch(
                f"select letter_id from letter where letter_id = any($1) and not ({_may_go_again})",  # noqa: S608 - ours
                [letter.id for letter in letters],
            )
        done = {row["letter_id"] for row in rows}
        return [letter for letter in letters if letter.id not in done]

    async def claim(self, letter: Letter, content: Content) -> bool:
        """Take a letter upon oneself, for good; False where somebody else has, or its subscription is gone."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            claimed = await conn.fetchval(
                _claim,
                letter.id,
                letter.subscription.id,
                letter.kind,
                letter.occasion.about,
                letter.occasion.urn,
                list(content.items),
            )
        return claimed is not None

    async def settle(self, letter: Letter, outcome: Outcome, at: datetime) -> None:
        """Say what came of it, at the service's time."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            await conn.execute(_settle, letter.id, outcome, at, _first_pause, _longest_pause)

    async def lose_sight(self) -> list[tuple[UUID, str]]:
        """Give up those that somebody claimed long ago and never settled; their ids and kinds. Drop what is old."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            await conn.execute("delete from letter where changed_at < clock_timestamp() - $1::interval", _kept)
            rows = await conn.fetch(
                """update letter set state = 'unknown', changed_at = clock_timestamp()
                   where state = 'sending' and changed_at < clock_timestamp() - $1::interval
                   returning letter_id, kind""",
                _lost_after,
            )
        return [(row["letter_id"], row["kind"]) for row in rows]

    async def reminded(self) -> list[Reminded]:
        """The reminders that the loop's service is still to hear of."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            rows: Sequence[Any] = await conn.fetch(
                """select letter_id, trustuid, urn, items, sent_at
                   from letter join subscription using (subscription_id)
                   where state = 'sent' and items <> '{}'
                   order by changed_at"""
            )
        return [Reminded(r["letter_id"], r["trustuid"], r["urn"], tuple(r["items"]), r["sent_at"]) for r in rows]

    async def heard_of(self, reminded: Reminded) -> None:
        """The loop's service has heard of it."""
        async with self._pool.acquire(timeout=_acquire_s) as conn:
            await conn.execute("update letter set items = '{}' where letter_id = $1", reminded.letter_id)


_may_go_again = "letter.state = 'put_off' and letter.again_at <= clock_timestamp()"
_claim = f"""
insert into letter (letter_id, subscription_id, kind, about, state, urn, items)
select $1, subscription_id, $3, $4, 'sending', $5, $6 from subscription
where subscription_id = $2 and $3 = any(kinds)
on conflict (letter_id) do update
set state = 'sending', tries = letter.tries + 1, items = excluded.items, changed_at = clock_timestamp()
where {_may_go_again}
returning true
"""  # noqa: S608 - ours
_settle = """
update letter set state = $2::text, changed_at = clock_timestamp(),
    sent_at = case when $2 = 'sent' then $3::timestamptz end,
    again_at = case when $2 = 'put_off'
        then clock_timestamp() + least($4::interval * 2 ^ least(tries - 1, 10), $5::interval) end
where letter_id = $1
"""
