"""What caused an event and what followed, across services: all where it is little, and counted where it is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.reporting.history.causes import MOST, WIDEST, causes_and_effects
from services.reporting.history.events import by_ids
from services.reporting.web.pictures.causes import Causes, causes
from shared.contracts.collaboration.support import SupportRequested
from shared.contracts.cpd.bookkeeping import ReactionRefused as RefusedByCpd
from shared.contracts.talent.bookkeeping import ReactionRefused
from tests.support import read_model
from tests.support.northmoor import NOW, northmoor
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock
from tests.support.story import TRUST, Story, again, named


class Telling:
    """A request, and what follows from it."""

    def __init__(self, story: Story) -> None:
        self.story = story
        request = SupportRequested(
            request_id=named("roof"), trustuid=TRUST, urn="900001", kind="site", request="It leaks.", opened_at=NOW
        )
        self.first = story.tell(request, f"support-{named('roof')}").envelope.id

    def follows(self, name: str, cause: UUID, kind: type[ReactionRefused | RefusedByCpd] = ReactionRefused) -> UUID:
        """Something that was tried because of another event."""
        self.story.later(seconds=1)
        event = kind(reaction="try_it", fact_id=cause, fact_type="x", target="y", code="z", message="w")
        told = self.story.tell(event, f"reaction-{named(name)}")
        self.story.told[-1] = again(told, causation_id=str(cause), chain_depth=1)
        return told.envelope.id


@pytest.fixture
def telling() -> Telling:
    return Telling(northmoor())


async def drawn(pool: asyncpg.Pool, event_id: UUID) -> Causes:
    async with read_model.reading(pool, HandClock(NOW))(()) as view:
        event = (await by_ids(view.conn, [event_id]))[event_id]
        return causes(event, await causes_and_effects(view.conn, event))


async def test_it_is_the_same_tree_from_wherever_one_looks(pool: asyncpg.Pool, telling: Telling) -> None:
    left = telling.follows("left", telling.first)
    right = telling.follows("right", telling.first, RefusedByCpd)
    below = telling.follows("below", left, RefusedByCpd)
    await read_model.receive(pool, telling.story.told)

    first, middle, last = [await drawn(pool, one) for one in (telling.first, left, below)]

    assert [(row.event.id, row.x, row.from_x, row.through, row.goes_on) for row in first.rows] == [
        (telling.first, 9, None, (), True),
        (left, 27, 9, (9,), True),
        (below, 45, 27, (9,), False),
        (right, 27, 9, (), False),
    ]
    assert (first.title, first.legend) == (
        "Nothing else led to this one, and three events followed from it",
        (("collaboration", "circle"), ("talent", "square"), ("cpd", "diamond")),
    )
    assert [(row.event.id, row.more, row.is_asked) for row in middle.rows] == [
        (telling.first, "1 more", False),
        (left, "", True),
        (below, "", False),
    ]
    assert middle.title == "One event led to this one, and one event followed from it"
    assert last.title == "Two events led to this one, and nothing followed from it"
    assert [row.cause for row in last.rows] == ["", "Support requested", "Reaction refused"]


async def test_however_much_followed_it_stays_small_and_counts_the_rest(pool: asyncpg.Pool, telling: Telling) -> None:
    many = [telling.follows(f"one {n}", telling.first) for n in range(40)]
    for one in many[:WIDEST]:
        for n in range(WIDEST + 1):
            telling.follows(f"{one} {n}", one)
    await read_model.receive(pool, telling.story.told)

    found = await drawn(pool, telling.first)

    left_out = sum(int(row.more.removesuffix(" more") or 0) for row in found.rows)
    assert len(found.rows) == MOST + 1
    assert left_out == 40 + WIDEST * (WIDEST + 1) - MOST
    assert found.title.endswith(f"{40 + WIDEST * (WIDEST + 1)} events followed from it")


@pytest.fixture
async def client(pool: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(app(pool, HandClock(NOW))) as client:
        yield client


async def test_the_page_has_the_picture_with_its_table_and_as_of_a_moment_what_was_known(
    pool: asyncpg.Pool, client: httpx.AsyncClient, telling: Telling
) -> None:
    logindex = telling.story.told[-1].logindex
    left = telling.follows("left", telling.first)
    await read_model.receive(pool, telling.story.told)

    page = (await client.get(f"/events/{telling.first}")).text
    before = (await client.get(f"/events/{telling.first}?as_of=event:collaboration:{logindex}")).text
    alone = (await client.get(f"/events/{telling.story.told[0].envelope.id}")).text

    picture, table = page.partition("<figure")[2].split("</figure>")[0], page.partition('id="chain"')[2]
    assert f'href="/events/{left}"' in picture
    assert f'href="/events/{left}"' in table.split("</table>")[0]
    assert "<figure" not in before + alone
    assert "It has caused nothing by itself as far as was known then." in before
