"""Between a topic and the read models: reporting dies, is told everything twice, comes back too late, meets poison."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import Any

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin.records_to_delete import RecordsToDelete

from deploy.description import WRITERS
from deploy.dsn import postgres_dsn
from deploy.local.layout import log_path
from services.reporting.projections import calendar, loop, register, roles
from services.reporting.read_models.rebuild import rebuild
from shared.consumer import mark_for_redrive
from shared.messaging import events_topic
from tests.faults.rows.relay import dies_at, stands_still
from tests.faults.running import Row, Run
from tests.faults.scripts import TRUSTS
from tests.support.kafka import administering
from tests.support.kafka import records as records_of
from tests.support.writer import until

_TAKEN_OVER_S = 60.0
_POISON = "area not like '% 7' or count is distinct from 4"
_TOPICS = [events_topic(writer.name) for writer in WRITERS]


async def _dies(run: Run) -> None:
    """Before its commit and after it, in turn."""
    deaths = run.times(3, 1)
    await dies_at(run, "proj.before_commit:3", ["reporting"], deaths)
    await dies_at(run, "proj.after_commit:3", ["reporting"], deaths, load=False)


async def _from_the_beginning(run: Run) -> None:
    """Every stored place is set back to 0 while reporting is killed: it is delivered everything again."""
    run.load()
    for _ in range(run.times(3, 1)):
        await asyncio.sleep(run.times(6, 3))
        killing = asyncio.create_task(run.cluster.kill("reporting"))
        await asyncio.sleep(0.1)
        before = await _ledger(run)
        async with run.cluster.database("reporting") as connection, connection.transaction():
            await connection.execute("set local session_replication_role = replica")  # our own doing is not noted
            await connection.execute("update offsets set next = 0, last_id = null, last_logindex = null")
        await killing
        await until(lambda: _moved_on(run), seconds=_TAKEN_OVER_S, why=lambda: "reporting did not come back")
        after = await _ledger(run)
        run.expect(before.items() <= after.items(), "what the ledger knew already was changed")


async def _ledger(run: Run) -> dict[tuple[str, int], Any]:
    """When each event became visible."""
    async with run.cluster.database("reporting") as connection:
        rows = await connection.fetch("select service, logindex, visible_at from ledger")
    return {(row["service"], row["logindex"]): row["visible_at"] for row in rows}


async def _moved_on(run: Run) -> bool:
    async with run.cluster.database("reporting") as connection:
        return bool(await connection.fetchval("select bool_or(next > 0) from offsets"))


async def _published_twice(run: Run) -> None:
    """Records of every topic are published again, by somebody else and in no order: while new ones come, and after."""
    run.load()
    again = 0
    for _ in range(run.times(5, 2)):
        await asyncio.sleep(run.times(4, 2))
        again += await _publish_again(run)
    await run.hush()
    run.notes |= {"published_again": again + await _publish_again(run)}


async def _publish_again(run: Run) -> int:
    records = [record for topic in _TOPICS for record in await records_of(run.cluster.settings.kafka, topic)]
    picked = run.chance.sample(records, min(len(records), 500))
    producer = AIOKafkaProducer(bootstrap_servers=run.cluster.settings.kafka, acks="all")
    await producer.start()
    try:
        sent = [
            await producer.send(r.topic, r.value, key=r.key, headers=list(r.headers), partition=r.partition)
            for r in picked
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()
    run.cluster.mark("published twice", "kafka")
    return len(picked)


async def _zombie(run: Run) -> None:
    """Reporting stands still with a batch in its hands until another has taken its partitions and gone on with them."""
    first = run.cluster.services["reporting"]
    await run.cluster.arm("reporting", "proj.before_batch:4:stop")
    await run.cluster.join("reporting")
    await until(lambda: _is_settled(run), seconds=_TAKEN_OVER_S, why=lambda: "the two did not share the partitions")
    run.load()
    await until(lambda: stands_still(first.pid), seconds=_TAKEN_OVER_S, why=lambda: "no batch came to the first")
    mark, epochs = run.cluster.mark("stood still", "reporting"), await _epochs(run)
    await until(lambda: _all_taken(run, epochs), seconds=_TAKEN_OVER_S, why=lambda: "nobody took over")
    run.notes |= {"taken_over_s": round(time.time() - mark.at, 1)}
    await asyncio.sleep(run.times(5, 2))
    run.cluster.signal("reporting", signal.SIGCONT)
    mark.back_at = time.time()
    log = log_path(run.cluster.settings, "reporting")
    await asyncio.sleep(run.times(8, 4))
    run.expect('"fenced"' in log.read_text(), "the zombie's batch was not refused")


async def _epochs(run: Run) -> dict[tuple[str, int], int]:
    async with run.cluster.database("reporting") as connection:
        rows = await connection.fetch("select topic, partition, epoch from offsets where consumer = 'reporting'")
    return {(row["topic"], row["partition"]): row["epoch"] for row in rows}


async def _is_settled(run: Run) -> bool:
    """Whether nobody has taken a partition over for a while."""
    before = await _epochs(run)
    await asyncio.sleep(3)
    return before == await _epochs(run)


async def _all_taken(run: Run, since: dict[tuple[str, int], int]) -> bool:
    return all(epoch > since[partition] for partition, epoch in (await _epochs(run)).items())


async def _poisoned(run: Run) -> None:
    """One stream of each trust meets a defect in a read model; it waits with its successors, the others go on."""
    schema = await _live_schema(run)
    async with run.cluster.database("reporting") as connection:
        await connection.execute(f'alter table "{schema}".role_count add constraint poison check ({_POISON})')
        run.load()
        await until(lambda: _parked(run, {"poison", "behind"}), seconds=60, why=lambda: "nothing was parked")
        run.cluster.mark("poisoned", "reporting")
        held = await connection.fetch("select stream, streamversion, reason from parked where redriven_at is null")
        run.expect(len({row["stream"] for row in held}) == len(TRUSTS), "other streams than the poisoned were held")
        poisons = [row["streamversion"] for row in held if row["reason"] == "poison"]
        run.expect(poisons == [4] * len(TRUSTS), f"the poison was at versions {poisons}")
        seen = await connection.fetchval("select max(logindex) from ledger where not parked and service = 'talent'")
        await until(lambda: _went_on(run, seen + 200), why=lambda: "the other streams did not go on")
        await connection.execute(f'alter table "{schema}".role_count drop constraint poison')
        run.notes |= {"parked": len(held), "redriven": await mark_for_redrive(connection)}
    await until(lambda: _parked(run, set()), why=lambda: "what was mended was not taken up again")


async def _live_schema(run: Run) -> str:
    async with run.cluster.database("reporting") as connection:
        return str(await connection.fetchval("select schema from live where projection = 'roles'"))


async def _parked(run: Run, reasons: set[str]) -> bool:
    async with run.cluster.database("reporting") as connection:
        rows = await connection.fetch("select distinct stream, reason from parked where redriven_at is null")
    found = {row["reason"] for row in rows}
    return found == reasons and (not reasons or len({row["stream"] for row in rows}) == len(TRUSTS))


async def _went_on(run: Run, logindex: int) -> bool:
    async with run.cluster.database("reporting") as connection:
        query = "select max(logindex) from ledger where not parked and service = 'talent'"
        return bool(await connection.fetchval(query) >= logindex)


async def _rebuilt(run: Run) -> None:
    """The read models are built anew while events come; whoever reads the report meanwhile never sees it shrink."""
    run.load(pause=0.2)
    await asyncio.sleep(run.times(6, 3))
    cluster = run.cluster
    dsn = postgres_dsn(
        "reporting_app", "reporting", cluster.postgres.port, password=cluster.secrets.passwords["reporting_app"]
    )
    reading = asyncio.create_task(_never_shrinks(run))
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        for _ in range(run.times(4, 1)):
            for projection in (roles.projection, loop.projection, register.projection, calendar.projection):
                cluster.mark(f"rebuilt {projection.name}", "reporting")
                rebuilt = await rebuild(pool, projection)
                run.expect(rebuilt.switched and rebuilt.compared, f"{projection.name} was not switched")
                run.expect(
                    not rebuilt.differences, f"{projection.name} differs from the live one: {rebuilt.differences}"
                )
            await asyncio.sleep(run.times(4, 1))
    reading.cancel()
    outcome = (await asyncio.gather(reading, return_exceptions=True))[0]
    run.expect(isinstance(outcome, asyncio.CancelledError), f"reading failed: {outcome!r}")


async def _never_shrinks(run: Run) -> None:
    counts: dict[str, int] = {}
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        while True:
            answer = await client.get(f"{run.cluster.services['reporting'].url}/reports/roles.json")
            found = {row["area"]: row["count"] for row in answer.raise_for_status().json()["rows"]}
            back = {area: (count, found.get(area)) for area, count in counts.items() if found.get(area, 0) < count}
            run.expect(not back, f"a reader saw counts go back: {dict(list(back.items())[:3])}")
            counts = found
            run.notes["read"] = run.notes.get("read", 0) + 1


async def _overtaken(run: Run) -> None:
    """While reporting is away, its topics lose what it has not read: some partitions all of it, some a part."""
    run.load()
    await asyncio.sleep(run.times(6, 3))
    reporting = run.cluster.services["reporting"]
    mark = run.cluster.mark("killed", "reporting")
    await reporting.stop()
    await asyncio.sleep(run.times(8, 4))
    gone = 0
    for topic in _TOPICS:
        gone += await _trim(run, topic)
    run.cluster.mark("retention", "kafka")
    await reporting.start()
    mark.back_at = time.time()
    await asyncio.sleep(run.times(5, 2))
    run.notes |= {"records_gone_unread": gone}
    run.expect(gone > 0, "nothing was gone that reporting had not read")


async def _trim(run: Run, topic: str) -> int:
    """Delete records as retention does, from the front; how many of them reporting had not read."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=run.cluster.settings.kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        ends: dict[TopicPartition, int] = await consumer.end_offsets(consumer.assignment())
    finally:
        await consumer.stop()
    async with run.cluster.database("reporting") as connection:
        rows = await connection.fetch("select partition, next from offsets where topic = $1", topic)
    nexts = {row["partition"]: row["next"] for row in rows}
    before = {
        tp: end if run.chance.random() < 1 / 2 else (end + nexts.get(tp.partition, 0)) // 2
        for tp, end in ends.items()
        if end
    }
    async with administering(run.cluster.settings.kafka) as admin:
        await admin.delete_records({tp: RecordsToDelete(before_offset=offset) for tp, offset in before.items()})
    return sum(max(offset - nexts.get(tp.partition, 0), 0) for tp, offset in before.items())


ROWS = (
    Row("C1", "reporting dies before and after its commit", _dies),
    Row("C2", "everything is delivered again from offset 0", _from_the_beginning),
    Row("C3", "records are published twice", _published_twice),
    Row("C4", "reporting stands still past its session, and goes on", _zombie),
    Row("C7", "poison in a stream: it and its successors wait, others go on", _poisoned),
    Row("C12", "read models are built anew under load", _rebuilt),
    Row("C14", "retention overtakes reporting", _overtaken),
)
