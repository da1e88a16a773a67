"""The same read models from the ledger, the services' stores and Kafka; and what is said where they are not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime

import asyncpg
import pytest

from deploy.exporting import history as exporting
from deploy.exporting.history import as_line
from services.reporting.known import Known
from services.reporting.read_models import live
from services.reporting.read_models.as_of import AsOf
from services.reporting.receipts import Figures, Receipt
from shared import messaging
from shared.contracts import codec
from shared.messaging import Delivered, Message
from shared.sequencer import Sequencer
from shared.vault import ErasedSubjectError, Vault
from tests.conftest import MakeTopic
from tests.stack import Stack
from tests.support.history import MASTER_KEY
from tests.support.kept import Kept, kept, late_and_redelivered

MODELS = ("loop", "people", "calendar", "reviews", "support")


@pytest.fixture
async def history(
    stack: Stack, roles: Mapping[str, str], read_models: str, make_topic: MakeTopic
) -> AsyncIterator[Kept]:
    async with kept(stack, read_models, make_topic) as made:
        yield made


async def test_the_ledger_the_stores_and_kafka_give_the_same_tables_at_any_moment(history: Kept) -> None:
    arriving = late_and_redelivered(history.events)
    await history.publish(arriving)

    event = history.events[len(history.events) // 2]
    at_event = AsOf(event.envelope.time, (event.envelope.service, event.logindex))

    for moment, shown in (
        (history.at(0.4), {"as_of"}),
        (at_event, {"as_of"}),
        (history.at(1.0), {"as_of", "live"}),
    ):
        found = [await history.replay(source, moment, *MODELS) for source in ("ledger", "store", "kafka")]

        assert [one.outcome for one in found] == ["equal"] * 3, [one.content() for one in found]
        assert found[0].models == found[1].models == found[2].models
        assert all(set(model.compared) == shown for model in found[0].models)
        assert all(any(rows.rows for rows in model.tables.values()) for model in found[0].models)
        assert found[0].position == found[1].position == found[2].position
        assert [one.repeats for one in found] == [0, 0, len(arriving) - len(history.events)]
    assert not await history.reporting.fetchval("select count(*) from pg_namespace where nspname like 'replay%'")


async def test_what_reporting_shows_otherwise_is_named_by_its_key(history: Kept) -> None:
    schema = (await live.schemas(history.reporting, ["loop"]))["loop"]
    changed = await history.reporting.fetchval(
        f"""update "{schema}".focus_area set title = 'another' where focus_id =
            (select focus_id from "{schema}".focus_area limit 1) returning focus_id::text"""
    )

    found = await history.replay("store", history.at(1.0), "loop")

    assert found.outcome == "different"
    assert found.models[0].compared["as_of"] == []
    [difference] = found.models[0].compared["live"]
    assert (difference.table, difference.rows) == ("focus_area", 1)
    assert difference.first == [{"key": {"focus_id": changed}, "in": "both"}]


async def test_a_truncated_store_refuses_to_publish_and_what_it_lacks_is_said(
    history: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await history.publish(history.events)
    size = {service: len(await store.log()) for service, store in history.stores.items()}
    for service in ("talent", "cpd"):
        end = f"logindex >= {size[service] - 4}"
        await history.alter(
            service,
            f"delete from event where position in (select position from log where {end})",
            f"delete from log where {end}",
        )
    await history.reporting.execute(  # and what only a checkpoint knows of any more
        "insert into checkpoint (service, size, root, note, heard_at) values ('cpd', $1, '', '', now())", size["cpd"]
    )
    await history.reporting.execute("delete from ledger where service = 'cpd' and logindex >= $1", size["cpd"] - 3)
    monkeypatch.setattr(messaging, "events_topic", history.topics.__getitem__)
    why = await Sequencer(history.stores["cpd"].store, history.kafka)._truncated()

    found = await history.replay("store", history.at(1.0), "loop")

    assert f"this log has {size['cpd'] - 4} events, and lacks those from {size['cpd'] - 4} to {size['cpd'] - 1}" in str(
        why
    )
    assert found.missing == {service: [(size[service] - 4, size[service] - 1)] for service in ("cpd", "talent")}
    assert found.outcome != "equal"
    seen = {"talent": f"{{[0,{size['talent'] - 1})}}"}
    assert (await history.replay("store", receipt(seen, found.as_of), "people")).missing == {
        "talent": [(size["talent"] - 4, size["talent"] - 2)]
    }
    assert (await history.replay("store", history.at(0.4), "loop")).missing == {
        "cpd": [(size["cpd"] - 3, size["cpd"] - 1)]
    }


async def test_what_a_topic_lacks_contradicts_or_garbles_is_said(history: Kept) -> None:
    [gone, altered] = history.events[5:7]
    other = replace(altered, record=altered.record.replace(b"{", b'{"x":1,', 1))
    garbage = Message(history.topics["cpd"], b"k", b"{}", ())
    await history.publish([event for event in history.events if event is not gone] + [other], garbage)

    found = await history.replay("kafka", history.at(1.0), "support")

    assert found.missing == {gone.envelope.service: [(gone.logindex, gone.logindex)]}
    assert found.contradicting == [_named(altered)]
    assert len(found.unreadable) == 1
    assert found.unreadable[0].startswith(f"{history.topics['cpd']} ")
    assert found.outcome == "unclear"


async def test_what_reporting_has_parked_is_left_out_and_named(history: Kept) -> None:
    last = history.events[-1]
    await history.reporting.execute(
        "update ledger set parked = true where service = $1 and logindex = $2", last.envelope.service, last.logindex
    )

    found = await history.replay("store", history.at(1.0), *MODELS)

    assert found.parked == [_named(last)]
    assert [model.compared["as_of"] for model in found.models] == [[]] * len(MODELS)


async def test_after_an_erasure_the_tables_are_equal_and_the_markers_are_named(history: Kept) -> None:
    key = await history.stores["talent"].pool.fetchval("select key_id from subject_key where subject like 'person:%'")
    sealed = [_named(event) for event in history.events if f"sealed:1:{key.hex}:".encode() in event.record]
    before = await history.replay("store", history.at(1.0), *MODELS)
    await history.alter("talent", f"update subject_key set wrapped = null, erased_at = now() where key_id = '{key}'")

    found = [await history.replay(source, history.at(1.0), *MODELS) for source in ("ledger", "store")]

    assert before.erased == []
    assert sealed
    assert [sorted(one.erased) for one in found] == [sorted(sealed)] * 2
    assert [(one.outcome, one.models) for one in found] == [("equal", before.models)] * 2


async def test_while_people_are_erased_each_text_is_there_whole_or_its_marker(history: Kept) -> None:
    """Replays and exports run into erasures; an evidence pack has an export's lines, and reads them alike."""
    await history.publish(history.events)
    vault = history.stores["talent"].vault
    by_key = await _told_of(history)
    subjects = sorted(by_key, key=lambda subject: (-len(by_key[subject]), subject))[:6]
    before = await history.replay("store", history.at(1.0), *MODELS)
    lines, texts = await _exported(history), await _opened(history)
    gone = set[str]()

    for subject, source in zip(subjects, ("ledger", "store", "kafka") * 2, strict=True):
        replayed, exported, opened, _ = await asyncio.gather(
            history.replay(source, history.at(1.0), *MODELS),
            _exported(history),
            _opened(history),
            vault.erase([subject], "request"),
        )

        assert (replayed.outcome, replayed.models) == ("equal", before.models)
        assert exported == lines
        named = set[str]().union(*(by_key[one] for one in gone))
        assert set(replayed.erased) in (named, named | by_key[subject])
        for (of, place), text in opened.items():
            plain = texts[of, place]
            assert text in ([ERASED] if of in gone else [plain, ERASED] if of == subject else [plain])
        gone.add(subject)

    last = await history.replay("ledger", history.at(1.0), *MODELS)
    assert set(last.erased) == {event for subject in subjects for event in by_key[subject]}
    assert {of for (of, _), text in (await _opened(history)).items() if text == ERASED} == set(subjects)


ERASED = "erased"


async def _told_of(history: Kept) -> dict[str, set[str]]:
    """Of each subject that has a key, the events that have a text of theirs."""
    rows = await history.stores["talent"].pool.fetch("select subject, key_id from subject_key")
    named = {row["key_id"].hex: row["subject"] for row in rows}
    found: dict[str, set[str]] = {}
    for event in history.events:
        for key in re.findall(rb'"sealed:1:([0-9a-f]{32}):', event.record):
            found.setdefault(named[key.decode()], set()).add(_named(event))
    return found


async def _exported(history: Kept) -> list[bytes]:
    """What an export of all stores has."""
    found = []
    for of in history.stores.values():
        connection = await asyncpg.connect(of.dsn, timeout=10)
        try:
            found += [as_line(event) async for event in exporting.events(connection, exporting.Filter())]
        finally:
            await connection.close()
    return found


async def _opened(history: Kept) -> dict[tuple[str, str], str]:
    """Every text of every event by its subject and place, as somebody reads it who remembers no key."""
    of, found = history.stores["talent"], {}
    vault = Vault("talent", of.pool, MASTER_KEY)
    for event in history.events:
        told, envelope = codec.decode(event.envelope.type, event.record), event.envelope
        subjects = codec.subjects(told, envelope.stream)
        keys = await vault.existing_keys(subjects.values())
        for field, subject in subjects.items():
            place = codec.place(envelope.stream, str(envelope.id), field)
            try:
                found[subject, place] = keys.open(subject, getattr(told, field), place)
            except ErasedSubjectError:
                found[subject, place] = ERASED
    return found


def receipt(seen: Mapping[str, str], at: str) -> AsOf:
    """The moment of a receipt for figures behind which these events were."""
    judged_at = datetime.fromisoformat(at)
    return AsOf.of(Receipt("0000-0000", Figures("posts", {}, None, Known({}, seen), judged_at), 0, "", judged_at))


def _named(event: Delivered) -> str:
    return f"{event.envelope.service}/{event.logindex}"
