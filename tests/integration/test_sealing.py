"""Sealing on a real Postgres and Kafka: whoever leads, one root for a size, and every proof of it holds."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from prometheus_client import REGISTRY

from deploy.description import TopicDescription
from deploy.topics import ensure_topics
from shared import sealing as package
from shared.identity import Role
from shared.messaging import Cluster, checkpoints_topic, events_topic
from shared.sealing import Sealing, read_unsealed, sealing
from shared.sealing.note import notes_in, read_note
from shared.sealing.tree import consistency, inclusion
from shared.sequencer import Sequencer
from tests.stack import Stack, unique
from tests.support.history import APP, AT, History, history, rows, write
from tests.support.writer import TRUST, TRUST_REF, inside, joining, place
from verifier.checkpoint import Checkpoint
from verifier.checkpoint import checkpoints as in_file
from verifier.note import Key
from verifier.tree import Tree, extends, includes, leaf_hash, root_of

DEAD = Cluster("127.0.0.1:1")


@pytest.fixture
async def talent(stack: Stack, roles: Mapping[str, str], database: str) -> AsyncIterator[History]:
    """A writer with a tree, whose name is this test's alone."""
    async with history(stack, database, package.schema(APP), service=unique("talent")) as made:
        yield made


async def leader(talent: History, directory: Path | None = None, cluster: Cluster = DEAD) -> Sealing:
    """A sealing whose process holds the lease and has seen that its log is whole; it does nothing by itself."""
    sequencer = Sequencer(talent.store, cluster)
    sequencer.state.leading = sequencer.state.checked = await sequencer._acquire()
    return Sealing(sequencer, talent.vault, talent.clock, cluster, "test.example", directory)


async def grow(stack: Stack, talent: History, count: int) -> None:
    """More events in the log, as if they had been appended and numbered: quick, and with hashes of their own."""
    await as_superuser(
        stack,
        talent,
        f"""with made as (
               insert into event (stream, version, id, type, meta, record, prev_hash, hash)
               select '{unique("s")}', n, gen_random_uuid(), 'x', '', '', sha256(''),
                      sha256(gen_random_uuid()::text::bytea)
               from generate_series(1, {count}) n returning position
           ) insert into log select (select count(*) from log) + row_number() over (order by position) - 1, position
             from made""",
    )


async def seal(one: Sealing) -> None:
    """Seal whatever there is, now."""
    one._sealed_at = -sealing.every_seconds
    while await one._seal():
        pass


def refused(one: Sealing) -> str:
    return one.state.refused or ""


async def leaves(talent: History) -> list[bytes]:
    """The hashes of the leaves, as the verifier makes them."""
    return [leaf_hash(event.hash) for event in await talent.log()]


async def checkpoints(talent: History) -> list[tuple[int, bytes]]:
    rows = await talent.pool.fetch("select size, root from checkpoint order by size")
    return [(row["size"], row["root"]) for row in rows]


async def until(holds: Callable[[], Awaitable[Any]], what: str, within: float = 30) -> None:
    deadline = time.monotonic() + within
    while not await holds():
        assert time.monotonic() < deadline, f"{what} did not come within {within} s"
        await asyncio.sleep(0.05)


async def as_superuser(stack: Stack, talent: History, *statements: str) -> None:
    """What only somebody does who is past all rights and triggers."""
    name = talent.dsn.rpartition("/")[2].partition("?")[0]
    connection = await asyncpg.connect(stack.postgres_dsn.rpartition("/")[0] + "/" + name, timeout=10)
    try:
        await connection.execute("set session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_every_checkpoint_is_the_naive_trees_and_is_signed_as_c2sp_has_it(stack: Stack, talent: History) -> None:
    one = await leader(talent)
    for count in (1, 2, 252, 1, 1, 300, 255, 700):
        await grow(stack, talent, count)
        await seal(one)

    hashes, signer = await leaves(talent), await one.signer()
    found = await talent.pool.fetch("select * from checkpoint order by size")
    assert [row["size"] for row in found] == [1, 3, 255, 256, 257, 557, 812, 1512]
    key = Key.of(signer.verifier_key)
    for row in found:
        read = Checkpoint.of(row["note"])
        assert (read.origin, read.size) == (f"test.example/{talent.store.service}", row["size"])
        assert read.root == row["root"] == root_of(hashes[: row["size"]])
        assert read.note.is_signed_by([key])


async def test_every_index_and_many_pairs_of_sizes_are_proven(stack: Stack, talent: History) -> None:
    """In a tree of three levels, sealed a stretch at a time."""
    one = await leader(talent)
    await grow(stack, talent, 66_000)
    await seal(one)
    hashes = await leaves(talent)
    sizes = [1, 2, 255, 256, 257, 512, 768, 1_000, 10_000, 32_768, 65_280, 65_535, 65_536, 65_537, 66_000]
    sealed = [*range(10_000, 66_000, 10_000), 66_000]
    grown, roots = Tree(), dict[int, bytes]()
    for hash_ in hashes:
        grown.append(hash_)
        if grown.size in {*sizes, *sealed}:
            roots[grown.size] = grown.root()
    assert await checkpoints(talent) == [(size, roots[size]) for size in sealed]
    assert [
        tuple(row) for row in await talent.pool.fetch("select level, count(*) from merkle_node group by 1 order by 1")
    ] == [(1, 257), (2, 1)]

    for index in {*range(258), *range(65_534, 65_540), *random.sample(range(66_000), 100)}:
        for size in {next(size for size in sizes if size > index), 66_000}:
            proof = await one.tree.roots(inclusion(index, size))
            assert includes(roots[size], size, index, hashes[index], proof), (index, size)
    for older, newer in itertools.combinations(sizes, 2):
        proof = await one.tree.roots(consistency(older, newer))
        assert extends((older, roots[older]), (newer, roots[newer]), proof), (older, newer)


async def test_it_waits_for_a_second_however_much_comes(stack: Stack, talent: History) -> None:
    one = await leader(talent)
    await grow(stack, talent, 5)
    await one._seal()
    await grow(stack, talent, 2_000)
    await one._seal()
    assert [size for size, _ in await checkpoints(talent)] == [5]
    await asyncio.sleep(sealing.every_seconds)
    await one._seal()

    assert [size for size, _ in await checkpoints(talent)] == [5, 2_005]


async def test_two_that_believe_to_lead_sign_one_root_for_a_size(stack: Stack, talent: History) -> None:
    """Each takes the lease from the other again and again, in the middle of whatever it is doing."""
    crowd = [await leader(talent) for _ in range(1)]
    for _ in range(2):
        await talent.pool.execute("update lease set expires_at = '-infinity'")
        crowd.append(await leader(talent))

    ended = asyncio.Event()

    async def seals(one: Sealing) -> None:
        while len(await checkpoints(talent)) < 8:
            await seal(one)
            await talent.pool.execute("update lease set expires_at = '-infinity'")
            await one.sequencer._acquire()
            await asyncio.sleep(random.uniform(0, 0.1))
        ended.set()

    async def grows() -> None:
        while not ended.is_set():
            await grow(stack, talent, random.randrange(1, 400))

    async with asyncio.timeout(60):
        await asyncio.gather(*(seals(one) for one in crowd), grows())
    await seal(crowd[0])

    hashes, found = await leaves(talent), await checkpoints(talent)
    assert found == [(size, root_of(hashes[:size])) for size, _ in found]
    assert not refused(crowd[0])


async def test_a_deposed_leader_signs_nothing(stack: Stack, talent: History) -> None:
    old = await leader(talent)
    await grow(stack, talent, 3)
    await talent.pool.execute("update lease set expires_at = '-infinity'")
    new = await leader(talent)
    await seal(old)
    assert await checkpoints(talent) == []
    await seal(new)

    assert len(await checkpoints(talent)) == 1


# What is not signed


async def test_a_log_without_its_end_is_not_sealed_and_what_is_missing_is_said(stack: Stack, talent: History) -> None:
    one = await leader(talent)
    await grow(stack, talent, 512)
    await seal(one)
    before = await checkpoints(talent)
    await as_superuser(stack, talent, "delete from log where logindex >= 500")
    await one._seal()
    assert "a checkpoint of 512 events was signed, and this log ends after 500: the events 500 to 511" in refused(one)

    await grow(stack, talent, 40)  # other events, though as many
    await seal(one)
    assert "the first 512 events do not have the root any more" in refused(one)
    assert await checkpoints(talent) == before


async def test_an_altered_hash_or_node_is_not_sealed_over(stack: Stack, talent: History) -> None:
    one = await leader(talent)
    await grow(stack, talent, 600)
    await seal(one)
    await grow(stack, talent, 200)
    event = "position = (select position from log where logindex = 599)"
    kept = await rows(talent.pool, "merkle_node", "checkpoint")
    hash_ = await talent.pool.fetchval(f"select hash from event where {event}")
    put_back = (
        f"update event set hash = '\\x{hash_.hex()}' where {event}",
        "delete from merkle_node",
        *(
            f"insert into merkle_node values (1, {n}, '\\x{node['hash'].hex()}')"
            for n, node in enumerate(kept["merkle_node"])
        ),
        f"update checkpoint set root = '\\x{kept['checkpoint'][0]['root'].hex()}'",
    )
    for change in (
        f"update event set hash = sha256(hash) where {event}",
        "update merkle_node set hash = sha256(hash) where number = 1",
        "delete from merkle_node where number = 0",
        "update checkpoint set root = sha256(root)",
    ):
        await as_superuser(stack, talent, change)
        await seal(one)
        assert refused(one), change
        assert len(await checkpoints(talent)) == 1
        assert not await talent.pool.fetchval("select count(*) from merkle_node where number = 2"), change
        await as_superuser(stack, talent, *put_back)

    await seal(one)
    assert not refused(one), "what was put right again is sealed"
    assert [size for size, _ in await checkpoints(talent)] == [600, 800]


async def test_a_node_that_somebody_planted_ahead_is_not_signed_over(stack: Stack, talent: History) -> None:
    """What an auditor would be served has to prove what is signed."""
    one = await leader(talent)
    await grow(stack, talent, 512)
    await seal(one)
    await as_superuser(stack, talent, "insert into merkle_node values (1, 2, sha256(''))")
    await grow(stack, talent, 300)
    await seal(one)

    assert refused(one)
    assert len(await checkpoints(talent)) == 1


async def test_a_store_of_an_older_backup_is_not_sealed_while_the_file_knows_more(
    stack: Stack, talent: History, tmp_path: Path
) -> None:
    one = await leader(talent, tmp_path, Cluster(stack.kafka))
    await ensure_topics(Cluster(stack.kafka), [TopicDescription(name=checkpoints_topic, partitions=1)])
    await grow(stack, talent, 300)
    await one.turn()
    await as_superuser(
        stack, talent, "delete from log where logindex >= 200", "delete from checkpoint", "delete from merkle_node"
    )
    await seal(one)
    assert "the events 200 to 299 are missing" in refused(one)

    await grow(stack, talent, 150)
    await seal(one)
    assert "the first 300 events do not have the root any more" in refused(one)
    assert await checkpoints(talent) == []

    await as_superuser(stack, talent, "delete from log where logindex >= 250")
    one._origin = "again.example"  # what was lost is given up, under a new name
    await one.turn()
    assert not refused(one)
    notes = notes_in((tmp_path / f"{talent.store.service}.txt").read_text())
    assert [read_note(note).size for note in notes] == [300, 250]
    await one.stop()


async def test_nothing_is_sealed_before_kafka_was_asked_what_this_log_lacks(stack: Stack, talent: History) -> None:
    one = await leader(talent)
    one.sequencer.state.checked = False
    await grow(stack, talent, 3)
    await one.turn()
    one.sequencer.state.checked, one.sequencer.state.refused = True, "Kafka holds event 7"
    await one.turn()

    assert await checkpoints(talent) == []


async def test_nobody_changes_what_was_sealed(stack: Stack, talent: History) -> None:
    one = await leader(talent)
    await grow(stack, talent, 300)
    await seal(one)
    owner = await asyncpg.connect(talent.owner_dsn, timeout=10)
    for statement in (
        "update merkle_node set hash = sha256(hash)",
        "delete from merkle_node",
        "truncate merkle_node",
        "update checkpoint set root = sha256(root)",
        "delete from checkpoint",
        "truncate checkpoint",
    ):
        for connection in (owner, talent.pool):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    await owner.close()


# At work


@asynccontextmanager
async def at_work(talent: History, stack: Stack, directory: Path | None = None) -> AsyncIterator[Sealing]:
    """A sequencer and its sealing, as a writer runs them."""
    cluster = Cluster(stack.kafka)
    sequencer = Sequencer(talent.store, cluster)
    one = Sealing(sequencer, talent.vault, talent.clock, cluster, "test.example", directory)
    await sequencer.start()
    await one.start()
    try:
        yield one
    finally:
        await one.stop()
        await sequencer.stop()


async def published(stack: Stack, talent: History) -> list[str]:
    """The notes of this service on the topic."""
    consumer = AIOKafkaConsumer(checkpoints_topic, bootstrap_servers=stack.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        [partition] = consumer.assignment()
        end, found = (await consumer.end_offsets([partition]))[partition], list[str]()
        while await consumer.position(partition) < end:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [(r.value or b"").decode() for r in records if r.key == talent.store.service.encode()]
        return found
    finally:
        await consumer.stop()


@pytest.fixture
async def topics(stack: Stack, talent: History) -> None:
    wanted = [TopicDescription(name=events_topic(talent.store.service), partitions=4)]
    await ensure_topics(Cluster(stack.kafka), [*wanted, TopicDescription(name=checkpoints_topic, partitions=1)])


@pytest.mark.usefixtures("topics")
async def test_it_seals_and_publishes_while_events_flow_and_goes_on_after_a_restart(
    stack: Stack, talent: History, tmp_path: Path
) -> None:
    async def appends(turns: int) -> None:
        for _ in range(turns):
            await talent.store.append([write(unique("s"), 0, 20, service=talent.store.service)])

    async def sealed() -> bool:
        return bool(
            await talent.pool.fetchval(
                "select exists (select from checkpoint where published and size = (select count(*) from event))"
            )
        )

    key = ""
    for turn in (1, 2):
        async with at_work(talent, stack, tmp_path) as one:
            await asyncio.gather(*(appends(12) for _ in range(4)))
            await until(sealed, "a published checkpoint of all")
            assert not refused(one)
        assert await talent.pool.fetchval("select count(*) from log") == turn * 960
        with (tmp_path / f"{talent.store.service}.txt").open("a") as file:
            file.write("test.example/cut off by a cra")
        key = (await one.signer()).verifier_key

    hashes, found = await leaves(talent), await checkpoints(talent)
    assert found == [(size, root_of(hashes[:size])) for size, _ in found]
    notes = [row["note"] for row in await talent.pool.fetch("select note from checkpoint order by size")]
    assert list(dict.fromkeys(await published(stack, talent))) == notes
    kept = (tmp_path / f"{talent.store.service}.txt").read_text().removesuffix("test.example/cut off by a cra")
    assert kept == "".join(f"{note}\n" for note in notes)
    assert [str(one.note) for one in in_file(kept)] == notes, "the verifier reads it"
    assert (tmp_path / f"{talent.store.service}.key").read_text() == f"{key}\n"


@pytest.mark.usefixtures("topics")
async def test_a_sealing_that_hangs_holds_up_neither_appending_nor_numbering_nor_publishing(
    stack: Stack, talent: History
) -> None:
    owner = await asyncpg.connect(talent.owner_dsn, timeout=10)
    async with at_work(talent, stack) as one:
        async with owner.transaction():
            await owner.execute("lock table merkle_node, checkpoint in access exclusive mode")
            began = time.monotonic()
            for _ in range(10):
                await talent.store.append([write(unique("s"), 0, 50, service=talent.store.service)])
                one.sequencer.wake()

            async def all_is_published() -> bool:
                return bool(await talent.pool.fetchval("select published = 500 from lease"))

            await until(all_is_published, "the publishing")
            assert time.monotonic() - began < 10
        await owner.close()

        async def all_is_sealed() -> bool:
            return bool(await talent.pool.fetchval("select exists (select from checkpoint where size = 500)"))

        await until(all_is_sealed, "the sealing afterwards")


async def test_what_no_published_checkpoint_covers_grows_old(stack: Stack, talent: History) -> None:
    one = await leader(talent)
    await talent.store.append([write("s", 0, 3, service=talent.store.service)])
    await one.sequencer.number()
    await seal(one)

    async def shown(name: str) -> float:
        await read_unsealed(talent.store, talent.clock)
        return REGISTRY.get_sample_value(name, {"service": talent.store.service}) or 0.0

    assert await shown("baton_unsealed_events") == 3
    assert await shown("baton_unsealed_seconds") > (datetime.now(UTC) - AT).total_seconds() - 60
    await talent.pool.execute("update checkpoint set published = true")
    assert await shown("baton_unsealed_events") == 0
    assert await shown("baton_unsealed_seconds") == 0


# At the doors


async def test_whoever_may_read_proofs_proves_every_event_by_what_the_writer_answers(
    stack: Stack, roles: Mapping[str, str]
) -> None:
    async with place(stack) as here, inside(here) as client:

        async def ask(path: str, role: Role = "auditor", **asked: int) -> httpx.Response:
            headers = {"authorization": f"Bearer {here.token(role, urns=('900001',))}"}
            return await client.get(path, params={name.strip("_"): n for name, n in asked.items()}, headers=headers)

        nothing = await ask("/checkpoints/latest")
        assert (nothing.status_code, nothing.json()["code"]) == (404, "not_sealed_yet")
        headers = {"authorization": f"Bearer {here.token('trust_leader')}"}
        body = {"trustuid": TRUST, "trust_ref": TRUST_REF, "name": "HARBOUR TRUST"}
        assert (
            await client.post("/trusts", json=body, headers={**headers, "idempotency-key": "trust"})
        ).status_code == 201
        for n in range(6):
            joined = {**headers, "idempotency-key": f"school-{n}"}
            assert (await client.post("/schools", json=joining(f"90000{n}"), headers=joined)).status_code == 201

        async def sealed() -> bool:
            answer = await ask("/checkpoints/latest")
            return answer.status_code == 200 and read_note(answer.text).size == 7

        await until(sealed, "the checkpoint of all")
        newest = read_note((await ask("/checkpoints/latest")).text)
        page = (await ask("/checkpoints", from_=1, limit=1000)).json()["checkpoints"]
        assert [read_note(one["note"]).root for one in page] == [b64decode(one["root"]) for one in page]
        assert (page[-1]["size"], page[-1]["root"]) == (7, b64encode(newest.root).decode())
        log = (await ask("/events", "service", from_=0)).json()["events"]
        for index, event in enumerate(log):
            proof = (await ask("/proofs/inclusion", logindex=index, size=7)).json()
            leaf = leaf_hash(bytes.fromhex(event["hash"]))
            assert includes(newest.root, 7, index, leaf, [b64decode(one) for one in proof["hashes"]])
            assert (proof["logindex"], proof["size"]) == (index, 7)
        hashes = [leaf_hash(bytes.fromhex(event["hash"])) for event in log]
        told = (await ask("/proofs/consistency", from_=3, to=7)).json()
        proof = [b64decode(one) for one in told["hashes"]]
        assert (told["from"], told["to"]) == (3, 7)
        assert extends((3, root_of(hashes[:3])), (7, newest.root), proof)
        assert (await ask("/proofs/consistency", from_=7, to=7)).json()["hashes"] == []
        assert (await ask("/checkpoints/key")).text.startswith("baton.local/talent+")

        refusals: list[tuple[str, dict[str, int], int, str]] = [
            ("/proofs/inclusion", {"logindex": 7, "size": 7}, 422, "not_in_tree"),
            ("/proofs/inclusion", {"logindex": 7, "size": 8}, 404, "not_sealed_yet"),
            ("/proofs/consistency", {"from": 3, "to": 8}, 404, "not_sealed_yet"),
            ("/proofs/consistency", {"from": 7, "to": 3}, 422, "not_in_tree"),
            ("/proofs/consistency", {"from": 0, "to": 3}, 422, "invalid"),
        ]
        for path, asked, status, code in refusals:
            answer = await ask(path, "auditor", **asked)
            assert (answer.status_code, answer.json()["code"]) == (status, code), (path, asked)
        for role in get_args(Role):
            answers = [await ask(path, role) for path in ("/checkpoints/latest", "/checkpoints", "/checkpoints/key")]
            may = role in ("auditor", "trust_leader", "operator", "service")
            assert {answer.status_code for answer in answers} == {200 if may else 403}, role
        assert (await client.get("/checkpoints/latest")).status_code == 401

        async with asyncpg.create_pool(here.owner_dsn, min_size=1, max_size=1) as owner:
            await owner.execute("alter table log disable trigger log_is_history; delete from log where logindex = 6")
        broken = await ask("/proofs/inclusion", logindex=0, size=7)
        assert (broken.status_code, broken.json()["code"]) == (503, "tree_incomplete")
