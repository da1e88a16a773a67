"""What is malformed is refused before anybody is asked for it: found by random requests, here each by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime

import httpx
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError

from shared.contracts.vocabulary import Day, Instant
from shared.identity import Principal
from shared.intake.reading import event_type, from_http
from shared.runtime.application import authenticated
from tests.contracts.offline import services


@pytest.fixture
def applications() -> Mapping[str, FastAPI]:
    return services()


@pytest.fixture
async def client(applications: Mapping[str, FastAPI]) -> AsyncIterator[httpx.AsyncClient]:
    """The door of a service that has no database: whatever reached that would be answered with 503."""
    app = applications["cpd"]
    app.dependency_overrides[authenticated] = lambda: Principal("tester", frozenset({"trust_leader"}), "99001")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        yield client
    app.dependency_overrides.clear()


@pytest.mark.parametrize("path", ["/events/%00?source=/mis", "/events/x?source=%00", "/events/x?source=a%20b"])
async def test_an_id_that_nothing_can_have_is_not_looked_for(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "event_unknown")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_method_that_is_not_there_names_those_that_are(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/programmes")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_page_of_a_school_that_is_no_urn_is_refused(applications: Mapping[str, FastAPI]) -> None:
    transport = httpx.ASGITransport(applications["reporting"])
    async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as client:
        answer = await client.get("/reports/focus?school=%00")

    assert (answer.status_code, answer.json()["code"]) == (400, "school_unreadable")


def test_the_type_of_the_content_tells_the_mode_not_a_header_that_was_added_on_the_way() -> None:
    body = b'{"specversion":"1.0","id":"a","source":"/mis","type":"t","data":{"urn":"900001"}}'

    [item] = from_http({"content-type": f"{event_type}; charset=utf-8", "ce-traced": "yes"}, body)

    assert (item.id, item.source) == ("a", "/mis")


@pytest.mark.parametrize("day", [date.min, date(1899, 12, 31), date(2200, 1, 1), date.max])
def test_no_day_is_at_an_end_of_the_calendar(day: date) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(day)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_no_time_is_at_an_end_of_the_calendar(time: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(datetime.fromisoformat(time))
