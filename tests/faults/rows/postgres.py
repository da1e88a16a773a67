"""The stores' server stops in the middle of things, loses its answers, and is raced for."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter

import httpx

from deploy.backups import stores
from deploy.local.layout import POSTGRES
from deploy.local.services import get
from deploy.migrate import owner_dsns
from tests.faults.cluster import Service
from tests.faults.load import Claim
from tests.faults.observing import drained
from tests.faults.proxy import Appends
from tests.faults.running import Row, Run
from tests.faults.scripts import TRUSTS, role_counts
from tests.support.writer import until

_WRITERS = 32
_REFUSES_S = 60


async def _stops_at_once(run: Run) -> None:
    """`pg_ctl stop -m immediate` under load: nothing of what is under way is finished."""
    run.load()
    for _ in range(run.times(20, 3)):
        await asyncio.sleep(run.chance.uniform(0.5, 2))
        await run.cluster.kill(POSTGRES, number=signal.SIGQUIT)
    _only_unavailable(run)


def _only_unavailable(run: Run) -> None:
    """Who cannot be answered is told so, and not that something is broken."""
    run.notes |= {"answered_503": run.book.failures[httpx.codes.SERVICE_UNAVAILABLE]}
    run.expect(set(run.book.failures) <= {httpx.codes.SERVICE_UNAVAILABLE}, f"answered {dict(run.book.failures)}")


async def _commit_unknown(run: Run) -> None:
    """The append is carried out, and the connection is gone before the service hears of it."""
    appends, proxy = Appends(), run.cluster.proxies[POSTGRES]
    proxy.cut_answer_after = appends
    run.load()
    cuts = run.times(30, 5)
    for number in range(1, cuts + 1):
        appends.left = 1
        await until(lambda number=number: _was_cut(run, number), why=lambda: "nothing was appended")
        run.cluster.mark("answer cut", POSTGRES)
        await asyncio.sleep(run.chance.uniform(0.05, 0.5))
    run.notes |= {"cuts": proxy.cuts}
    _only_unavailable(run)
    refused = [asked.id for asked in run.book.asked.values() if asked.outcome == "fail"]
    run.expect(not refused, f"refused after an unknown commit: {refused[:3]}")


async def _was_cut(run: Run, times: int) -> bool:
    return run.cluster.proxies[POSTGRES].cuts >= times


async def _race(run: Run) -> None:
    """32 writers who saw the same version, through two processes: one wins, the others are told what is now."""
    urls = [run.cluster.services["talent"].url, (await run.cluster.join("talent")).url]
    script, version = role_counts(TRUSTS[0], "raced", _WRITERS), 0
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        for turn in range(run.times(20, 4)):
            claims = [_about_one_stream(claim) for claim in next(script)]
            answers = await asyncio.gather(
                *(_command(run, client, urls[n % 2], claim, version) for n, claim in enumerate(claims))
            )
            statuses = Counter(answer.status_code for answer in answers)
            run.expect(statuses == {201: 1, 409: _WRITERS - 1}, f"round {turn}: {dict(statuses)}")
            version += 1
            told = {answer.json().get("current_version") for answer in answers if answer.status_code == 409}
            run.expect(told == {version}, f"round {turn}: the losers were told that it stands at {told}")
    run.notes |= {"rounds": turn + 1, "writers": _WRITERS}


def _about_one_stream(claim: Claim) -> Claim:
    """All of them speak of the same area, each with a count of its own."""
    count = claim.data["count"] * _WRITERS + int(claim.id.split("-")[1])
    data = {**claim.data, "area": "raced", "count": count}
    return Claim(id=claim.id, service=claim.service, trustuid=claim.trustuid, type=claim.type, data=data)


async def _command(run: Run, client: httpx.AsyncClient, url: str, claim: Claim, version: int) -> httpx.Response:
    """A typed command that insists on a version."""
    run.book.asks(claim)
    answer = await client.post(
        f"{url}/role-counts",
        json=claim.data,
        headers={
            "authorization": f"Bearer {run.token(TRUSTS[0], 'racer')}",
            "idempotency-key": claim.id,
            "if-match": f'"{version}"',
        },
    )
    run.book.told(claim, "accepted" if answer.status_code == httpx.codes.CREATED else "refused")
    return answer


async def _older_backup(run: Run) -> None:
    """A store goes back to an older backup: what it takes then is told to nobody, and its newest backup goes on."""
    talent, var = run.cluster.services["talent"], run.cluster.settings.var
    dsns = owner_dsns(run.cluster.settings, run.cluster.secrets.passwords)
    server = stores.Server(dsn=run.cluster.postgres.superuser_dsn, owner_dsns=dsns)
    older, newest = ({talent.description: var / f"{age}.backup"} for age in ("older", "newest"))
    run.load()
    await asyncio.sleep(run.times(15, 3))
    await stores.back_up(server, older, run.say)
    await asyncio.sleep(run.times(15, 3))
    await run.hush()
    await drained(run.cluster, list(run.book.asked.values()), within=60)
    await talent.stop()
    await stores.back_up(server, newest, run.say)
    await stores.restore(server, older, run.say, replace=True)
    mark = run.cluster.mark("back in an older backup", "talent")
    starting = asyncio.create_task(talent.start())
    run.expect(await _refuses(talent), "it did not refuse to publish what is older than Kafka")
    await until(lambda: _tells_in_vain(run, talent), why=lambda: "it did not take what was said meanwhile")
    await asyncio.sleep(run.times(10, 5))
    starting.cancel()
    await talent.stop()
    await stores.restore(server, newest, run.say, replace=True)
    await talent.start()
    mark.back_at = time.time()


async def _refuses(service: Service) -> bool:
    """Whether it says within some time after its start that it does not publish."""
    for _ in range(_REFUSES_S * 10):
        if "The store was restored from an older backup" in (await get(service.port, "/readyz")).text:
            return True
        await asyncio.sleep(0.1)
    return False


async def _tells_in_vain(run: Run, talent: Service) -> bool:
    """Say something to a store that will be thrown away: whether it was taken. Nobody may ever hear of it."""
    [claim] = next(role_counts(TRUSTS[0], "in-vain", 1))
    headers = {"authorization": f"Bearer {run.token(TRUSTS[0], 'in-vain')}", "idempotency-key": claim.id}
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            answer = await client.post(f"{talent.url}/role-counts", json=claim.data, headers=headers)
        except httpx.TransportError:
            return False
    return answer.status_code == httpx.codes.CREATED


ROWS = (
    Row("B1", "Postgres stops at once, in the middle of transactions", _stops_at_once),
    Row("B2", "the connection is cut after the commit, before the answer", _commit_unknown, frozenset({POSTGRES})),
    Row("B4", "32 writers race for one version of a stream", _race),
    Row("B11", "a store goes back to an older backup, and then to the newest", _older_backup),
)
