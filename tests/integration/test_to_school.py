"""What schools are told over Kafka: each school what is for it, opened, in the log's order, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from services.collaboration.domain.item import item_stream
from services.collaboration.domain.reminder import reminder_stream
from shared.contracts.collaboration.bookkeeping import RecordVoided
from shared.contracts.collaboration.loop import ReminderSent
from shared.contracts.schemas import opened_schema
from shared.sequencer import Deposed
from tests.stack import Stack
from tests.support.kafka import admit
from tests.support.process import place_of
from tests.support.told import MARKER, Service, headers, read, revoke, service, some_urn, types
from tests.support.writer import COLLABORATION, TRUST, Place

ITEM = ["CycleOpened", "FocusAreaSet", "StandardAgendaItemIssued"]


here = place_of(COLLABORATION)


@pytest.fixture
async def trust(here: Place) -> AsyncIterator[Service]:
    async with service(here) as made:
        yield made


async def test_each_school_reads_what_is_for_it_and_nothing_else(stack: Stack, trust: Service) -> None:
    ours, theirs, not_admitted = some_urn(), some_urn(), some_urn()
    await admit(stack.kafka, ours, theirs)
    topics = trust.topics(stack.kafka)
    await topics.turn()

    await trust.asks(ours, not_admitted)
    await trust.answers(ours)
    await trust.answers(not_admitted)
    await trust.answers(theirs, response="Thank you.")
    sent = ReminderSent(
        reminder_id=uuid4(), trustuid=TRUST, urn=ours, item_id=uuid4(), channel="phone", sent_at=datetime.now(UTC)
    )
    await trust.records(reminder_stream(sent.reminder_id), sent)
    await topics.turn()
    await topics.stop()

    mine = await read(stack.kafka, ours, 6)
    assert types(mine) == [*ITEM, "TrustAcknowledged", "TrustResponseGiven", "ReminderSent"]
    assert json.loads(mine[4].value or b"")["response"] == MARKER
    assert {headers(record)["ce_toschool"] for record in mine} == {ours}
    numbers = [int(headers(record)["ce_logindex"]) for record in mine]
    assert numbers == sorted(numbers)
    assert types(await read(stack.kafka, theirs, 2)) == ["TrustAcknowledged", "TrustResponseGiven"]


async def test_it_is_the_event_itself_with_its_texts_in_clear(stack: Stack, trust: Service) -> None:
    urn = some_urn()
    await admit(stack.kafka, urn)
    stream = await trust.answers(urn)
    topics = trust.topics(stack.kafka)
    await topics.turn()
    await topics.stop()

    _, told = await read(stack.kafka, urn, 2)

    loaded, _ = await trust.store.load([stream])
    event = loaded[stream].events[1]
    attributes = {name.removeprefix("ce_"): text for name, text in headers(told).items() if name.startswith("ce_")}
    for name, value in json.loads(event.meta).items():
        if name != "datacontenttype":
            assert attributes[name] == str(value), name
    assert (told.key or b"").decode() == stream
    stored, content = json.loads(event.record), json.loads(told.value or b"")
    assert stored.pop("response").startswith("sealed:")
    assert content.pop("response") == MARKER
    assert content == stored


async def test_a_leader_who_was_deposed_tells_again_and_nothing_is_lost(stack: Stack, trust: Service) -> None:
    urn = some_urn()
    await admit(stack.kafka, urn)
    topics = trust.topics(stack.kafka)
    await topics.turn()
    await trust.answers(urn)
    rival = await trust.rival()

    with pytest.raises(Deposed):  # Kafka has it, and its place in the log has not moved
        await topics.turn()
    await topics.stop()
    successor = replace(trust, sequencer=rival).topics(stack.kafka)
    await successor.turn()
    await successor.turn()
    await successor.stop()

    records = await read(stack.kafka, urn, 4)
    assert types(records) == ["TrustAcknowledged", "TrustResponseGiven"] * 2
    assert len({headers(record)["ce_id"] for record in records}) == 2


async def test_who_does_not_lead_tells_nobody(stack: Stack, trust: Service) -> None:
    urn = some_urn()
    await admit(stack.kafka, urn)
    await trust.answers(urn)
    trust.sequencer.state.leading = False

    topics = trust.topics(stack.kafka)
    await topics.turn()

    assert await read(stack.kafka, urn, 0) == []
    trust.sequencer.state.leading = True
    await topics.turn()
    await topics.stop()
    await read(stack.kafka, urn, 2)


async def test_what_was_erased_says_so(stack: Stack, trust: Service, here: Place) -> None:
    urn = some_urn()
    await admit(stack.kafka, urn)
    stream = await trust.answers(urn)
    owner = await asyncpg.connect(here.vault_owner_dsn, timeout=10)
    await owner.execute(
        "update subject_key set wrapped = null, erased_at = now() where subject = $1", f"stream:{stream}"
    )
    await owner.close()
    trust.resources.vault._cache.clear()  # a minute later

    topics = trust.topics(stack.kafka)
    await topics.turn()
    await topics.stop()

    _, told = await read(stack.kafka, urn, 2)
    assert json.loads(told.value or b"")["response"] == "This text was erased."


async def test_what_turned_out_to_be_wrong_is_told_to_who_was_told_it(stack: Stack, trust: Service) -> None:
    ours, theirs = some_urn(), some_urn()
    await admit(stack.kafka, ours, theirs)
    item_id = await trust.asks(ours)
    loaded, _ = await trust.store.load([item_stream(item_id)])
    issued = loaded[item_stream(item_id)].events[0]
    voided = RecordVoided(event_id=issued.envelope.id, event_type=issued.type, version=1, reason="Twice the same.")
    await trust.records(item_stream(item_id), voided)

    topics = trust.topics(stack.kafka)
    await topics.turn()
    await topics.stop()

    records = await read(stack.kafka, ours, 4)
    assert types(records) == [*ITEM, "RecordVoided"]
    assert json.loads(records[3].value or b"")["reason"] == "Twice the same."
    assert await read(stack.kafka, theirs, 0) == []


async def test_a_school_that_is_admitted_later_is_told_first_what_is_open(stack: Stack, trust: Service) -> None:
    urn, other = some_urn(), some_urn()
    item_id = await trust.asks(urn)
    topics = trust.topics(stack.kafka)
    await topics.turn()
    await trust.hears(item_id)

    await admit(stack.kafka, urn, other)
    topics._looked_at = 0.0  # some seconds later
    await topics.turn()
    topics._looked_at = 0.0
    await topics.turn()
    await topics.stop()

    assert types(await read(stack.kafka, urn, 3)) == ITEM
    assert await read(stack.kafka, other, 0) == []


async def test_a_school_that_is_admitted_again_is_told_again_what_is_open(stack: Stack, trust: Service) -> None:
    urn = some_urn()
    await trust.hears(await trust.asks(urn))
    topics = trust.topics(stack.kafka)
    await topics.turn()
    await admit(stack.kafka, urn)
    topics._looked_at = 0.0  # some seconds later
    await topics.turn()
    await read(stack.kafka, urn, 3)

    await revoke(stack.kafka, urn)
    topics._looked_at = 0.0
    await topics.turn()
    await admit(stack.kafka, urn)
    topics._looked_at = 0.0
    await topics.turn()
    await topics.stop()

    assert types(await read(stack.kafka, urn, 3)) == ITEM


async def test_a_school_that_goes_by_two_urns_for_a_time_reads_it_at_both(stack: Stack, trust: Service) -> None:
    old, new = some_urn(), some_urn()
    await trust.succeeds(old, new)
    await admit(stack.kafka, old, new)
    topics = trust.topics(stack.kafka)
    await topics.turn()

    await trust.asks(old)
    await trust.answers(new)
    await topics.turn()
    await topics.stop()

    for urn in (old, new):
        records = await read(stack.kafka, urn, 5)
        assert types(records) == [*ITEM, "TrustAcknowledged", "TrustResponseGiven"]
        assert {headers(record)["ce_toschool"] for record in records} == {urn}


async def test_under_its_new_urn_a_school_is_told_what_was_asked_under_the_old(stack: Stack, trust: Service) -> None:
    old, new = some_urn(), some_urn()
    await trust.hears(await trust.asks(old))
    topics = trust.topics(stack.kafka)
    await topics.turn()
    await trust.succeeds(old, new)

    await admit(stack.kafka, new)
    topics._looked_at = 0.0  # some seconds later
    await topics.turn()
    await topics.stop()

    assert types(await read(stack.kafka, new, 3)) == ITEM


def test_a_clear_text_fits_the_schema_that_is_documented_for_it() -> None:
    response = opened_schema("uk.mat.collaboration.TrustResponseGiven.v1")["properties"]["response"]

    assert response == {"type": "string", "minLength": 1, "maxLength": 4000, "x-personal": {"subject": None}}
