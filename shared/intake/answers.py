"""What became of what somebody sent: one answer by its id, or a page of them, newest first.

A claim is remembered under its school's URN, a trust's own under its UID, and so are typed commands, each under its
subject's name. Whoever asks sees the answers that are their own, and the trust's people those of its schools.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import asyncpg
from annotated_types import Ge, Lt
from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, StringConstraints, TypeAdapter

from shared.clock import Clock
from shared.eventstore.receipts import receipt
from shared.identity import Principal, asks_for, reach
from shared.intake import described, origins
from shared.intake.claims import is_event_id
from shared.intake.successions import successions_of
from shared.problems import Problem
from shared.runtime import Caller

largest_page = 200
usual_page = 50

Answered = Literal["accepted", "refused", "parked"]

Moment = Annotated[AwareDatetime, Ge(datetime(1900, 1, 1, tzinfo=UTC)), Lt(datetime(2200, 1, 1, tzinfo=UTC))]
_Text = Annotated[str, StringConstraints(pattern="^[!-~]*$")]
_ever = datetime.min.replace(tzinfo=UTC)
_newest = (datetime.max.replace(tzinfo=UTC), "", "", "")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where answers of one caller's are kept.

    Attributes:
        source: only what this source sent; None: whatever was sent from there.
        since: only what was answered since: a school's earlier answers are not its new trust's.
    """

    origin: str
    source: str | None = None
    since: datetime | None = None


def answers_router(pool: asyncpg.Pool, clock: Clock) -> APIRouter:
    """`GET /events/<id>` and `GET /answers`."""
    router = APIRouter(tags=["events"])

    @router.get("/events/{event_id:path}", responses=described.fate(), openapi_extra=asks_for("ask_fate"))
    async def fate(
        event_id: Annotated[str, Path(description="The id that its sender gave it.")],
        caller: Caller,
        source: Annotated[str, Query(description="Its source; of a typed command `http/<your subject>`.")],
    ) -> JSONResponse:
        """What became of an event that the caller sent under this id and source."""
        if is_event_id(event_id) and is_event_id(source):  # nothing of another form was ever taken
            shelves = await _shelves(caller, pool, clock)
            found = await pool.fetchval(_one, *_columns(shelves), source, event_id)
            if found is not None:
                return JSONResponse(receipt(event_id, found))
        raise Problem(404, "event_unknown", "You sent no event with this id and source.")

    @router.get("/answers", responses=described.answers_page(), openapi_extra=asks_for("ask_fate"))
    async def answers(
        caller: Caller,
        outcome: Annotated[list[Answered], Query(description="Only these.")] = ["accepted", "refused", "parked"],  # noqa: B006  FastAPI copies it
        since: Annotated[Moment, Query(description="Only what was answered since.")] = _ever,
        before: Annotated[str | None, Query(description="Further back: the `next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=largest_page, description="At most so many.")] = usual_page,
    ) -> JSONResponse:
        """What became of everything that the caller sent, newest first: for the trust's people, its schools' too."""
        if reach(caller, "ask_fate") is None:
            raise Problem(403, "schools_only", "Only schools and the trust's own people have sent anything.")
        place = _newest if before is None else _place(before)
        shelves = await _shelves(caller, pool, clock)
        asked = (list(dict.fromkeys(outcome)), since, *place, limit + 1)
        rows = await pool.fetch(_page, *_columns(shelves), *asked)
        more = _cursor(rows[limit - 1]) if len(rows) > limit else None
        return JSONResponse({"answers": [_answer(row) for row in rows[:limit]], "next": more})

    return router


async def _shelves(caller: Principal, pool: asyncpg.Pool, clock: Clock) -> list[Shelf]:
    """Where a caller's answers are kept: those of its schools, by whatever URN each goes, and of its typed commands."""
    told = await successions_of(pool, caller.urns, clock.now())
    urns = caller.urns | told.spoken_for(caller.urns)
    far = reach(caller, "ask_fate")
    own = [Shelf(urn) for urn in sorted(urns) if far]
    if far != "trust":
        return [Shelf(caller.trustuid, source=f"http/{caller.subject}"), *own]
    joined = await origins.schools_of(pool, caller.trustuid, clock.now())
    return [Shelf(caller.trustuid), *own, *(Shelf(u, since=at) for u, at in joined.items() if u not in urns)]


def _columns(shelves: Sequence[Shelf]) -> tuple[list[Any], ...]:
    return [s.origin for s in shelves], [s.source for s in shelves], [s.since for s in shelves]


def _answer(row: asyncpg.Record) -> dict[str, Any]:
    where = {"origin": row["origin"], "source": row["source"]}
    type_name = {} if row["type"] is None else {"type": row["type"]}
    return {**receipt(row["id"], row["receipt"]), **where, **type_name, "answered_at": row["answered_at"].isoformat()}


def _cursor(row: asyncpg.Record) -> str:
    place = [row["answered_at"].isoformat(), row["origin"], row["source"], row["id"]]
    return urlsafe_b64encode(json.dumps(place).encode()).decode()


def _place(cursor: str) -> tuple[Any, ...]:
    """The place that a cursor names: whatever else somebody makes up shows them nothing that is not theirs."""
    try:
        return _places.validate_json(urlsafe_b64decode(cursor.encode()))
    except ValueError:  # pydantic's is one
        message = "Give the `next` of the page before, word for word."
        raise Problem(422, "invalid", message, errors=[("/query/before", message)]) from None


_places = TypeAdapter(tuple[Moment, _Text, _Text, _Text])

_one = """
select c.receipt
from unnest($1::text[], $2::text[], $3::timestamptz[]) with ordinality as shelf(origin, source, since, number)
join command c on c.origin = shelf.origin and c.source = $4 and c.id = $5
where c.source = coalesce(shelf.source, c.source) and c.answered_at >= coalesce(shelf.since, c.answered_at)
order by shelf.number limit 1
"""

# A page of each shelf, and of those the newest: never a whole shelf of what was refused or waits, which has an index in
# this order. What was accepted has none: each append would pay for it.
_page_of_a_shelf = """
    select c.origin, c.source, c.id, c.receipt, c.answered_at from command c
    where c.origin = shelf.origin and c.outcome = any($4) and {kind}
      and (shelf.source is null or c.source = shelf.source) and c.answered_at >= greatest(shelf.since, $5)
      and (c.answered_at, c.origin, c.source, c.id) < ($6, $7, $8, $9)
    order by c.answered_at desc, c.origin desc, c.source desc, c.id desc limit $10"""
_page = f"""
select found.*, p.type
from unnest($1::text[], $2::text[], $3::timestamptz[]) as shelf(origin, source, since)
cross join lateral (
    ({_page_of_a_shelf.format(kind="c.outcome <> 'accepted'")})
    union all
    ({_page_of_a_shelf.format(kind="c.outcome = 'accepted' and 'accepted' = any($4)")})
) found
left join parked_claim p on (p.origin, p.source, p.id) = (found.origin, found.source, found.id)
order by found.answered_at desc, found.origin desc, found.source desc, found.id desc limit $10
"""  # noqa: S608  of constants
