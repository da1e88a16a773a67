"""The event store on a real Postgres: nothing is lost, nothing is written twice, and nobody changes what was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.contracts.envelope import Envelope, chain_hash, genesis
from shared.decider import NotYet, Rejected
from shared.eventstore import (
    Act,
    CommandKey,
    Decision,
    EventStore,
    NewEvent,
    Part,
    Recorded,
    States,
    Write,
    act,
    store,
)
from shared.eventstore.store import Answer, EventIdReusedError, Written
from shared.vault import Vault
from tests.stack import Stack
from tests.support.history import AT, MASTER_KEY, History, context, history, new, part, people, person, rows, write

GOLDEN = Path(__file__).parents[1] / "contracts" / "golden" / "chain.json"
PERSONAL = ("Zebedee Quixote-Marker", "zebedee.marker@example.org", "7654321")


@pytest.fixture
async def talent(stack: Stack, roles: Mapping[str, str], database: str) -> AsyncIterator[History]:
    async with history(stack, database) as made:
        yield made


def appended(count: int = 1) -> list[Written]:
    return [Written("appended")] * count


def conflict(stream: str, current: int) -> Written:
    return Written("conflict", stream, current)


def answer(id: str, outcome: str = "accepted", *, fingerprint: bytes = b"f", origin: str = "900001") -> Answer:
    receipt = json.dumps({"outcome": outcome}).encode()
    return Answer(CommandKey(origin, "/hr", id), fingerprint, outcome, receipt, AT)


# Appending


async def test_many_streams_are_appended_in_one_round_trip_with_one_outcome_each(talent: History) -> None:
    await talent.store.append([write("c", 0)])
    async with talent.pool.acquire() as connection:
        sent: list[str] = []
        with connection.query_logger(lambda query: sent.append(query.query)):
            written = await talent.on(connection).append(
                [write("a", 0, 3), Write([part("b", 0), part("d", 0, 2)]), write("c", 0), write("c", 1)]
            )

    assert len(sent) == 1
    assert written == [*appended(2), conflict("c", 1), *appended()]
    assert [len(await talent.events(stream)) for stream in "abcd"] == [3, 1, 2, 2]


async def test_a_write_is_taken_whole_or_not_at_all(talent: History) -> None:
    await talent.store.append([write("taken", 0)])

    written = await talent.store.append(
        [Write([part("first", 0), part("taken", 0), part("last", 0)]), write("other", 0)]
    )

    assert written == [conflict("taken", 1), *appended()]
    assert await talent.events("first") == await talent.events("last") == []
    assert len(await talent.events("other")) == 1


@pytest.mark.parametrize("expected", [0, 1, 3, 9])
async def test_an_expected_version_too_low_or_too_high_is_a_conflict_with_the_current_one(
    talent: History, expected: int
) -> None:
    await talent.store.append([write("s", 0, 2)])

    assert await talent.store.append([write("s", expected)]) == [conflict("s", 2)]
    assert len(await talent.events("s")) == 2


async def test_a_stream_that_does_not_exist_stands_at_0(talent: History) -> None:
    assert await talent.store.append([write("s", 4)]) == [conflict("s", 0)]
    assert await talent.store.append([write("s", 0)]) == appended()


async def test_a_part_without_events_only_checks_a_version(talent: History) -> None:
    await talent.store.append([write("seen", 0, 2)])

    stale, right = await talent.store.append(
        [Write([Part("seen", 1, []), part("a", 0)]), Write([Part("seen", 2, []), part("b", 0)])]
    )

    assert (stale, right) == (conflict("seen", 2), *appended())
    assert (len(await talent.events("a")), len(await talent.events("b"))) == (0, 1)


async def test_the_same_ids_at_the_same_versions_are_success_and_change_nothing(talent: History) -> None:
    sent = [Write([part("s", 0, 3)]), Write([part("t", 0, 2)])]
    await talent.store.append(sent)
    await talent.store.append([write("s", 3)])  # somebody else went on
    before = await talent.store.load(["s", "t"])

    assert await talent.store.append(sent) == appended(2)
    assert await talent.store.load(["s", "t"]) == before


async def test_the_same_ids_at_other_versions_are_no_repeat(talent: History) -> None:
    first, second = part("s", 0, 2).events
    await talent.store.append([Write([Part("s", 0, [first, second])])])

    swapped = await talent.store.append(
        [Write([Part("s", 0, [new("s", 1, second.envelope.id), new("s", 2, first.envelope.id)])])]
    )
    more = await talent.store.append([Write([Part("s", 0, [first, second, new("s", 3)])])])
    other = await talent.store.append([Write([Part("s", 0, [first, new("s", 2)])])])

    assert other == more == swapped == [conflict("s", 2)]


async def test_a_write_that_stands_in_part_is_a_conflict_and_not_a_success(talent: History) -> None:
    there = part("there", 0)
    await talent.store.append([Write([there])])

    assert await talent.store.append([Write([there, part("missing", 0)])]) == [conflict("there", 1)]
    assert await talent.store.append([Write([part("missing", 0), there])]) == [conflict("there", 1)]
    assert await talent.events("missing") == []


async def test_an_id_that_stands_elsewhere_is_an_alarm_and_the_batch_is_not_written(talent: History) -> None:
    id = uuid4()
    await talent.store.append([Write([Part("first", 0, [new("first", 1, id)])])])

    with pytest.raises(EventIdReusedError):
        await talent.store.append([write("good", 0), Write([Part("second", 0, [new("second", 1, id)])])])
    with pytest.raises(EventIdReusedError):
        await talent.store.append([Write([Part("first", 1, [new("first", 2, id)])])])

    assert await talent.events("good") == await talent.events("second") == []
    assert len(await talent.events("first")) == 1


async def test_a_stream_stands_several_times_in_a_batch(talent: History) -> None:
    written = await talent.store.append([write("s", 0, 2), write("s", 2), write("t", 0), write("s", 2), write("s", 3)])

    assert written == [*appended(3), conflict("s", 3), *appended()]
    assert [recorded.envelope.version for recorded in await talent.events("s")] == [1, 2, 3, 4]
    check_chain(await talent.events("s"))


async def test_an_event_that_names_another_version_than_it_would_get_is_not_written(talent: History) -> None:
    twice = [part("s", 0), part("s", 0)]

    for wrong in ([Part("s", 0, [new("s", 2)])], [Part("s", 0, [new("t", 1)])], twice):
        with pytest.raises(ValueError, match=r"names another|two parts"):
            await talent.store.append([Write(wrong)])

    assert await talent.events("s") == []


MIRRORED = (1, -1, 1, -1)


async def processes_append(talent: History, batches: Sequence[Sequence[Write]]) -> list[list[Written]]:
    """Each batch as a process of its own would: one process sends what it has together."""
    return await asyncio.gather(*(EventStore("talent", talent.store.pool).append(batch) for batch in batches))


async def test_batches_that_touch_streams_in_opposite_orders_do_not_deadlock(
    talent: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each batch races its mirror image; one of them wins each stream."""
    monkeypatch.setattr(store, "deadlock_tries", 1)
    names = [f"s{number}" for number in range(60)]
    await talent.store.append([write(name, 0) for name in names])

    for turn in range(30):
        batches = [[write(name, 1 + turn) for name in names][::step] for step in MIRRORED]
        await processes_append(talent, batches)

    assert {len(await talent.events(name)) for name in names} == {31}


async def test_batches_that_begin_streams_in_opposite_orders_do_not_deadlock(
    talent: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "deadlock_tries", 1)
    for turn in range(10):
        heads = [Write([Part(f"{turn}-{number}", 0, [])]) for number in range(600)]
        begun = await processes_append(talent, [heads[::step] for step in MIRRORED])
        assert {written.outcome for batch in begun for written in batch} == {"appended"}


async def test_batches_that_answer_the_same_commands_in_opposite_orders_get_by_one_another(talent: History) -> None:
    """Refusals write no stream whose lock would let one batch go first."""
    answers = [Write(answer=answer(f"c{number}", "refused")) for number in range(200)]

    both = await processes_append(talent, [answers, answers[::-1]])

    assert sorted(written.outcome for each in both for written in each) == ["appended"] * 200 + ["known"] * 200


# Privileges


FORGED = """insert into event (stream, version, id, type, meta, record, prev_hash, hash)
            select stream, 99, gen_random_uuid(), type, meta, record, prev_hash, hash from event limit 1"""
FORBIDDEN = [
    "update event set record = 'x'",
    "update event set stream = 'other' where version = 1",
    "delete from event",
    "truncate event",
    "truncate event, log cascade",
    FORGED,
    "update stream set version = 0",
    "delete from stream",
    "insert into stream values ('forged', 1, ''::bytea)",
    "update log set logindex = logindex + 1",
    "delete from log",
    "truncate log",
    "update command set outcome = 'accepted'",
    "delete from command",
    "insert into command values ('a', 'b', 'c', null, 'accepted', '', now())",
    "alter table event disable trigger event_is_history",
    "drop trigger event_is_history on event",
    "drop table event",
    "create table forged ()",
    "create temp table event ()",
    "create or replace function refuse_change() returns trigger language plpgsql as 'begin return null; end'",
]


async def test_the_services_role_can_change_nothing_that_was_written(talent: History) -> None:
    await talent.store.append([Write([part("s", 0, 2)], answer("a"))])
    before = await rows(talent.pool, "event", "stream", "command", "log")

    for statement in FORBIDDEN:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await talent.pool.execute(statement)

    assert await rows(talent.pool, "event", "stream", "command", "log") == before


async def test_not_even_the_owner_changes_history_by_mistake(talent: History) -> None:
    await talent.store.append([write("s", 0, 2)])
    owner = await asyncpg.connect(talent.owner_dsn, timeout=10)
    for statement in ("update event set record = 'x'", "delete from event", "truncate event", "delete from log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="history is never changed"):
            await owner.execute(statement)
    await owner.close()


async def test_nobody_else_may_append(talent: History, stack: Stack) -> None:
    database = talent.dsn.rpartition("/")[2]
    admin = await asyncpg.connect(f"{stack.postgres_dsn.rpartition('/')[0]}/{database}", timeout=10)
    try:
        for role in ("public", "cpd_app", "reporting_app"):
            signature = await admin.fetchval("select oid::regprocedure::text from pg_proc where proname = 'append'")
            assert not await admin.fetchval("select has_function_privilege($1, $2, 'execute')", role, signature)
    finally:
        await admin.close()


# The chain of hashes


def check_chain(events: list[Recorded]) -> None:
    previous = genesis
    for recorded in events:
        previous = chain_hash(previous, recorded.envelope.meta(), recorded.record)
        assert recorded.hash == previous


async def test_the_hash_in_postgres_is_the_hash_in_python(talent: History) -> None:
    odd = [new("s", 4, name=name) for name in ("A \\ 'quoted' \"name\"", "Ælfþryð \U0001d4b3 \u2028", "n" * 300)]
    odd = [replace(event, envelope=replace(event.envelope, version=n)) for n, event in enumerate(odd, start=3)]
    await talent.store.append([write("s", 0, 2), write("t", 0)])
    await talent.store.append([Write([Part("s", 2, odd)])])

    for stream, length in (("s", 5), ("t", 1)):
        check_chain(await talent.events(stream))
        stored = await talent.pool.fetch("select * from event where stream = $1 order by version", stream)
        assert [row["prev_hash"] for row in stored] == [genesis, *(row["hash"] for row in stored[:-1])]
        assert [chain_hash(row["prev_hash"], row["meta"], row["record"]) for row in stored] == [
            row["hash"] for row in stored
        ]
        head = await talent.pool.fetchrow("select version, hash from stream where name = $1", stream)
        assert head is not None
        assert tuple(head) == (length, stored[-1]["hash"])


async def test_a_fixed_event_has_the_pinned_meta_record_and_hash(talent: History) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    envelope = Envelope.of_meta(golden["meta"].encode())
    first = NewEvent(replace(envelope, id=UUID(int=1), version=1), golden["record"].encode())

    await talent.store.append([Write([Part(envelope.stream, 0, [first])])])
    await talent.store.append([Write([Part(envelope.stream, 1, [NewEvent(envelope, golden["record"].encode())])])])

    row = await talent.pool.fetchrow("select * from event where version = 2")
    assert row is not None
    assert row["meta"].decode() == golden["meta"]
    assert row["record"].decode() == golden["record"]
    assert row["prev_hash"].hex() == golden["prev_hash"]
    assert row["hash"].hex() == golden["hash"]


# From command to events


async def test_racing_clients_on_one_stream_lose_nothing(talent: History) -> None:
    """Sixteen clients, each with a store of its own, as processes have them."""
    clients, turns = 16, 8

    async def client(number: int) -> list[str]:
        statuses: list[str] = []
        for turn in range(turns):
            ref = f"{number}-{turn}"
            [outcome] = await talent.execute(act(people, "person-1", person(ref), context(ref, claim=ref.encode())))
            statuses.append(outcome.status)
        return statuses

    statuses = await asyncio.gather(*(client(number) for number in range(clients)))

    events = await talent.events("person-1")
    assert [status for each in statuses for status in each] == ["accepted"] * clients * turns
    assert [recorded.envelope.version for recorded in events] == list(range(1, clients * turns + 1))
    assert {recorded.event().staff_ref for recorded in events} == {
        f"{number}-{turn}" for number in range(clients) for turn in range(turns)
    }
    check_chain(events)


async def test_racers_for_one_place_give_it_to_one_of_them(talent: History) -> None:
    """A rule of uniqueness is a stream's name: the decision is made again on what is true after a lost race."""

    def once(ref: str) -> Act:
        def decide(states: States) -> Decision:
            if states["place-1"]:
                raise Rejected("taken", "Somebody has this place.")
            return {"place-1": [person(ref)]}

        return Act(context(ref), {"place-1": people}, decide)

    outcomes = await asyncio.gather(*(talent.execute(once(f"r{number}")) for number in range(16)))

    assert sorted(outcome.status for [outcome] in outcomes) == ["accepted", *["refused"] * 15]
    assert len(await talent.events("place-1")) == 1


async def test_a_repeated_command_gets_its_answer_again_and_changes_nothing(talent: History) -> None:
    first = act(people, "s", person("p"), context("c"))
    [accepted] = await talent.execute(first)
    await talent.execute(act(people, "s", person("q"), context("other")))
    before = await rows(talent.pool, "event", "command", "receipt_pending")

    [again] = await talent.execute(first)

    assert (accepted.status, accepted.streams) == ("accepted", {"s": 1})
    assert again == replace(accepted, status="duplicate")
    assert await rows(talent.pool, "event", "command", "receipt_pending") == before


async def test_a_command_sent_sixteen_times_at_once_happens_once(talent: History) -> None:
    outcomes = await asyncio.gather(*(talent.execute(act(people, "s", person("p"), context("c"))) for _ in range(16)))

    assert sorted(outcome.status for [outcome] in outcomes) == ["accepted", *["duplicate"] * 15]
    assert len(await talent.events("s")) == 1


async def test_the_same_command_twice_in_a_batch_happens_once(talent: History) -> None:
    same = act(people, "s", person("p"), context("c"))

    outcomes = await talent.execute(same, same, act(people, "s", person("q"), context("d")), same)

    assert [outcome.status for outcome in outcomes] == ["accepted", "duplicate", "accepted", "duplicate"]
    assert len(await talent.events("s")) == 2


async def test_an_id_with_other_content_is_refused_and_not_remembered(talent: History) -> None:
    await talent.execute(act(people, "s", person("p"), context("c", claim=b"one")))

    [reused] = await talent.execute(act(people, "s", person("q"), context("c", claim=b"two")))
    [again] = await talent.execute(act(people, "s", person("p"), context("c", claim=b"one")))

    assert (reused.status, reused.code) == ("refused", "id_reused")
    assert again.status == "duplicate"
    assert len(await talent.events("s")) == 1


async def test_another_origin_or_source_may_use_the_same_id(talent: History) -> None:
    asked = [
        context("c"),
        context("c", origin="900002"),
        replace(context("c"), key=CommandKey("900001", "/payroll", "c")),
    ]

    outcomes = await talent.execute(*(act(people, "s", person("p"), each) for each in asked))

    assert [outcome.status for outcome in outcomes] == ["accepted"] * 3
    assert len({recorded.envelope.id for recorded in await talent.events("s")}) == 3


def refusing(code: str) -> Any:
    def decide(_: States) -> Decision:
        raise Rejected(code, "This is not allowed.", field="/name")

    return decide


def waiting(_: States) -> Decision:
    raise NotYet("school_unknown", "This school is not known yet.", waits_for="school-1")


async def test_a_refusal_is_remembered_whatever_would_be_decided_now(talent: History) -> None:
    refused = Act(context("c"), {"s": people}, refusing("not_now"))
    [first] = await talent.execute(refused)

    [again] = await talent.execute(act(people, "s", person("p"), context("c")))

    assert (first.status, first.code, first.field) == ("refused", "not_now", "/name")
    assert again == first
    assert await talent.events("s") == []


async def test_a_parked_answer_stands_until_a_redrive_and_is_replaced_once(talent: History) -> None:
    [parked] = await talent.execute(Act(context("c"), {"s": people}, waiting))
    decided = act(people, "s", person("p"), context("c"))
    redriven = replace(decided, context=replace(decided.context, redrive=True))

    [still] = await talent.execute(decided)
    [waits] = await talent.execute(Act(redriven.context, {"s": people}, waiting))
    [accepted] = await talent.execute(redriven)
    [after] = await talent.execute(redriven)

    assert still == waits == parked
    assert (parked.status, parked.waits_for) == ("parked", "school-1")
    assert (accepted.status, after.status) == ("accepted", "duplicate")
    assert len(await talent.events("s")) == 1
    assert await talent.pool.fetchval("select outcome from command") == "accepted"


async def test_an_answer_that_is_known_comes_before_a_conflict(talent: History) -> None:
    sent = Write([part("s", 0)], answer("c"))
    await talent.store.append([sent])
    await talent.store.append([write("s", 1)])

    decided_again = Write([part("s", 0)], answer("c"))  # by somebody who read before both
    [written] = await talent.store.append([decided_again])

    assert (written.outcome, written.known and written.known.receipt) == ("known", sent.answer and sent.answer.receipt)
    assert len(await talent.events("s")) == 2


@pytest.mark.parametrize("last", ["accepted", "refused", "parked"])
async def test_an_answer_that_was_being_written_meanwhile_stands(talent: History, last: str) -> None:
    """Neither has seen the other's answer when it begins, and their streams do not keep them apart."""
    async with talent.pool.acquire() as connection, connection.transaction():
        await talent.on(connection).append([Write([part("first", 0)], answer("c", last))])
        second = asyncio.create_task(talent.store.append([Write([part("second", 0)], answer("c", "parked"))]))
        await asyncio.wait([second], timeout=0.3)
        assert not second.done()

    [written] = await second

    assert (written.outcome, written.known and written.known.outcome) == ("known", last)
    assert await talent.events("second") == []
    assert await talent.pool.fetchval("select outcome from command") == last


@pytest.mark.parametrize("last", ["accepted", "refused"])
async def test_a_last_answer_is_never_replaced(talent: History, last: str) -> None:
    decision = (lambda _: {"s": [person("p")]}) if last == "accepted" else refusing("no")
    await talent.execute(Act(context("c"), {"s": people}, decision))

    redriven = Act(context("c", redrive=True), {"s": people}, lambda _: {"s": [person("q")]})
    [again] = await talent.execute(redriven)
    [written] = await talent.store.append([Write([part("t", 0)], answer("c", "accepted"))])

    assert again.status == ("duplicate" if last == "accepted" else "refused")
    assert (written.outcome, written.known and written.known.outcome) == ("known", last)
    assert await talent.events("t") == []


async def test_a_batch_with_one_stream_many_times_is_decided_in_its_order(talent: History) -> None:
    acts = [act(people, f"s{number % 3}", person(f"p{number}"), context(f"c{number}")) for number in range(30)]

    outcomes = await talent.execute(*acts)

    assert [outcome.status for outcome in outcomes] == ["accepted"] * 30
    for stream in range(3):
        refs = [recorded.event().staff_ref for recorded in await talent.events(f"s{stream}")]
        assert refs == [f"p{number}" for number in range(30) if number % 3 == stream]


async def test_a_later_command_of_a_batch_sees_what_an_earlier_one_did(talent: History) -> None:
    def counted(states: States) -> Decision:
        return {"copy": [person(f"{len(states['s'])}-before")]}

    looking = Act(context("look"), {"s": people, "copy": people}, counted, writes=frozenset({"copy"}))
    await talent.execute(
        act(people, "s", person("a"), context("1")), looking, act(people, "s", person("b"), context("2"))
    )

    [copied] = await talent.events("copy")
    assert copied.event().staff_ref == "1-before"


async def test_a_version_that_the_sender_insists_on_is_not_decided_again(talent: History) -> None:
    await talent.execute(act(people, "s", person("a"), context("1")))
    insisting = replace(act(people, "s", person("b"), context("2")), expected={"s": 0})

    [conflicting] = await talent.execute(insisting)
    [right] = await talent.execute(replace(insisting, expected={"s": 1}))

    assert (conflicting.status, conflicting.code, conflicting.current_version) == ("conflict", "version_conflict", 1)
    assert right.status == "accepted"


async def test_an_events_id_follows_from_its_command(talent: History) -> None:
    def two(_: States) -> Decision:
        return {"s": [person("a"), person("b")], "t": [person("c")]}

    asked = context("c", happened_at=AT - timedelta(days=3), causation_id="because")
    await talent.execute(Act(asked, {"s": people, "t": people}, two))

    events = [*(await talent.events("s")), *(await talent.events("t"))]
    ids = [str(recorded.envelope.id) for recorded in events]
    assert ids == [
        "4c1c2261-dfeb-5106-9470-5c1311a7e68d",
        "3dbdc0c8-c99f-59dc-b5c1-37824763ef05",
        "a054a02e-4a5b-592a-8cfe-c534d12608fd",
    ]
    assert {recorded.envelope.happened_at for recorded in events} == {asked.happened_at}
    assert {recorded.envelope.causation_id for recorded in events} == {"because"}


# Personal data


async def test_personal_texts_stand_in_clear_in_no_row(talent: History) -> None:
    name, email, trn = PERSONAL
    somebody = replace(person("p"), name=name, email=email, trn=trn)
    claim = json.dumps(PERSONAL).encode()
    await talent.execute(act(people, "s", somebody, context("1", claim=claim, publish=True)))
    await talent.execute(Act(context("2", claim=claim, publish=True), {"s": people}, refusing("no")))
    await talent.execute(Act(context("3", claim=claim, publish=True), {"s": people}, waiting))

    tables = await talent.pool.fetch(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    everything = await rows(talent.pool, *(row["relname"] for row in tables))

    assert len(everything["event"]) == 1
    for table, found in everything.items():
        text = b"\n".join(value if isinstance(value, bytes) else repr(value).encode() for row in found for value in row)
        for personal in PERSONAL:
            assert personal.encode() not in text, f"{table} has a personal text in clear"
    [recorded] = await talent.events("s")
    keys = await talent.vault.existing_keys([f"person:{somebody.person_id}"])
    [key] = keys.by_subject.values()
    assert key.open(recorded.event().name, f"s\n{recorded.envelope.id}\nname") == name


async def test_keys_that_are_needed_at_once_are_made_in_few_commits_and_one_for_a_subject(talent: History) -> None:
    """By sixteen callers in each of two processes, which want the same."""
    processes = [talent.vault, Vault(talent.store.service, talent.pool, MASTER_KEY)]
    wanted = [[f"stream:{n}", f"stream:{n + 1}", "stream:everybodys"] for n in range(16)]

    found = await asyncio.gather(*(vault.keys(subjects) for subjects in wanted for vault in processes))

    assert [sorted(keys.by_subject) for keys in found] == [sorted(some) for some in wanted for _ in processes]
    made = await talent.pool.fetch("select subject, key_id, xmin::text as commit from subject_key")
    assert {(subject, key.id) for keys in found for subject, key in keys.by_subject.items()} == {
        (row["subject"], row["key_id"]) for row in made
    }
    assert len(made) == 18
    assert len({row["commit"] for row in made}) <= 2 * len(wanted) / 4


async def test_what_is_erased_meanwhile_is_refused_and_the_others_go_on(talent: History) -> None:
    await talent.execute(act(people, "s", person("gone"), context("1")))
    owner = await asyncpg.connect(talent.owner_dsn, timeout=10)
    await owner.execute("update subject_key set wrapped = null, erased_at = now()")
    await owner.close()
    talent.vault._cache.clear()

    gone, there = await talent.execute(
        act(people, "s", person("gone"), context("2")), act(people, "t", person("there"), context("3"))
    )

    assert (gone.status, gone.code) == ("refused", "person_erased")
    assert there.status == "accepted"
    assert (len(await talent.events("s")), len(await talent.events("t"))) == (1, 1)


async def test_a_store_reads_its_log_in_order_from_any_place(talent: History) -> None:
    await talent.store.append([write(f"s{number}", 0, 2) for number in range(5)])
    await talent.pool.execute("insert into log select position - 1, position from pending")

    assert [recorded.logindex for recorded in await talent.store.read_log(3, 4)] == [3, 4, 5, 6]
    assert await talent.store.read_log(10, 4) == []
    assert isinstance(talent.store, EventStore)


async def test_nobody_writes_into_another_trusts_stream_by_knowing_its_id(talent: History) -> None:
    first = act(people, "s", person("p"), context("1"))
    other = replace(context("2"), trustuid="99002")
    await talent.execute(first)

    [outcome] = await talent.execute(act(people, "s", person("q"), other))

    assert (outcome.status, outcome.code) == ("refused", "not_your_trust")
    assert len(await talent.events("s")) == 1


async def test_another_trusts_stream_is_as_if_there_were_none(talent: History) -> None:
    await talent.execute(act(people, "s", person("p"), context("1")))
    seen = []

    def look(states: States) -> Decision:
        seen.append((states["s"] == people.initial, len(states.recorded("s"))))
        return {}

    for number, trustuid in enumerate(("99001", "99002"), start=2):
        looking = Act(replace(context(str(number)), trustuid=trustuid), {"s": people}, look)
        [conflict] = await talent.execute(replace(looking, expected={"s": 7}))
        await talent.execute(looking)
        assert conflict.current_version == (1 if trustuid == "99001" else 0)

    assert seen == [(False, 1), (True, 0)]
