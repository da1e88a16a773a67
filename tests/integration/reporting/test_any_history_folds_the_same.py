"""The reports of histories that nobody would think of, held against the fold that works them out a second time."""

from __future__ import annotations

import json
import random

import asyncpg
import pytest
from pydantic_core import to_json

from services.reporting.reading import Reading
from services.reporting.reports import reports
from tests.e2e import fold
from tests.support import read_model
from tests.support.read_model import HandClock
from tests.support.story import Story
from tests.support.teller import Teller, line


@pytest.mark.parametrize("seed", range(6))
async def test_any_history_folds_the_same(database: str, seed: int) -> None:
    chance = random.Random(seed)
    one = Teller(chance)
    story, other = one.story, Teller(chance, one.story, "99002")  # two trusts, and schools that are in both
    for _ in range(125):
        chance.choice((one, other)).tell(2)
    lines = [line(delivered) for delivered in story.told]
    latest = max(delivered.envelope.time for delivered in story.told)
    async with asyncpg.create_pool(database, min_size=1, max_size=4) as pool:
        await read_model.create(pool)
        await read_model.receive(pool, sorted(story.told, key=lambda d: (d.envelope.service, d.logindex)))
        reading = Reading(pool, HandClock(latest), {p.name: p for p in read_model.ALL})
        for as_of in (None, *moments(chance, story)):
            for model in fold.reports:
                async with reading(reports[model].needs, as_of) as view:
                    rows = await reports[model].rows(view.conn, at=view.at, school=None)
                    moment = view.as_of.event if view.as_of else None
                published = json.loads(to_json(rows))
                expected = fold.rows(model, lines, view.at, moment)
                assert (as_of, fold.first_difference(model, published, expected)) == (as_of, None)


def moments(chance: random.Random, story: Story) -> list[str]:
    """Days, instants and positions in the middle of it."""
    some = chance.sample(story.told, 4)
    return [
        some[0].envelope.time.date().isoformat(),
        some[1].envelope.time.isoformat(),
        *(f"event:{delivered.envelope.service}:{delivered.logindex}" for delivered in some[2:]),
    ]
