"""D1 to D5: what is no strict JSON is refused at both doors, of every type, in every place, and nothing comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from shared.intake.reading import Unreadable, event_type, from_http, from_record
from tests.integration.hostile.bodies import SERVICES, admissions, good, places, spoilt
from tests.integration.hostile.doors import Doors
from tests.integration.hostile.unreadable import VALUES, as_a_whole, in_a_value, too_large
from tests.integration.stories.conftest import Service

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own


@dataclass(frozen=True)
class Record:
    """A Kafka record as it comes."""

    value: bytes
    headers: tuple[tuple[str, bytes], ...] = (("content-type", event_type.encode()),)
    key: bytes | None = None


@pytest.mark.parametrize("service", SERVICES)
def test_there_is_a_good_claim_of_every_type(service: Service) -> None:
    assert {sent["type"] for sent in good(service)} == admissions(service).keys()


@pytest.mark.parametrize("service", SERVICES)
def test_in_no_place_of_no_type_is_it_read(service: Service) -> None:
    """What both doors begin with, without the doors: each value in each place of each type."""
    codes: Counter[str] = Counter()
    for sent in good(service):
        bodies = [spoilt(sent, at, raw) for at in places(sent["data"]) for raw in VALUES.values()]
        for body in (*bodies, *as_a_whole(sent).values()):
            for item in (*from_http({"content-type": event_type}, body), from_record(Record(body), "record-0-0")):
                assert isinstance(item, Unreadable), body[:200]
                codes[item.refusal.code] += 1

    assert set(codes) == {"not_json"}


async def test_over_http_each_is_one_clear_refusal_without_effect(doors: Doors) -> None:
    before = await doors.effects()
    answers = Counter([(response.status_code, response.json()["code"]) async for response in _posted(doors)])

    assert set(answers) == {(400, "not_json"), (413, "too_large")}
    assert await doors.effects() == before


async def _posted(doors: Doors) -> AsyncIterator[httpx.Response]:
    """A sixth of what there is for each type: all of it was read above."""
    for number, sent in enumerate(good(doors.service)):
        bodies = [*in_a_value(sent).values(), *as_a_whole(sent).values()]
        for body in (*bodies[number % 6 :: 6], *([] if number % 10 else [too_large(sent)])):
            response = await doors.post(body)
            assert response.headers["content-type"] == "application/problem+json"
            yield response


async def test_over_kafka_each_has_a_receipt_and_the_door_goes_on(doors: Doors) -> None:
    before = await doors.effects()
    claims = good(doors.service)
    bodies = [body for sent in claims for body in (*in_a_value(sent).values(), *as_a_whole(sent).values())]
    large = [too_large(sent) for sent in claims[::10]]

    answers = await doors.over_kafka([*bodies, *large])

    codes = Counter((outcome, code) for outcome, code, _ in answers)
    assert codes == {("refused", "not_json"): len(bodies), ("refused", "too_large"): len(large)}
    assert await doors.effects() == before
    await doors.goes_on()
