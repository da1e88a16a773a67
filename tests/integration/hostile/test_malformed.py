"""D14 and the rest of a shape: what is not as the type says is refused with its field, and never repeated."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from shared.messaging import receipts_topic
from tests.integration.hostile.bodies import Claim, Path, at_place, changed, good, places
from tests.integration.hostile.doors import Doors
from tests.integration.stories.conftest import HERE

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own

CANARY = "Zebedee.Quixote-Marker@example.org"
WRONG: tuple[Any, ...] = ({CANARY: CANARY}, [CANARY])
GRASPED = ("principal", "recorded_by", "actor", "is_trust", "logindex", CANARY)
"""Fields that nobody may give: those of an envelope, and any other."""


def malformed(sent: Claim, number: int) -> Iterator[tuple[Claim, str]]:
    """The claim with something of no such kind in each place, and with a field too many, each under its own id.

    Where it stands in the data: the pointer, up to what is no field of ours.
    """
    for turn, at in enumerate(places(sent["data"])):
        yield _with(sent, changed(sent["data"], at, WRONG[(number + turn) % 2]), f"place-{turn}"), _pointer(at)
    for grasped in GRASPED:
        field = "" if grasped == CANARY else f"/{grasped}"
        yield _with(sent, {**sent["data"], grasped: CANARY}, f"grasped-{GRASPED.index(grasped)}"), f"/data{field}"
    for turn, at in enumerate(_objects(sent["data"])):
        inner = {**at_place(sent["data"], at), "is_trust": True}
        yield _with(sent, changed(sent["data"], at, inner), f"inside-{turn}"), _pointer((*at, "is_trust"))


def _with(sent: Claim, data: Any, id: str) -> Claim:
    return {**sent, "id": f"{sent['id']}-{id}", "data": data}


def _objects(content: Any, at: Path = ()) -> Iterator[Path]:
    """Where objects stand inside."""
    parts = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, inner in parts:
        if isinstance(inner, dict):
            yield (*at, name)
        yield from _objects(inner, (*at, name))


def _pointer(at: Path) -> str:
    return "/data" + "".join(f"/{part}" for part in at)


async def test_over_http_its_place_is_named_and_it_is_not_repeated(doors: Doors) -> None:
    before = await doors.effects()
    sent = [pair for number, one in enumerate(good(doors.service)) for pair in malformed(one, number)]

    answers = await doors.batch([claim for claim, _ in sent])

    wrong = [
        (claim["type"], where, answer)
        for (claim, where), answer in zip(sent, answers, strict=True)
        if answer[:2] not in {("refused", "invalid"), ("refused", "not_your_trust")}
        or not (answer[2] or "").startswith(where if answer[1] == "invalid" else "/trustuid")
    ]
    assert wrong == []
    assert CANARY not in json.dumps(answers)
    assert await doors.effects() == before


async def test_over_kafka_it_is_the_same_but_for_what_is_not_a_schools_to_say(doors: Doors) -> None:
    before = await doors.effects()
    sent = [claim for number, one in enumerate(good(doors.service)) for claim, _ in malformed(one, number)]

    await doors.produce(*sent, headers={})
    receipts = await doors.receipts()

    codes = Counter(receipts[claim["id"]][:2] for claim in sent)
    assert codes.keys() == {("refused", code) for code in ("invalid", "trust_only", "not_your_trust", *_not_own(doors))}
    assert CANARY not in json.dumps(list(receipts.values()))
    assert await doors.effects() == before
    await doors.goes_on()


def _not_own(doors: Doors) -> tuple[str, ...]:
    """Two schools moderate together: neither speaks for both over its own topic."""
    return ("not_your_school",) if doors.service == "collaboration" else ()


async def test_nothing_that_was_refused_stands_anywhere_in_clear(
    doors: Doors, capfd: pytest.CaptureFixture[str]
) -> None:
    """Names in every place of every type: not in a log, a receipt, a topic or a table."""
    sent = [claim for number, one in enumerate(good(doors.service)) for claim, _ in malformed(one, number)]
    again = [{**claim, "id": f"again-{claim['id']}"} for claim in sent]
    await doors.batch(again)
    await doors.produce(*again, headers={})
    await doors.receipts()

    place = doors.writer.place
    tables = await place.fetchval(
        "select array_agg(relname::text) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    rows = [await place.fetchval(f"select coalesce(string_agg(t::text, ' '), '') from {table} t") for table in tables]
    records = [
        record for topic in (f"{doors.service}.events", receipts_topic(HERE)) for record in await place.records(topic)
    ]
    said = [*rows, *map(str, records), *capfd.readouterr()]
    assert "command_not_accepted" in said[-2]
    assert {"command", "kept_claim", "event", "parked_claim"} <= set(tables)
    assert [text[:100] for text in said if CANARY in text or CANARY.encode().hex() in text] == []
