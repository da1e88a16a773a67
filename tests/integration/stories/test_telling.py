"""What a school's system is told while the whole service runs: items, and the trust's answers."""

from __future__ import annotations

import json
from typing import Any

from shared.messaging import to_school_topic
from tests.integration.stories.conftest import HERE, THERE, Trust
from tests.integration.stories.looping import agenda, answers, asks
from tests.support.kafka import admit
from tests.support.receiver import receiving
from tests.support.told import headers
from tests.support.writer import until

ITEM = ["CycleOpened", "FocusAreaSet", "StandardAgendaItemIssued"]


async def says(trust: Trust, item_id: str, meeting_id: str, response: str) -> None:
    """The trust answers a school's answer."""
    said = {"item_id": item_id, "urn": HERE, "meeting_id": meeting_id}
    await trust.does("collaboration", f"/answers/{item_id}/{HERE}/acknowledge", said)
    await trust.does("collaboration", f"/answers/{item_id}/{HERE}/respond", {**said, "response": response})


async def test_a_school_that_is_admitted_reads_what_is_open_and_then_what_the_trust_says(trust: Trust) -> None:
    asked = await asks(trust)
    await agenda(trust, asked)
    place = trust.writers["collaboration"].place
    await admit(place.kafka.bootstrap, HERE, THERE)

    async def read(urn: str) -> list[tuple[str, Any]]:
        """What a school was told of this item and its focus area."""
        found = [
            (headers(record), json.loads(record.value or b"")) for record in await place.records(to_school_topic(urn))
        ]
        ours = {asked.item_id, asked.focus_id, asked.cycle}
        return [
            (attributes["ce_type"].split(".")[3], content)
            for attributes, content in found
            if ours & {content.get("item_id"), content.get("focus_id"), content.get("cycle")}
        ]

    async def is_told(urn: str, count: int) -> list[tuple[str, Any]] | None:
        found = await read(urn)
        return found if len(found) >= count else None

    await until(lambda: is_told(HERE, 3))
    meeting_id = await answers(trust, asked.item_id)
    await says(trust, asked.item_id, meeting_id, "Our reading adviser comes on Tuesdays.")

    told = await until(lambda: is_told(HERE, 5))
    assert [name for name, _ in told] == [*ITEM, "TrustAcknowledged", "TrustResponseGiven"]
    assert told[-1][1]["response"] == "Our reading adviser comes on Tuesdays."
    assert [name for name, _ in await read(THERE)] == ITEM


async def test_a_school_is_posted_the_same_and_finds_the_key_that_it_is_signed_with(trust: Trust) -> None:
    collaboration = trust.writers["collaboration"]
    async with receiving() as receiver:
        await collaboration.place.fetchval(
            "insert into webhook (id, urn, url) values (gen_random_uuid(), $1, $2)", HERE, receiver.url()
        )
        asked = await asks(trust)
        meeting_id = await answers(trust, asked.item_id)
        await says(trust, asked.item_id, meeting_id, "Well done.")

        async def responded() -> bool:
            return any(got.event["data"].get("response") == "Well done." for got in receiver.got)

        await until(responded)
        await collaboration.place.fetchval("delete from webhook")

    keys = (await collaboration.client.get("/.well-known/jwks.json")).json()["keys"]
    assert f'keyid="{keys[0]["kid"]}"' in receiver.got[-1].headers["signature-input"]
    assert 'baton_webhook_posts_total{outcome="taken"' in (await collaboration.client.get("/metrics")).text
    assert "toSchool" in (await collaboration.client.get("/asyncapi.json")).json()["channels"]
