"""The pages of areas and reports, of a trust in which everything happens: in words, and the same words on both."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape

import httpx
import pytest

from services.reporting.reports import reports
from services.reporting.web.areas import AREAS
from services.reporting.web.headlines import at_once, headlines
from tests.support import pages, read_model
from tests.support.chapters import CHAPTERS
from tests.support.read_model import HandClock
from tests.support.teller import Teller

_cell = re.compile(r'<td class="(?:number|text|)">.*?</span> (.*?)</td>', re.DOTALL)
_says = re.compile(r'<p class="says">(.*?)</p>')
_a_code = re.compile(r"\b[a-z0-9]+_[a-z0-9_]+")
_an_id = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture
async def browser(database: str) -> AsyncIterator[httpx.AsyncClient]:
    teller = Teller(random.Random(7), chapters=CHAPTERS)
    teller.tell(500)
    async with read_model.telling(database, teller.story.told) as pool:
        app = pages.app(pool, HandClock(teller.story.now + timedelta(days=1)))
        async with pages.browsing(app) as client:
            yield client


async def test_pages_say_words_and_an_area_says_what_its_reports_say(browser: httpx.AsyncClient) -> None:
    """No cell is a code or an id; what is filtered is in words, and says nothing of the whole."""
    said, cells = {}, 0
    for model in reports.keys() - {"history", "matches"}:
        page = (await browser.get(f"/reports/{model}")).raise_for_status().text
        said[model] = "".join(_says.findall(page))
        texts = [unescape(re.sub("<[^>]*>", "", cell)) for cell in _cell.findall(page)]
        cells += len(texts)
        assert [text for text in texts if _a_code.search(text) or _an_id.search(text)] == [], model
    red = (await browser.get("/reports/focus", params={"state": "red", "answered_at!": ""})).text
    of_hr = (await browser.get("/reports/support", params={"kind": "hr"})).text

    assert cells > 1_000
    assert sum(map(bool, said.values())) > len(headlines) / 2
    assert ", State: Off track, Answered at: anything." in red
    assert (said["support"] in of_hr, ", Kind: HR." in of_hr) == (False, True)
    for area, part in AREAS.items():
        if not part.own_page:
            told = _says.findall((await browser.get(part.path)).raise_for_status().text)
            of_area = [model for model, report in reports.items() if report.area == area and at_once(model)]
            assert {said[model] for model in of_area if said.get(model)} <= set(told), area
