"""Who works where: what reports about people begin with, held against the fold."""

from __future__ import annotations

import random
from dataclasses import asdict
from typing import Any

import pytest

from services.reporting.reports import sql
from tests.integration.reporting.test_any_history_folds_the_same import moments
from tests.support import read_model
from tests.support.chapters.people import People
from tests.support.fold import known
from tests.support.fold.staff import Staff
from tests.support.read_model import HandClock
from tests.support.teller import Teller, line

_WORKING = """with recursive
-- staff.sql
last as (select 1)
select trustuid, person_id::text, engagement_id::text, urn, kind, role, fte_hundredths, acting, paused, event_id::text
from working
"""


@pytest.mark.parametrize("seed", range(6))
async def test_any_staff_folds_the_same(database: str, seed: int) -> None:
    chance = random.Random(seed)
    teller = Teller(chance, chapters=[People] * 3)
    story = teller.tell(500)
    lines = [line(delivered) for delivered in story.told]
    latest = max(delivered.envelope.time for delivered in story.told)

    async with read_model.telling(database, read_model.by_log(story.told)) as pool:
        reading = read_model.reading(pool, HandClock(latest))
        for moment in (None, *moments(chance, story)):
            async with reading(("people",), moment) as view:
                upto = view.as_of.event if view.as_of else None
                rows = await view.conn.fetch(sql.complete(_WORKING), view.at)
            expected = [asdict(one) for one in Staff(known(lines, view.at, upto), view.at).working()]
            assert (moment, _in_order(map(dict, rows))) == (moment, _in_order(expected))
            assert expected or moment


def _in_order(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: (row["person_id"], row["engagement_id"]))
