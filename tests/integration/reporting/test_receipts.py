"""A receipt's figures are worked out again from exactly the events that were behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.reporting import api, receipts
from services.reporting.feed import Feed
from services.reporting.read_models.live import Live
from services.reporting.receipts import Receipt
from services.reporting.reports import reports
from services.reporting.web.receipt_pages import Checked, ReceiptPages
from services.reporting.web.site import Site
from services.reporting.web.words import dash
from shared import problems
from tests.support import read_model
from tests.support.read_model import HandClock, arrival
from tests.support.story import Story

CYCLE, ITEM, URN, OTHER = "2026/27-A1.1", "item", "900001", "900002"
HELD = datetime(2026, 9, 8, 16, tzinfo=UTC)
DUE = datetime(2026, 9, 15, 17, tzinfo=UTC)


@dataclass(slots=True)
class Reader:
    """Somebody who takes files and checks them."""

    pool: asyncpg.Pool
    clock: HandClock
    client: httpx.AsyncClient
    pages: ReceiptPages

    async def takes(self, model: str = "focus", **asked: str) -> Mapping[str, Any]:
        """A file, as JSON."""
        answer = await self.client.get(f"/reports/{model}.json", params=asked)
        content: Mapping[str, Any] = answer.raise_for_status().json()
        return content

    async def checks(self, code: str) -> tuple[Receipt, Checked]:
        receipt = await receipts.find(self.pool, code)
        assert receipt
        _, checked = await self.pages.check(receipt)
        return receipt, checked

    async def finds_the_same(self, code: str) -> Checked:
        receipt, checked = await self.checks(code)
        assert checked.sha256 == receipt.sha256
        return checked


@pytest.fixture
async def reader(pool: asyncpg.Pool) -> AsyncIterator[Reader]:
    clock = HandClock(HELD + timedelta(hours=5))
    reading = read_model.reading(pool, clock)
    app, pages = FastAPI(), ReceiptPages(Site(reading, clock), reports)
    problems.install(app, "reporting")
    app.include_router(api.router(reading, reports, Feed(pool)))
    app.include_router(pages.router())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting") as client:
        yield Reader(pool, clock, client, pages)


@pytest.fixture
def story() -> Story:
    """Two schools are asked one thing, and the first has answered: red."""
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC))
    story.registers("A trust")
    for urn, name in ((URN, "Ashby"), (OTHER, "Birch")):
        story.joins(urn, name, date(2020, 9, 1))
    story.agrees_on("reading", "Reading", date(2026, 9, 1))
    story.opens(CYCLE, date(2026, 9, 7), date(2026, 9, 18))
    story.asks(ITEM, "reading", CYCLE, [URN, OTHER], DUE)
    story.now = HELD + timedelta(hours=2)
    story.meets("first", [URN], HELD)
    story.answers("first", ITEM, URN, "red", HELD)
    return story


async def test_nothing_has_changed(reader: Reader, story: Story) -> None:
    await read_model.receive(reader.pool, story.told)
    taken = await reader.takes(school=URN, state="red")
    receipt, checked = await reader.checks(taken["receipt"])

    assert receipt.figures.filters == {"school": URN, "state": "red"}
    assert (receipt.row_count, checked.sha256) == (1, taken["sha256"])
    assert (checked.changes.summary, checked.changes.changed, checked.events) == ("Nothing is different.", (), ())


async def test_what_changed_and_by_which_events(reader: Reader, story: Story) -> None:
    await read_model.receive(reader.pool, story.told)
    taken = await reader.takes()
    told = len(story.told)
    story.later(hours=1)
    story.registers("A trust, renamed")  # which this report does not look at, but one of its read models does
    story.declares("Northmoor", "NLE", "National Leader", count=2, as_at=date(2026, 9, 1))  # which none of them does
    story.voids(story.told[-1])  # so its end is nothing to it, either
    story.corrects("first", ITEM, URN, "amber")
    await read_model.receive(reader.pool, story.told[told:])
    checked = await reader.finds_the_same(taken["receipt"])

    assert checked.changes.summary == "One row changed."
    [line] = checked.changes.changed
    columns = [column.name for column in checked.changes.columns]
    assert [(c, cell.text, cell.other) for c, cell in zip(columns, line.cells, strict=True) if cell.other] == [
        ("state", "Off track", "now At risk"),
        ("recorded_at", "8 September 2026, 19:00", "now 8 September 2026, 20:00"),
        ("corrections", "0", "now 1"),
    ]
    assert [event.id for event in checked.events] == [story.told[n].envelope.id for n in (told + 3, told)]
    assert checked.events_in_all == 2


async def test_a_row_that_is_new_and_one_that_is_gone(reader: Reader, story: Story) -> None:
    await read_model.receive(reader.pool, story.told)
    taken = await reader.takes("loop")
    told = len(story.told)
    story.voids(story.stream(story.told[-1].envelope.stream)[0])
    story.meets("second", [OTHER], HELD)
    story.answers("second", ITEM, OTHER, "red", HELD)
    await read_model.receive(reader.pool, story.told[told:])
    checked = await reader.finds_the_same(taken["receipt"])

    assert checked.changes.summary == "One row is gone now, one row is new since."
    assert [line.change for line in checked.changes.lines] == ["gone now", "new since"]
    assert [event.type.split(".")[3] for event in checked.events] == [
        *("RecordVoided", "LeadershipTeamMeetingHeld", "AgendaItemFeedbackGiven")
    ]


async def test_the_day_alone_changes_figures(reader: Reader, story: Story) -> None:
    await read_model.receive(reader.pool, story.told)
    taken = await reader.takes()
    reader.clock.time = DUE + timedelta(days=1)
    checked = await reader.finds_the_same(taken["receipt"])

    assert checked.changes.summary == "One row changed."
    assert "now Overdue" in [cell.other for cell in checked.changes.changed[0].cells]
    assert checked.events == ()


async def test_while_events_still_arrive(reader: Reader, story: Story) -> None:
    """An earlier partition lags behind: what is above the hole was shown, what is in it was not."""
    late = next(d for d in story.told if "CycleOpened" in d.envelope.type)
    await read_model.receive(reader.pool, [d for d in story.told if d is not late])
    taken = await reader.takes("agenda")
    assert taken["position"] == {"collaboration": late.logindex - 1, "talent": 2}
    await read_model.receive(reader.pool, [late])
    checked = await reader.finds_the_same(taken["receipt"])

    assert [event.id for event in checked.events] == [late.envelope.id]
    assert checked.changes.changed


async def test_what_was_parked_and_came_back(reader: Reader, story: Story) -> None:
    *told, answer = story.told
    await read_model.receive(reader.pool, told)
    effects = Live({p.name: p for p in read_model.ALL}, reader.clock)
    async with reader.pool.acquire() as conn, conn.transaction():
        await effects.hold(conn, [arrival(answer)])
    taken = await reader.takes()
    assert taken["position"]["collaboration"] == answer.logindex
    await read_model.receive(reader.pool, [answer])
    checked = await reader.finds_the_same(taken["receipt"])

    assert [event.id for event in checked.events] == [answer.envelope.id]
    assert checked.changes.changed


async def test_of_an_earlier_day_too(reader: Reader, story: Story) -> None:
    """What was recorded by then but arrived later was not in the file."""
    late = next(d for d in story.told if "CycleOpened" in d.envelope.type)
    await read_model.receive(reader.pool, [d for d in story.told if d is not late])
    taken = await reader.takes("agenda", as_of="2026-09-07")
    assert {row["starts_on"] for row in taken["rows"]} == {None}
    await read_model.receive(reader.pool, [late])
    assert (await reader.takes("agenda", as_of="2026-09-07"))["sha256"] != taken["sha256"]
    await reader.pages.site.reading.scratch.drop_unused(timedelta())
    receipt, _ = await reader.checks(taken["receipt"])
    checked = await reader.finds_the_same(taken["receipt"])

    assert receipt.figures.as_of == taken["as_of"] == "2026-09-07T22:59:59.999999Z"
    assert checked.events_in_all == 3  # the cycle, and the meeting and the answer that were recorded after that day


async def test_what_is_altered_is_found(reader: Reader, story: Story) -> None:
    await read_model.receive(reader.pool, story.told)
    taken = await reader.takes()
    await reader.pool.execute(
        "update ledger set record = convert_to(replace(convert_from(record, 'UTF8'), '\"red\"', '\"green\"'), 'UTF8')"
    )
    receipt, checked = await reader.checks(taken["receipt"])

    assert checked.sha256 != receipt.sha256


async def test_a_receipt_is_a_moment_for_every_report(reader: Reader, story: Story) -> None:
    await read_model.receive(reader.pool, story.told)
    taken = await reader.takes()
    told = len(story.told)
    story.corrects("first", ITEM, URN, "amber")
    await read_model.receive(reader.pool, story.told[told:])
    again = await reader.takes(as_of=f"receipt:{taken['receipt'].lower()}")

    assert again["as_of"] == f"receipt:{taken['receipt']}"
    assert again["receipt"] != taken["receipt"]
    assert [again[name] for name in ("rows", "sha256", "position", "judged_at")] == [
        taken[name] for name in ("rows", "sha256", "position", "judged_at")
    ]
    assert (await reader.takes())["sha256"] != taken["sha256"]


async def test_a_page_has_its_receipt_made_by_its_own_button(reader: Reader, story: Story) -> None:
    await read_model.receive(reader.pool, story.told)
    here = {"Origin": "http://reporting"}
    report = await reader.client.post("/receipts/focus?school=900001&as_of=2026-09-08", headers=here)
    first = await reader.client.post(f"/receipts/home?cycle={CYCLE}", headers=here)
    elsewhere = await reader.client.post("/receipts/focus", headers={"Origin": "http://elsewhere"})
    unknown = await reader.client.post("/receipts/nothing", headers=here)

    assert (report.status_code, first.status_code) == (303, 303)
    assert report.headers["location"].startswith("/reports/focus?school=900001&as_of=receipt%3A")
    assert first.headers["location"].startswith("/?cycle=2026%2F27-A1.1&as_of=receipt%3A")
    assert (elsewhere.status_code, unknown.status_code) == (403, 404)
    await reader.finds_the_same(report.headers["location"][-9:])
    checked = await reader.finds_the_same(first.headers["location"][-9:])
    assert [cell.text for cell in checked.changes.lines[0].cells][-1] == "Ashby needs you this week: Reading"
    assert await reader.pool.fetchval("select count(*) from receipt") == 2


@pytest.mark.parametrize("page", ["school", "you_said"])
async def test_a_school_s_paper_has_one_too_and_says_what_came_since(reader: Reader, story: Story, page: str) -> None:
    await read_model.receive(reader.pool, story.told)
    told, here = len(story.told), {"Origin": "http://reporting"}
    made = await reader.client.post(f"/receipts/{page}?urn={URN}", headers=here)
    nobody = await reader.client.post(f"/receipts/{page}?urn=900099", headers=here)
    nowhere = await reader.client.post(f"/receipts/{page}", headers=here)
    story.responds("first", ITEM, URN)
    await read_model.receive(reader.pool, story.told[told:])

    path = f"/schools/{URN}/you-said" if page == "you_said" else f"/schools/{URN}"
    assert made.headers["location"].startswith(f"{path}?as_of=receipt%3A")
    assert (nobody.status_code, nowhere.status_code) == (404, 404)
    checked = await reader.finds_the_same(made.headers["location"][-9:])
    others = [cell.other for line in checked.changes.changed for cell in line.cells if cell.other]
    assert others == ["now Off track in Reading", "now Responded to at 19:00 today.", f"now {dash}"]
