"""Two days of one thing: what was known at each of them, and what became known between; for whom it concerns."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date
from pathlib import Path

import asyncpg
import httpx
import pytest

from shared.identity import Principal, Role
from tests.support import read_model
from tests.support.northmoor import CYCLE, northmoor
from tests.support.own_issuer import OwnIssuer
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock
from tests.support.staffing import Staffing
from tests.support.story import TRUST, Story, named

DENE, ASHBY, ANA = "900004", "900001", named("Ana")
ITEM = named(f"{CYCLE} attendance")
ANSWER = f"answer-{ITEM}-{DENE}"
"""A focus area at a school: answered on the 17th at 02:00, acknowledged on the 20th, and corrected later that day."""


@pytest.fixture
def told() -> Story:
    story = northmoor()
    story.later(hours=1)
    story.corrects(f"{CYCLE} {DENE}", f"{CYCLE} attendance", DENE, "amber")
    staffing = Staffing(story)
    staffing.enters("Ana")
    staffing.starts("Ana", "headship", DENE, "headteacher", date(2020, 9, 1))
    return story


class Comparing:
    """Somebody of a role who compares."""

    def __init__(self, client: httpx.AsyncClient, issuer: OwnIssuer) -> None:
        self._client = client
        self._issuer = issuer

    async def __call__(
        self, about: object, days: Mapping[str, str], role: Role = "auditor", *urns: str, trust: str = TRUST
    ) -> httpx.Response:
        who = Principal("somebody", frozenset({role}), trust, frozenset(urns))
        return await self._client.get(
            "/history/compare", params={"about": str(about), **days}, headers=self._issuer.proof(who)
        )


@pytest.fixture
async def compare(pool: asyncpg.Pool, told: Story, tmp_path: Path) -> AsyncIterator[Comparing]:
    await read_model.receive(pool, told.told)
    clock, issuer = HandClock(told.now), OwnIssuer(tmp_path)
    async with browsing(app(pool, clock, verifier=issuer.verifier)) as client:
        yield Comparing(client, issuer)


def sides(page: httpx.Response) -> dict[str, tuple[str, str]]:
    """By kind what was known at the one and at the other: nothing, something, or the same."""
    assert page.status_code == 200, page.text
    table = page.text.partition('id="sides"')[2].partition("</table>")[0].partition("<tbody>")[2]
    rows = [re.findall(r"<td.*?</td>", row, re.DOTALL) for row in table.split("<tr>")[1:]]
    return {re.sub(r"<span.*?</span>|<[^>]+>", "", kind).strip(): (_side(a), _side(b)) for kind, a, b in rows}


def _side(cell: str) -> str:
    return "same" if "the same" in cell else "known" if "/events/" in cell else "not"


def between(page: httpx.Response) -> list[str]:
    """The kinds of what became known between."""
    listed = page.text.partition('id="between"')[2]
    return re.findall(r'<a href="/events/[0-9a-f-]{36}[^"]*">([^<]+)<span', listed)


async def test_what_was_known_stands_side_by_side_and_between_it_what_came(compare: Comparing) -> None:
    late = await compare(ANSWER, {"from": "2026-11-18"})
    early = await compare(ANSWER, {"from": "2026-11-16", "to": "2026-11-18"})
    before = await compare(ANSWER, {"from": "2026-11-16", "as_of": "2026-11-18"})
    turned = await compare(ANSWER, {"from": "2026-11-20", "to": "2026-11-18"})

    assert sides(late) == {
        "Trust acknowledged": ("not", "known"),
        "Feedback corrected": ("not", "known"),
        "Agenda item feedback given": ("known", "not"),  # another stands in its place
    }
    assert between(late) == ["Trust acknowledged", "Feedback corrected"]
    assert sides(early) == sides(before) == {"Agenda item feedback given": ("not", "known")}
    assert between(early) == between(before) == ["Agenda item feedback given"]
    assert (sides(turned), between(turned)) == (sides(late), between(late))


async def test_a_person_and_a_school_are_compared_too(compare: Comparing) -> None:
    person = await compare(ANA, {"from": "2026-11-18"})
    school = await compare(DENE, {"from": "2026-11-18", "to": "2026-11-18"})

    assert sides(person) == {"Person registered": ("not", "known"), "Engagement started": ("not", "known")}
    assert {after for _, after in sides(school).values()} == {"same"}
    assert between(school) == []
    assert f'href="/schools/{DENE}/history"' in school.text


async def test_a_day_that_is_none_is_said_to_be_so_and_nothing_is_told_to_others(compare: Comparing) -> None:
    wrong = await compare(ANSWER, {"from": "soon", "to": "2026-11-18"})
    asked = await compare("", {})
    days = {"from": "2026-11-16"}

    assert (wrong.status_code, wrong.text.count("Give a day, such as 2026-11-20.")) == (400, 1)
    assert (asked.status_code, 'id="sides"' in asked.text) == (200, False)
    assert (await compare(ANSWER, days, "school_leader", ASHBY)).status_code == 404
    assert (await compare(ANSWER, days, trust="99002")).status_code == 404
    assert (await compare(ANSWER, days, "hr")).status_code == 403
    assert (await compare(ANSWER, days, "school_leader", DENE)).status_code == 200
