"""One row played on a cluster of its own, from its start to the oracle's word."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from deploy.description import topics_of_school
from deploy.settings import ROOT
from deploy.tokens import development_token
from deploy.topics import ensure_topics
from shared.identity import Principal, Role
from tests.faults import scripts
from tests.faults.cluster import Cluster, Mark, cluster
from tests.faults.history import Anomaly, History
from tests.faults.load import Book, Client, HttpClient, KafkaClient, Script, says
from tests.faults.observing import drained, observed
from tests.faults.oracle import judge
from tests.faults.scripts import TRUSTS, Trust
from tests.support import fold
from tests.support.writer import until

_HOUR = timedelta(hours=1)
_ITEMS = 40
_FINISH_S = 60.0
_DRAIN_S, _DRAIN_SHORT_S = 60, 30

Play = Callable[["Run"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Row:
    """A fault, and how it is made to happen.

    Attributes:
        name: its number in docs/faults.md.
        play: makes it happen under load. What it leaves disturbed is put right afterwards.
        proxied: before which servers it needs a proxy.
    """

    name: str
    fault: str
    play: Play
    proxied: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Result:
    """What came of one row on one seed.

    Attributes:
        began, seconds: from when the clients began to the end of the calm.
        missed: what the row itself expected and did not see.
        notes: what it measured.
        drained_s: how long after the last fault everything had arrived; None: not in time.
    """

    row: str
    seed: int
    began: float
    seconds: float
    anomalies: Sequence[Anomaly]
    missed: Sequence[str]
    notes: Mapping[str, Any]
    marks: Sequence[Mark]
    history: History
    drained_s: float | None

    @property
    def passed(self) -> bool:
        return not self.anomalies and not self.missed

    @property
    def kills(self) -> int:
        return sum(1 for mark in self.marks if mark.what.startswith(("killed", "died")))

    @property
    def events(self) -> int:
        return len(self.history.stored)

    @property
    def repeats(self) -> int:
        return len(self.history.published) - len({(p.service, p.logindex) for p in self.history.published})

    @property
    def named(self) -> Counter[str]:
        return Counter(anomaly.name for anomaly in self.anomalies)


@dataclass(slots=True)
class Run:
    """A cluster under load, in a row's hands.

    Attributes:
        full: whether to take the row's full time, or only to show that it works.
    """

    cluster: Cluster
    chance: random.Random
    full: bool
    say: Callable[[str], None]
    book: Book = field(default_factory=Book)
    notes: dict[str, Any] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    _talking: list[asyncio.Task[None]] = field(default_factory=list)
    _clients: list[Client] = field(default_factory=list)

    def times(self, full: int, short: int) -> int:
        """How often something is done."""
        return full if self.full else short

    def expect(self, holds: object, words: str) -> None:
        """What the row promises beside what the oracle sees."""
        if not holds:
            self.missed.append(words)

    # Clients

    def http(
        self, trust: Trust, source: str, *, service: str, urn: str | None = None, urls: Sequence[str] = ()
    ) -> HttpClient:
        """A client over HTTP: a school's system, or without `urn` the trust's own."""
        client = HttpClient(
            self.book,
            urls or [self.cluster.services[service].url],
            self.token(trust, source, urn),
            f"/{source}",
            random.Random(self.chance.random()),
        )
        self._clients.append(client)
        return client

    def kafka(self, source: str, urn: str) -> KafkaClient:
        """A school's system that publishes to its own topics."""
        chance = random.Random(self.chance.random())
        client = KafkaClient(self.book, self.cluster.settings.kafka, urn, f"/{source}", chance)
        self._clients.append(client)
        return client

    def token(self, trust: Trust, subject: str, urn: str | None = None) -> str:
        role: Role = "school_system" if urn else "trust_leader"
        principal = Principal(subject, frozenset({role}), trust.uid, frozenset({urn} if urn else ()))
        return development_token(self.cluster.settings, principal, lasts=_HOUR)

    def talk(self, client: Client, script: Script, pause: float = 0.2) -> None:
        """Let a client say what stands in a script, in the background."""
        self._talking.append(asyncio.create_task(says(client, script, pause=pause, enough=self.enough)))

    def load(self, *, streams: int = 10, pause: float = 0.25, gives_up: float = 0.02) -> None:
        """The usual load: both trusts, one school of each over HTTP and one over Kafka, all three writers."""
        for trust in TRUSTS:
            over_http, over_kafka = trust.urns
            roles = self.http(trust, f"roles-{trust.uid}", service="talent")
            roles.gives_up = gives_up
            self.talk(roles, scripts.role_counts(trust, f"roles-{trust.uid}", streams), pause)
            school = self.http(trust, f"school-{over_http}", service="cpd", urn=over_http)
            self.talk(school, scripts.sessions(trust, over_http, f"school-{over_http}", streams), pause)
            system = self.kafka(f"system-{over_kafka}", over_kafka)
            self.talk(system, scripts.sessions(trust, over_kafka, f"system-{over_kafka}", streams), pause)
            for urn in trust.urns:
                team = self.http(trust, f"team-{urn}", service="collaboration", urn=urn)
                self.talk(team, scripts.meetings(trust, urn, f"team-{urn}", _ITEMS), pause)

    # From start to end

    async def prepare(self) -> None:
        """The schools' topics, and what the claims will refer to; wait until every writer has heard of the schools."""
        urns = [urn for trust in TRUSTS for urn in trust.urns]
        await ensure_topics(self.cluster.settings.cluster, [topic for urn in urns for topic in topics_of_school(urn)])
        for trust in TRUSTS:
            for service, batches in (
                ("talent", scripts.register(trust)),
                ("cpd", [scripts.programme(trust)]),
                ("collaboration", scripts.questions(trust, _ITEMS)),
            ):
                client = self.http(trust, f"trust-{trust.uid}", service=service)
                for batch in batches:
                    await client.tell(batch)
        await until(lambda: self._schools_known(len(urns)), seconds=60, why=lambda: "the schools are not known")

    async def _schools_known(self, schools: int) -> bool:
        for service in ("cpd", "collaboration"):
            async with self.cluster.database(service) as connection:
                if await connection.fetchval("select count(*) from school") < schools:
                    return False
        return True

    async def played(self, row: Row) -> None:
        """Let the row have its way; what it waited for in vain is noted, and the oracle judges nevertheless."""
        try:
            await row.play(self)
        except (AssertionError, TimeoutError) as waited:
            self.expect(False, f"{waited}"[:500])

    async def settle(self) -> float | None:
        """Put right what is disturbed, let the clients finish, and wait until everything has arrived."""
        for proxy in self.cluster.proxies.values():
            proxy.heal()
        for name in self.cluster.parts:
            self.cluster.signal(name, signal.SIGCONT)
        for service in self.cluster.services.values():
            if service.crashpoint:
                await self.cluster.arm(service.name, None)
        await asyncio.gather(*(part.back() for part in self.cluster.parts.values()))
        await self.hush()
        return await drained(self.cluster, list(self.book.asked.values()), within=self.times(_DRAIN_S, _DRAIN_SHORT_S))

    async def hush(self) -> None:
        """No new claims; those that were made get their answers."""
        self.enough.set()
        if self._talking:
            _, late = await asyncio.wait(self._talking, timeout=_FINISH_S)
            self.book.closed = True
            if late:
                await asyncio.wait(late, timeout=_FINISH_S)
        talking, self._talking = self._talking, []
        for task in talking:
            task.cancel()
        ended = await asyncio.gather(*talking, return_exceptions=True)
        self.missed += [f"a client failed: {e!r}" for e in ended if isinstance(e, Exception)]

    async def calm(self) -> datetime:
        """Say a few things more, when nothing disturbs any more: from when."""
        self.book.closed = False
        since = datetime.now(UTC)
        trust = TRUSTS[0]
        urls = [s.url for s in self.cluster.services.values() if s.description.name == "talent"]
        client = self.http(trust, "calm", service="talent", urls=urls)
        script = scripts.role_counts(trust, "calm", 10)
        for _ in range(10 * len(urls)):
            await client.tell(next(script))
        await drained(self.cluster, list(self.book.asked.values()), within=self.times(_DRAIN_S, _DRAIN_SHORT_S))
        return since

    async def close(self) -> None:
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)
        await asyncio.gather(*(client.close() for client in self._clients), return_exceptions=True)


async def play(
    row: Row, seed: int, *, full: bool, say: Callable[[str], None] = lambda _: None, root: Path = ROOT
) -> Result:
    """Play a row on a cluster of its own, and judge what it leaves behind."""
    _heed_interrupt()
    started = time.time()
    say(f"{row.name} on seed {seed}: starting")
    async with cluster(proxied=row.proxied, root=root) as running:
        run = Run(running, random.Random(f"{row.name} {seed}"), full, say)
        try:
            await run.prepare()
            began = time.time()
            say(f"{row.name} on seed {seed}: {row.fault}")
            await run.played(row)
            _heed_interrupt()
            say(f"{row.name} on seed {seed}: settling")
            drained_s = await run.settle()
            _heed_interrupt()
            calm_from = await run.calm()
            ended = time.time()
            history = await observed(running, list(run.book.asked.values()), calm_from)
        finally:
            await run.close()
        anomalies = judge(history)
        run.notes |= {"longest_dark_s": round(_longest_dark(history), 1), "prepared_s": round(began - started, 1)}
        held = Counter(sealed.where for sealed in history.sealed)
        run.notes |= {"checkpoints": held["store"], "checkpoint_repeats": held["topic"] - held["store"]}
        marks = list(running.marks)
    return Result(
        row=row.name,
        seed=seed,
        began=began,
        seconds=ended - began,
        anomalies=anomalies,
        missed=run.missed,
        notes=run.notes,
        marks=marks,
        history=history,
        drained_s=drained_s,
    )


def _heed_interrupt() -> None:
    """A client of Kafka loses a cancellation that comes while it stops: Ctrl-C is to be heeded nevertheless."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _longest_dark(history: History) -> float:
    """For how long nothing became visible at most, while something was recorded that could."""
    recorded = sorted(fold.instant(event.said["time"]).timestamp() for event in history.stored)
    visible = sorted({entry.visible_at.timestamp() for entry in history.entered})
    dark = 0.0
    for before, after in pairwise(visible):
        at = bisect_right(recorded, before)
        if at < len(recorded) and recorded[at] < after:
            dark = max(dark, after - recorded[at])
    return dark
