"""What a page says of its freshness: which service is behind, by how long, and only where events of it really wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from services.reporting.read_models.live import Live
from services.reporting.read_models.reading import Reading
from services.reporting.web import framing
from services.reporting.web.framing import Frame
from services.reporting.web.site import templates
from tests.support import read_model
from tests.support.read_model import HandClock, arrival
from tests.support.story import Story

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)


@dataclass
class Reader:
    """Looks at the pages at a time, with a consumer that is behind as a test says."""

    pool: asyncpg.Pool
    clock: HandClock
    lag: Mapping[str, float] | None

    async def page(self, as_of: str | None = None) -> Frame:
        projections = {projection.name: projection for projection in read_model.ALL}
        async with Reading(self.pool, self.clock, projections, lambda: self.lag)(framing.needs, as_of) as view:
            return await framing.frame(view)

    async def says(self, as_of: str | None = None) -> str:
        text = templates.get_template("positions.html").render(page=await self.page(as_of), as_of=as_of)
        return " ".join(
            text.replace("<strong>", "").replace("</strong>", "").partition(">")[2].partition("<")[0].split()
        )


@pytest.fixture
def reader(pool: asyncpg.Pool) -> Reader:
    return Reader(pool, HandClock(NINE + timedelta(minutes=4)), {})


@pytest.fixture
def story() -> Story:
    """A trust and two schools, one minute after the other from nine o'clock on."""
    story = Story(now=NINE)
    story.registers("Northmoor")
    for urn in ("900001", "900002"):
        story.later(minutes=1)
        story.joins(urn, f"School {urn}", date(2020, 9, 1))
    return story


async def test_a_service_is_behind_while_an_event_of_it_is_missing(reader: Reader, story: Story) -> None:
    first, missing, last = story.told
    await read_model.receive(reader.pool, [first, last])

    assert await reader.says() == "Up to talent event 0, 09:00:00 today, 2 minutes behind."
    assert "behind" not in await reader.says("2026-11-20T09:03:00Z")

    await read_model.receive(reader.pool, [missing])
    assert await reader.says() == "Up to talent event 2, 09:02:00 today."


async def test_what_is_set_aside_is_told_apart(reader: Reader, story: Story) -> None:
    *fine, spoilt = story.told
    await read_model.receive(reader.pool, fine)
    async with reader.pool.acquire() as conn, conn.transaction():
        await Live({}, reader.clock).hold(conn, [arrival(spoilt)])
    reader.clock.time = NINE + timedelta(hours=27)

    [talent] = (await reader.page()).positions
    assert (talent.event, talent.behind) == (2, "one event set aside for 1 day")


async def test_a_service_is_behind_while_kafka_has_more_of_it(reader: Reader, story: Story) -> None:
    await read_model.receive(reader.pool, story.told)
    reader.lag = {"cpd": 190.0, "talent": 9.0}  # what is as new as talent's is on its way

    page = await reader.page()
    assert [(one.service, one.event, one.behind) for one in page.positions] == [
        ("cpd", None, "3 minutes behind"),
        ("talent", 2, ""),
    ]
    assert page.known == {"talent": 2}
    assert await reader.says() == "Up to cpd nothing yet, 3 minutes behind; talent event 2, 09:02:00 today."

    reader.lag = None
    assert "Whether newer ones wait is not known at the moment." in await reader.says()
