"""From a figure to its events, what an event's page knows, all events a page at a time, and everything about one."""

from __future__ import annotations

import importlib.util
import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from pydantic_core import to_json

from services.reporting.history.browsing import Wanted, browse
from services.reporting.history.events import by_ids
from services.reporting.read_models.reading import Reading
from services.reporting.reports import answer, reports
from shared import migrations
from shared.contracts.collaboration.capacity import CapacityRequested
from shared.contracts.talent.leaders import LeaderIdentified
from shared.messaging import Delivered
from tests.support import fold, read_model
from tests.support.key_ring import KeyRing
from tests.support.northmoor import CYCLE, NOW, northmoor
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock
from tests.support.staffing import Staffing
from tests.support.story import TRUST, Story, again, named
from tests.support.teller import line
from tests.unit.reporting.test_projections import whole_trust

DENE, KINGSMEAD = "900004", "900010"
MIGRATION = Path(__file__).parents[3] / "services/reporting/migrations/versions/0006_history.py"


@pytest.fixture
async def client(pool: asyncpg.Pool, ring: KeyRing) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(app(pool, HandClock(NOW), ring=ring)) as client:
        yield client


def reading(pool: asyncpg.Pool, at: datetime = NOW) -> Reading:
    return read_model.reading(pool, HandClock(at))


def lines_of(page: httpx.Response) -> int:
    """How many events a page lists."""
    assert page.status_code == 200, page.text
    return len(re.findall(r"<tr[ >]", page.text)) - 1


def kinds_of(page: httpx.Response) -> list[str]:
    return re.findall(r'<a href="/events/[0-9a-f-]{36}[^"]*">([^<]+)<span', page.text)


async def test_each_figure_of_every_report_opens_exactly_what_it_counts(
    pool: asyncpg.Pool, client: httpx.AsyncClient
) -> None:
    story = whole_trust()
    await read_model.receive(pool, story.told)
    opened = 0
    for model, report in reports.items():
        async with reading(pool)(report.needs) as view:
            found = await answer(report, view)
            there = await by_ids(view.conn, [one for row in found.behind for ids in row.values() for one in ids])
        for row, behind in zip(found.rows, found.behind, strict=True):
            for figure, ids in behind.items():
                assert len([one for one in ids if one in there]) == (row[figure] or 0), (model, figure, row)
        page = await client.get(f"/reports/{model}")
        assert page.status_code == 200, model
        links = [unescape(href) for href in re.findall(r'href="(/reports/\w+/behind\?[^"]+)"', page.text)]
        assert len(links) == sum(bool(row[f]) and f in page_columns(row) for row, b in _both(found) for f in b), model
        for href in links[:: max(1, len(links) // 2)]:
            listed = (await client.get(href.replace("/behind?", "/behind.json?"))).json()["events"]
            assert lines_of(await client.get(href)) == len(listed) > 0, href
            opened += 1
    assert opened > 10


def _both(found: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return list(zip(found.rows, found.behind, strict=True))


def page_columns(row: dict[str, Any]) -> list[str]:
    return [name for name in row if not name.endswith(("_id", "_ids", "trustuid", "current_urn"))]


async def test_what_is_no_figure_is_refused(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await read_model.receive(pool, northmoor().told)

    for figure in ("", "school", "nonsense"):
        answer = await client.get(f"/reports/roles/behind.json?figure={figure}")
        assert (answer.status_code, answer.json()["code"]) == (400, "figure_unknown")
    assert (await client.get("/reports/nonsense/behind.json?figure=open")).status_code == 404
    assert (await client.get("/reports/roles/behind.json?figure=count&colour=red")).json()["code"] == "filter_unknown"


class TestOneEvent:
    """An answer that asks for help, drafts a request in its own wake, is corrected; and one that is void."""

    @pytest.fixture
    def told(self, ring: KeyRing) -> Story:
        story = northmoor(ring)
        answer = _the(story, "AgendaItemFeedbackGiven", DENE)
        request = CapacityRequested(
            request_id=named("help"),
            trustuid=TRUST,
            taker_urn=DENE,
            dimension="people",
            drafted=True,
            basis=answer.envelope.id,
        )
        story.told.append(
            again(
                story.tell(request, "capacity-request-help"), causation_id=str(answer.envelope.id), actor="reaction/x"
            )
        )
        del story.told[-2]
        story.corrects(f"{CYCLE} {DENE}", f"{CYCLE} attendance", DENE, "amber", comment="One class only.")
        story.voids(_the(story, "TrustAcknowledged", KINGSMEAD))
        return story

    @pytest.fixture(autouse=True)
    async def received(self, pool: asyncpg.Pool, told: Story) -> None:
        await read_model.receive(pool, told.told)

    async def test_it_knows_its_cause_its_effects_and_what_stands_in_its_place(
        self, client: httpx.AsyncClient, told: Story
    ) -> None:
        answer = _the(told, "AgendaItemFeedbackGiven", DENE)
        effect, correction = _the(told, "CapacityRequested"), _the(told, "FeedbackCorrected")

        found = (await client.get(f"/events/{answer.envelope.id}.json")).json()
        page = await client.get(f"/events/{answer.envelope.id}")

        assert found["says"]["comment"] == "sealed"
        assert found["says"]["rag"] == "red"
        assert [one["event_id"] for one in found["effects"]] == [str(effect.envelope.id)]
        assert (found["corrected_by_id"], found["voided_by_id"]) == (str(correction.envelope.id), None)
        assert [one["version"] for one in found["in_stream"]] == [1, 2, 3]
        assert "This was corrected" in page.text
        assert f"as_of=event%3Acollaboration%3A{answer.logindex - 1}" in page.text
        caused = (await client.get(f"/events/{effect.envelope.id}.json")).json()
        assert (caused["cause_id"], caused["actor"]) == (str(answer.envelope.id), "reaction/x")
        assert "Agenda item feedback given" in (await client.get(f"/events/{effect.envelope.id}")).text

    async def test_what_is_void_says_so_and_by_what(self, client: httpx.AsyncClient, told: Story) -> None:
        wrong = _the(told, "TrustAcknowledged", KINGSMEAD)
        before = told.told[-2]

        found = (await client.get(f"/events/{wrong.envelope.id}.json")).json()
        then = await client.get(f"/events/{wrong.envelope.id}?as_of=event:collaboration:{before.logindex}")

        assert found["voided_by_id"] == str(told.told[-1].envelope.id)
        assert "does not count" in (await client.get(f"/events/{wrong.envelope.id}")).text
        assert "does not count" not in then.text

        last = told.told[-1].envelope.id
        for address in (f"/events/{uuid4()}", f"/events/{uuid4()}.json", f"/events/{last}?as_of=2026-11-01"):
            assert (await client.get(address)).status_code == 404

    async def test_a_text_is_opened_for_who_may_read_it(self, client: httpx.AsyncClient, told: Story) -> None:
        address = f"/events/{_the(told, 'AgendaItemFeedbackGiven', DENE).envelope.id}"

        assert "a text, kept sealed" in (await client.get(address)).text
        await client.post("/sign-in", data={"who": "trust"})
        assert "Two classes are below 80%." in (await client.get(address)).text


def _the(story: Story, kind: str, urn: str | None = None) -> Delivered:
    """The last event of a kind; the one that asks for help, where there is one."""
    found = [d for d in story.told if f".{kind}." in d.envelope.type and urn in (None, d.envelope.urn)]
    return next((d for d in found if b'"needs_help":true' in d.record), found[-1])


class TestAllEvents:
    @pytest.fixture
    def told(self) -> Story:
        return northmoor()

    @pytest.fixture(autouse=True)
    async def received(self, pool: asyncpg.Pool, told: Story) -> None:
        await read_model.receive(pool, told.told)

    async def test_page_by_page_each_comes_once_newest_first(self, pool: asyncpg.Pool, told: Story) -> None:
        seen, before = list[Delivered](), None
        async with reading(pool)(()) as view:
            while True:
                page = await browse(view.conn, Wanted(), before=before, most=7)
                seen += [one.delivered for one in page.events]
                before = page.before
                if before is None:
                    break

            wanted, pages, rare = Wanted(types=("uk.mat.talent.TrustRegistered.v1",)), 0, list[UUID]()
            while pages == 0 or before:  # what is rare is looked for so far at a time
                page = await browse(view.conn, wanted, before=before, most=7, through=50)
                rare += [one.id for one in page.events]
                before, pages = page.before, pages + 1

        newest_first = sorted(told.told, key=lambda d: (d.envelope.time, d.envelope.service, d.logindex), reverse=True)
        assert [d.envelope.id for d in seen] == [d.envelope.id for d in newest_first]
        assert (rare, pages) == ([told.told[0].envelope.id], len(told.told) // 50 + 1)

    async def test_they_can_be_chosen(self, client: httpx.AsyncClient) -> None:
        for asked, expected in (
            ("kind=uk.mat.collaboration.TrustAcknowledged.v1", {"Trust acknowledged": 4}),
            ("school=900010&from=2026-11-20", {"Trust acknowledged": 1, "Trust response given": 1}),
            ("service=talent&to=2026-11-01&kind=uk.mat.talent.TrustRegistered.v1", {"Trust registered": 1}),
            ("from=2026-11-21", {}),
            (f"stream=focus-{named('maths')}", {"Focus area set": 1}),
        ):
            assert Counter(kinds_of(await client.get(f"/events?{asked}"))) == expected, asked
        assert lines_of(await client.get("/events")) == 50
        assert lines_of(await client.get("/events?as_of=2026-09-01")) == 18

    async def test_what_cannot_be_read_is_explained(self, client: httpx.AsyncClient) -> None:
        wrong = await client.get("/events?from=soon")

        assert wrong.status_code == 400
        assert "Give a day, such as 2026-11-20." in wrong.text
        assert (await client.get("/events?before=nonsense")).json()["code"] == "before_unreadable"
        assert (await client.get("/events?before=talent:99999")).json()["code"] == "before_unreadable"
        assert (await client.get("/events?school=nonsense")).json()["code"] == "school_unreadable"


class TestEverythingAboutOne:
    async def test_a_person_is_told_under_all_their_entries_and_nothing_personal(
        self, pool: asyncpg.Pool, client: httpx.AsyncClient
    ) -> None:
        story = northmoor()
        staffing = Staffing(story)
        for who in ("Ana", "Ann", "Ben"):
            staffing.enters(who)
        staffing.starts("Ann", "teaching", KINGSMEAD, "teacher", date(2020, 9, 1))
        story.tell(
            LeaderIdentified(
                leader_id=named("Ben"),
                person_id=named("Ben"),
                identified_by=named("Ana"),
                source="nomination",
                ambition="unsure",
                evidence="Ben led the book week.",
            ),
            f"leader-{named('Ben')}",
        )
        staffing.is_also("Ann", "Ana")
        await read_model.receive(pool, story.told)

        found = (await client.get(f"/reports/history.json?about={named('Ana')}")).json()["rows"]
        page = await client.get(f"/people/{named('Ann')}/history")

        assert [row["kind"] for row in found] == [
            "Person registered",
            "Person registered",
            "Engagement started",
            "Leader identified",
            "Persons merged",
        ]
        assert [row["says"].get("name") for row in found[:2]] == ["sealed", "sealed"]
        assert found[3]["says"]["evidence"] == "sealed"
        assert kinds_of(page) == [row["kind"] for row in found]
        assert "merged into theirs" in page.text
        assert "book week" not in page.text
        assert len((await client.get(f"/reports/history.json?about={named('Ann')}")).json()["rows"]) == 3
        assert lines_of(await client.get(f"/people/{uuid4()}/history")) == -1

    async def test_a_school_is_told_under_all_its_urns_with_what_names_it_only_by_its_stream(
        self, pool: asyncpg.Pool, client: httpx.AsyncClient
    ) -> None:
        story = northmoor()
        story.becomes(KINGSMEAD, "900055", date(2026, 11, 19))
        story.joins("900055", "Kingsmead Academy", date(2026, 11, 19))
        await read_model.receive(pool, story.told)

        found = (await client.get("/reports/history.json?school=900055")).json()["rows"]
        pages = [await client.get(f"/schools/900055/history?page={n}") for n in (1, 2)]

        kinds = [row["kind"] for row in found]
        assert kinds.count("School joined trust") == 2
        assert kinds.count("Leadership team meeting held") == kinds.count("Meeting report submitted") == 2
        assert kinds_of(pages[0]) + kinds_of(pages[1]) == kinds
        assert "Everything about Kingsmead Academy" in pages[0].text

    async def test_any_persons_and_any_schools_history_is_the_folds(self, pool: asyncpg.Pool) -> None:
        chance = random.Random(7)
        story = whole_trust()
        told = [_caused_by_chance(chance, story.told[:n], d) for n, d in enumerate(story.told)]
        await read_model.receive(pool, read_model.by_log(told))
        latest = max(delivered.envelope.time for delivered in told)
        for as_of in (None, told[len(told) // 2].envelope.time.isoformat()):
            async with reading(pool, latest)(reports["history"].needs, as_of) as view:
                expected = fold.rows("history", [line(d) for d in told], view.at)
                assert any(row["effect_ids"] for row in expected)
                assert any(row["voided_by_id"] for row in expected)
                assert (
                    fold.first_difference("history", _published(await answer(reports["history"], view)), expected)
                    is None
                )
                for one in chance.sample(sorted({name for row in expected for name in row["about"]}), 10):
                    found = _published(await answer(reports["history"], view, only={"about": one}))
                    about = [row for row in expected if one in row["about"]]
                    assert (one, fold.first_difference("history", found, about)) == (one, None)


def _caused_by_chance(chance: random.Random, before: Sequence[Delivered], told: Delivered) -> Delivered:
    if before and chance.random() < 0.2:
        return again(told, causation_id=str(chance.choice(before).envelope.id), correlation_id=str(uuid4()))
    return told


def _published(found: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(to_json(found.rows))
    return rows


async def test_too_many_events_are_not_told_at_once(
    pool: asyncpg.Pool, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read_model.receive(pool, northmoor().told)
    monkeypatch.setattr("services.reporting.reports.history.most", 100)

    assert (await client.get("/reports/history.json")).json()["code"] == "history_too_long"
    assert (await client.get(f"/reports/history.json?school={KINGSMEAD}")).status_code == 200


async def test_what_was_there_before_is_found_like_what_comes_now(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = whole_trust()
    await read_model.receive(pool, [again(d, causation_id=str(named("cause"))) for d in story.told[:600]])
    everything = "select service, logindex, correlation, cause, about from ledger order by 1, 2"
    expected = await pool.fetch(everything)
    await pool.execute("drop schema of_trust, of_schools cascade")  # what came after
    await pool.execute("alter table ledger drop column correlation, drop column cause, drop column about")
    scripts: list[str] = []
    monkeypatch.setattr(migrations, "execute", scripts.append)
    monkeypatch.setattr(migrations, "app_role", lambda: "nobody")
    found = importlib.util.spec_from_file_location("history", MIGRATION)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)

    module.upgrade()
    await pool.execute(scripts[0].replace('to "nobody"', "to current_user"))

    assert await pool.fetch(everything) == expected
