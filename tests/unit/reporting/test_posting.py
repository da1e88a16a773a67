"""What a form posts: from here alone, readable, and never an address of somewhere else."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI, Request

from services.reporting.web.posting import Posted, local, posted
from shared import problems

FORM = "application/x-www-form-urlencoded"


async def post(headers: dict[str, str], body: str = "a=1&a=2&b=") -> httpx.Response:
    app = FastAPI()
    problems.install(app, "reporting")

    @app.post("/form")
    async def form(request: Request) -> Posted:
        return await posted(request)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://northmoor.example") as client:
        return await client.post("/form", content=body, headers={"content-type": FORM, **headers})


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "https://northmoor.example"},
        {"sec-fetch-site": "none"},
        {"origin": "https://elsewhere.example"},
        {"origin": "https://northmoor.example.elsewhere"},
        {"origin": "null"},
        {},
    ],
)
async def test_what_another_site_posts_is_refused(headers: dict[str, str]) -> None:
    answer = await post(headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin"}, {"origin": "https://northmoor.example"}])
async def test_what_this_sites_page_posts_is_read(headers: dict[str, str]) -> None:
    answer = await post(headers)

    assert answer.json() == {"a": ["1", "2"], "b": [""]}


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"content-type": "application/json"}, "{}", "not_a_form"),
        ({}, "a=%ff", "not_a_form"),
        ({}, "\N{SNOWMAN}", "not_a_form"),
        ({}, "&".join(["a=1"] * 1_001), "not_a_form"),
        ({}, f"a={'1' * 256 * 1024}", "too_large"),
    ],
)
async def test_what_is_no_form_is_refused(headers: dict[str, str], body: str, code: str) -> None:
    answer = await post({"sec-fetch-site": "same-origin", **headers}, body)

    assert answer.json()["code"] == code


@pytest.mark.parametrize("address", ["/", "/reports/focus?school=900001#reading"])
def test_an_address_of_here_is_gone_on_to(address: str) -> None:
    assert local(address) == address


@pytest.mark.parametrize(
    "address", ["", "//x.example", "https://x.example", "/\\x", "/\t/x", "\\\\x", "javascript:1", "/\n"]
)
def test_and_one_of_elsewhere_is_not(address: str) -> None:
    assert local(address) == "/"
