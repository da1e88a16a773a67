"""D9, D10, D15 and D16: texts that others would run, show or log are texts here; and nobody's name is in a log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import Any

import pytest

from tests.integration.hostile.bodies import Claim, Path, at_place, changed, good, places
from tests.integration.hostile.doors import Doors

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own

TEXTS: Mapping[str, str] = {
    "SQL": "Robert'); drop table event; -- 1' or '1'='1",
    "a script": "<script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}${7*7}",
    "turned around": "\u202etxet\u202c \u2066isolated\u2069",
    "of no width": "no\u200bwidth\u200d\ufeff\u00ad",
    "lines and colours": "one\r\nContent-Length: 0\r\n\r\n\x1b[31mred\x07\x7f\u2028\u2029",
    "a formula": "=cmd|' /C calc'!A0",
    "combined": "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319" * 20,
    "beyond the first plane": "\U0001f9d1\U0001f3fd\u200d\U0001f3eb\U0010ffff",
}
SHOWN = {"talent": "name", "cpd": "title", "collaboration": "text"}
"""A free text of the claim that a school may always make."""


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_a_text_is_stored_as_it_is(doors: Doors, text: str) -> None:
    sent = doors.fine()
    sent["data"][SHOWN[doors.service]] = text

    [answer] = await doors.batch([sent], token=doors.school())

    assert answer[0] == "accepted"
    assert await _opened(doors, sent) == text


async def _opened(doors: Doors, sent: Claim) -> str:
    """What was recorded; what is personal is only compared: the same claim with it again is the same, and no other."""
    if doors.service == "cpd":
        stream = f"programme-{sent['data']['programme_id']}"
        record = await doors.writer.place.fetchval("select record from event where stream = $1", stream)
        return str(json.loads(record)["title"])
    [again] = await doors.batch([sent], token=doors.school())
    assert again[0] == "duplicate"
    return str(sent["data"][SHOWN[doors.service]])


def texted(sent: Claim) -> Iterator[Claim]:
    """The claim with each of the texts wherever it has a text."""
    for number, text in enumerate(TEXTS.values()):
        data: Any = sent["data"]
        for at in _texts_of(sent):
            data = changed(data, at, text)
        yield {**sent, "id": f"{sent['id']}-{number}", "data": data}


async def test_wherever_a_text_stands_it_is_taken_or_refused(doors: Doors) -> None:
    """Ids, days and words of a list among them: whatever is asked of the database with them, it is asked as a value."""
    claims = [one for sent in good(doors.service) for one in texted(sent)]
    before = await doors.effects()

    over_http = await doors.batch(claims)
    await doors.produce(*claims)
    receipts = await doors.receipts()

    assert {outcome for outcome, *_ in over_http} == {"refused"}
    assert {receipts[sent["id"]][0] for sent in claims} == {"refused"}
    assert await doors.effects() == before


async def test_a_text_in_one_place_alone_gets_past_the_shape_and_is_a_value(doors: Doors) -> None:
    """The rest of the claim is good, so what reads the database with it is asked: a dry run says what it would be."""
    claims = [
        {**sent, "id": f"{sent['id']}-{turn}", "data": changed(sent["data"], at, text)}
        for sent in good(doors.service)
        for turn, (at, text) in enumerate(zip(_texts_of(sent), cycle(TEXTS.values()), strict=False))
    ]

    answers = await doors.batch(claims, query="?dry_run=true")

    beyond = {answer for answer in answers if answer[1] != "invalid"}
    assert {outcome for outcome, *_ in answers} <= {"accepted", "refused", "parked"}
    assert {outcome for outcome, *_ in beyond} >= {"accepted", "refused"}


def _texts_of(sent: Claim) -> Iterator[Path]:
    return (at for at in places(sent["data"]) if isinstance(at_place(sent["data"], at), str))


@pytest.mark.parametrize("field", ["id", "source", "type"])
@pytest.mark.parametrize("text", [TEXTS["SQL"], TEXTS["lines and colours"], "/" * 100_000 + "a", ""], ids=str)
async def test_an_attribute_is_no_free_text(doors: Doors, field: str, text: str) -> None:
    sent = {**doors.fine(), field: text}

    response = await doors.post(json.dumps(sent).encode(), token=doors.school())
    [offset] = await doors.produce(sent)
    receipts = await doors.receipts()

    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{field}"]
    assert receipts[f"record-0-{offset}" if field == "id" else sent["id"]] == ("refused", "invalid", f"/{field}")
