"""Between a store and its topic: the relay dies, loses Kafka, loses its answers, or is there twice."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Sequence
from typing import Any

import httpx
import psutil

from deploy.description import WRITERS
from deploy.local.layout import KAFKA, POSTGRES, log_path
from tests.faults import scripts
from tests.faults.cluster import Service
from tests.faults.history import Asked
from tests.faults.proxy import Produces
from tests.faults.running import Row, Run
from tests.faults.scripts import TRUSTS
from tests.support.writer import until

_DRAIN_S = 60.0
_LEASE_S = 30.0
_OUTAGE_S = 60.0


async def dies_at(run: Run, crashpoint: str, services: Sequence[str], deaths: int, *, load: bool = True) -> None:
    """Let services die at a crash point, again after each start, until there were enough deaths."""
    armed = [run.cluster.services[name] for name in services]
    await asyncio.gather(*(run.cluster.arm(service.name, crashpoint) for service in armed))
    before = sum(service.deaths for service in armed)
    if load:
        run.load()
    await until(lambda: _died(armed, before + deaths), seconds=20 * deaths, why=lambda: f"too few at {crashpoint}")
    await asyncio.gather(*(run.cluster.arm(service.name, None) for service in armed))


async def _died(armed: Sequence[Service], deaths: int) -> bool:
    return sum(service.deaths for service in armed) >= deaths


WRITING = [writer.name for writer in WRITERS]


async def _after_ack(run: Run) -> None:
    await dies_at(run, "relay.after_ack:3", WRITING, run.times(34, 3))


async def _before_send(run: Run) -> None:
    await dies_at(run, "relay.before_send:3", WRITING, run.times(15, 3))


async def _after_commit(run: Run) -> None:
    await dies_at(run, "append.after_commit:4", WRITING, run.times(15, 3))


async def _sealing(run: Run) -> None:
    """What is signed is in the file and on the topic nevertheless, and under one root."""
    run.load()
    for point in ("seal.after_sign", "seal.after_file", "seal.after_ack"):
        await dies_at(run, f"{point}:2", WRITING, run.times(9, 3), load=False)


async def _inside_append(run: Run) -> None:
    """The append waits for a lock that we hold on its stream; then the service, its connection or Postgres dies."""
    trust = TRUSTS[0]
    client, talent = run.http(trust, "locked", service="talent"), run.cluster.services["talent"]
    script = scripts.role_counts(trust, "locked", 1)
    await client.tell(next(script))
    for turn in range(run.times(9, 3)):
        async with run.cluster.database("talent") as holder, run.cluster.database("talent") as looking:
            await holder.execute("begin; select from stream where name like 'rolecount%locked%' for update")
            [claim] = next(script)
            telling = asyncio.create_task(client.tell([claim]))
            waiting = await until(lambda looking=looking: _waiting_backend(looking))
            if turn % 3 == 0:  # Postgres goes, and takes the transaction with it
                await run.cluster.kill(POSTGRES)
            elif turn % 3 == 1:  # the service and its connection go: nothing may have been written
                mark = run.cluster.mark("killed", "talent")
                talent.kill()
                await looking.execute("select pg_terminate_backend($1)", waiting)
                run.expect(not await _written(looking, claim.id), f"{claim.id} was written by a transaction that died")
                await holder.execute("rollback")
                await talent.back()
                mark.back_at = time.time()
            else:  # the service alone goes: its last statement may still be carried out
                killing = asyncio.create_task(run.cluster.kill("talent"))
                await asyncio.sleep(0.5)
                await holder.execute("rollback")
                await killing
        await telling


async def _waiting_backend(connection: Any) -> int | None:
    found: int | None = await connection.fetchval(
        "select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%from append(%'"
    )
    return found


async def _written(connection: Any, id_: str) -> bool:
    return bool(
        await connection.fetchval(
            "select exists (select from command where id = $1)"
            " or exists (select from event where convert_from(meta, 'utf8')::json ->> 'correlationid' = $1)",
            id_,
        )
    )


async def _without_kafka(run: Run) -> None:
    """A minute without Kafka: everything that is written is accepted as before, and published soon after its return."""
    for number, trust in enumerate(TRUSTS * 2):
        client = run.http(trust, f"single-{number}", service=WRITING[0])
        run.talk(client, scripts.role_counts(trust, f"single-{number}", 1), 0.05)
    for trust in TRUSTS:
        school = run.http(trust, f"school-{trust.urns[0]}", service="cpd", urn=trust.urns[0])
        run.talk(school, scripts.sessions(trust, trust.urns[0], f"school-{trust.urns[0]}", 10), 0.2)
    quiet, outage = run.times(15, 4), _OUTAGE_S if run.full else 8
    await asyncio.sleep(quiet)
    mark = run.cluster.mark("killed", KAFKA)
    run.cluster.signal(KAFKA, signal.SIGKILL)
    backlog = [await _backlog(run)]
    while time.time() - mark.at < outage:
        await asyncio.sleep(outage / 8)
        backlog.append(await _backlog(run))
    await run.cluster.parts[KAFKA].back()
    mark.back_at = time.time()
    await until(lambda: _published(run), seconds=_DRAIN_S, why=lambda: "the backlog did not drain within 60 s")
    drained_s = time.time() - mark.back_at
    await asyncio.sleep(2)
    _judge_outage(run, mark.at, mark.back_at, backlog)
    run.notes |= {"outage_s": round(mark.back_at - mark.at, 1), "drained_s": round(drained_s, 1)}


def _judge_outage(run: Run, since: float, until_: float, backlog: Sequence[float]) -> None:
    singles = [a for a in run.book.asked.values() if a.id.startswith("single-") and a.answered_at is not None]
    during = [a for a in singles if since <= a.asked_at < until_]
    before = [a for a in singles if a.asked_at < since]
    run.expect(all(a.outcome == "ok" and a.tries == 1 for a in during), "a write was not accepted without Kafka")
    run.expect(len(during) > 10, "hardly anything was written without Kafka")
    run.expect(backlog[-1] > backlog[0], f"the backlog's gauges did not rise: {backlog}")
    run.notes |= {
        "writes_before": len(before),
        "writes_during": len(during),
        "p95_ms_before": _p95_ms(before),
        "p95_ms_during": _p95_ms(during),
        "backlog_at_return": int(backlog[-1]),
    }


def _p95_ms(asked: Sequence[Asked]) -> float:
    waited = sorted((a.answered_at or 0) - a.asked_at for a in asked)
    return round(waited[int(len(waited) * 0.95)] * 1000, 1)


async def _backlog(run: Run) -> float:
    """What talent's gauges say of events that Kafka has not acknowledged: without a number yet, or with one."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        said = (await client.get(f"{run.cluster.services['talent'].url}/metrics")).text
    gauges = ("baton_unnumbered_events{", "baton_unpublished_events{")
    return sum(float(line.split()[-1]) for line in said.splitlines() if line.startswith(gauges))


async def _published(run: Run) -> bool:
    for writer in WRITERS:
        async with run.cluster.database(writer.name) as connection:
            behind = "select (select coalesce(max(logindex) + 1, 0) from log) - published from lease"
            if await connection.fetchval(behind) > 100:  # the load goes on
                return False
    return True


async def _ack_lost(run: Run) -> None:
    """Kafka takes a batch, and its answer does not come back; now and then the link is half-closed."""
    produces, proxy = Produces(), run.cluster.proxies[KAFKA]
    proxy.cut_answer_after = produces
    run.load()
    cuts = run.times(20, 3)
    for cut in range(cuts):
        produces.left = 1
        await until(lambda: _is_zero(produces), why=lambda: "nothing was produced")
        run.cluster.mark("answer cut", KAFKA)
        await asyncio.sleep(run.chance.uniform(0.2, 1.5))
        if cut % 3 == 2:
            proxy.half_close()
            run.cluster.mark("half-closed", KAFKA)
    await until(lambda: _at_least(proxy.cuts, cuts), why=lambda: f"{proxy.cuts} of {cuts} were cut")
    run.notes |= {"cuts": proxy.cuts}


async def _is_zero(produces: Produces) -> bool:
    return produces.left == 0


async def _at_least(number: int, least: int) -> bool:
    return number >= least


async def _two_leaders(run: Run) -> None:
    """The leader stands still between Kafka's answer and the cursor until another leads; then it goes on."""
    first, epoch = run.cluster.services["talent"], await _epoch(run)
    await run.cluster.arm("talent", "relay.after_ack:5:stop")
    await until(  # it leads before there is another that could
        lambda: _is_epoch_above(run, epoch), seconds=_LEASE_S, why=lambda: "the only one did not lead"
    )
    second, epoch = await run.cluster.join("talent"), await _epoch(run)
    for number, trust in enumerate(TRUSTS):
        client = run.http(trust, f"two-{number}", service="talent", urls=[first.url, second.url])
        run.talk(client, scripts.role_counts(trust, f"two-{number}", 20), 0.1)
    await until(lambda: stands_still(first.pid), why=lambda: "the leader did not come to the point")
    mark = run.cluster.mark("stood still", "talent")
    await until(lambda: _is_epoch_above(run, epoch), seconds=_LEASE_S, why=lambda: "nobody took over")
    run.notes |= {"taken_over_s": round(time.time() - mark.at, 1)}
    await asyncio.sleep(run.times(5, 2))
    run.cluster.signal("talent", signal.SIGCONT)
    mark.back_at = time.time()
    log = log_path(run.cluster.settings, "talent")
    await asyncio.sleep(run.times(10, 4))
    run.expect("sequencer_deposed" in log.read_text(), "the old leader did not find itself deposed")


async def stands_still(pid: int | None) -> bool:
    return pid is not None and psutil.Process(pid).status() == psutil.STATUS_STOPPED


async def _epoch(run: Run) -> int:
    async with run.cluster.database("talent") as connection:
        return int(await connection.fetchval("select epoch from lease"))


async def _is_epoch_above(run: Run, epoch: int) -> bool:
    return await _epoch(run) > epoch


ROWS = (
    Row("A1", "the relay dies after Kafka's answer, before the cursor moves", _after_ack),
    Row("A2", "the relay dies after reading the log, before sending", _before_send),
    Row("A3", "the service dies between the commit and the relay", _after_commit),
    Row("A4", "service, connection or Postgres die inside the append", _inside_append),
    Row("A5", "Kafka is killed and away for a minute", _without_kafka),
    Row("A9", "Kafka's answer to a batch is lost", _ack_lost, frozenset({KAFKA})),
    Row("A10", "two relays: the leader stands still past its lease, and goes on", _two_leaders),
    Row("A15", "the sealing dies between signing, the file, the topic and the mark", _sealing),
)
