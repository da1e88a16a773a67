"""D10: what somebody wrote is shown as they wrote it, and a browser takes none of it for a part of the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from html.parser import HTMLParser

import httpx
import pytest

from tests.support import read_model
from tests.support.northmoor import NOW, northmoor
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock

MARK = "Quixote"
NAME = f"<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{{{7*7}}}}\u202e{MARK}\u200b"


class Page(HTMLParser):
    """What a browser would make of a page: its elements, their attributes, its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, text: str) -> None:
        self.said += text


@pytest.fixture
async def client(database: str) -> AsyncIterator[httpx.AsyncClient]:
    story = northmoor()
    story.joins("900013", NAME, date(2020, 9, 1))
    story.agrees_on("hostile", NAME, date(2026, 9, 1))
    async with read_model.telling(database, story.told) as pool, browsing(app(pool, HandClock(NOW))) as client:
        yield client


PATHS = ("/", "/schools/900013", "/schools/900013/history", "/reports/focus", "/events")


async def test_it_is_text_and_nothing_else(client: httpx.AsyncClient) -> None:
    responses = [await client.get(path, follow_redirects=True) for path in PATHS]
    pages = {path: Page(response.text) for path, response in zip(PATHS, responses, strict=True)}

    assert {response.status_code for response in responses} == {httpx.codes.OK}
    assert NAME in pages["/schools/900013"].said
    for page in pages.values():
        assert all("src" in attributes for tag, attributes in page.elements if tag == "script")
        assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
        addresses = [str(attributes.get(name)) for _, attributes in page.elements for name in ("src", "href")]
        assert not {address for address in addresses if address == "x" or "alert(" in address}
