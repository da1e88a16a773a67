"""Each of the real read models is built afresh while events arrive: every page equals the fold of what is there."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic_core import to_json

from services.reporting.composition import Reporting, build
from services.reporting.read_models import rebuild
from services.reporting.reports import answer, reports
from shared.messaging import Cluster, Delivered
from tests.integration.reporting.world import Plain, World
from tests.support import fold
from tests.support.read_model import ALL, HandClock
from tests.support.teller import Teller, line

ROUNDS = 3
WATCHED = tuple(dict.fromkeys(need for model in fold.reports for need in reports[model].needs))
LAST = datetime.max.replace(tzinfo=UTC)


async def test_each_read_model_is_rebuilt_while_events_flow(world: World) -> None:
    teller = Teller(random.Random(7))
    story = teller.tell(150)
    clock = HandClock(story.now)
    reporting = _reporting(world, clock)
    await world.send(story.told)
    await reporting.start()
    try:
        await world.reaches(_position(story.told))
        over = asyncio.Event()
        async with asyncio.TaskGroup() as both:
            both.create_task(_write(world, teller, clock, over))
            looking = both.create_task(_look(reporting, over))
            meanwhile = 0
            for _ in range(ROUNDS):
                for projection in ALL:
                    before = len(story.told)
                    built = await rebuild.rebuild(world.pool, projection)
                    assert (built.compared, built.differences, built.left_out, built.switched) == (True, (), (), True)
                    meanwhile += len(story.told) - before
            over.set()
        await world.reaches(_position(story.told))
        seen = [*looking.result(), await _snapshot(reporting)]
    finally:
        await reporting.stop()

    assert meanwhile > 0
    assert len({schema for page in seen for schema in page.schemas}) > len(WATCHED) * ROUNDS
    assert [len(page.known) for page in seen] == sorted(len(page.known) for page in seen)
    assert len(seen[-1].known) == len(story.told)
    for page in {page.known: page for page in seen}.values():
        known = fold.known((line(told) for told in story.told if _name(told) in page.known), LAST)
        for model, rows in page.rows.items():
            assert fold.first_difference(model, rows, fold.reports[model].rows(known, page.at)) is None


@dataclass(frozen=True, slots=True)
class Page:
    """What one snapshot shows: the events that are there, the reports, and the schemas that they were read from."""

    known: frozenset[tuple[str, int]]
    at: datetime
    rows: dict[str, list[dict[str, Any]]]
    schemas: tuple[str, ...]


async def _look(reporting: Reporting, over: asyncio.Event) -> list[Page]:
    """A page again and again."""
    seen = []
    while not over.is_set():
        seen.append(await _snapshot(reporting))
        await asyncio.sleep(0.05)
    return seen


async def _snapshot(reporting: Reporting) -> Page:
    async with reporting.reading(WATCHED) as view:
        rows = {model: (await answer(reports[model], view)).rows for model in fold.reports}
        entered = await view.conn.fetch("select service, logindex from ledger where not parked")
        path = await view.conn.fetchval("show search_path")
    known = frozenset((row["service"], row["logindex"]) for row in entered)
    return Page(known, view.at, json.loads(to_json(rows)), tuple(path.replace('"', "").split(", "))[:-1])


async def _write(world: World, teller: Teller, clock: HandClock, over: asyncio.Event) -> None:
    while not over.is_set():
        told = len(teller.story.told)
        teller.tell(2)
        clock.time = max(clock.time, teller.story.now)
        await world.send(teller.story.told[told:])
        await asyncio.sleep(0.03)


def _position(events: Sequence[Delivered]) -> dict[str, int]:
    counted = Counter(delivered.envelope.service for delivered in events)
    return {service: number - 1 for service, number in counted.items()}


def _name(delivered: Delivered) -> tuple[str, int]:
    return delivered.envelope.service, delivered.logindex


def _reporting(world: World, clock: HandClock) -> Reporting:
    topics = {topic: service for service, topic in world.topics.items()}
    return build(
        world.pool, Cluster(world.kafka), clock, world.door, Plain(), projections=ALL, reports={}, topics=topics
    )
