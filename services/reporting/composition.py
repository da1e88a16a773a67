"""Reporting put together: the consumer, the read models and the routes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog
from fastapi import APIRouter

from services.reporting import api
from services.reporting.feed import Feed
from services.reporting.projections import (
    calendar,
    capacity,
    change,
    coaching,
    compliance,
    cpd,
    leaders,
    lens,
    loop,
    network,
    one_to_ones,
    partnerships,
    people,
    posts,
    practice,
    principles,
    priorities,
    qualifications,
    register,
    reviews,
    roles,
    support,
)
from services.reporting.read_models import live, rebuild
from services.reporting.read_models.live import Live
from services.reporting.read_models.projection import Projection
from services.reporting.read_models.reading import Reading
from services.reporting.reports import Report
from services.reporting.reports import reports as all_reports
from services.reporting.seeing.scope import EVERYTHING, Scope
from shared.clock import Clock
from shared.consumer import Door, Health, Inbox, Sealer, Subscription
from shared.contracts.bookkeeping import RecordVoided
from shared.contracts.codec import contracts
from shared.messaging import Cluster, events_topic

log = structlog.get_logger()

writers = ("talent", "cpd", "collaboration")
all_projections = (
    register.projection,
    people.projection,
    leaders.projection,
    posts.projection,
    loop.projection,
    roles.projection,
    qualifications.projection,
    compliance.projection,
    calendar.projection,
    cpd.projection,
    capacity.projection,
    coaching.projection,
    network.projection,
    lens.projection,
    support.projection,
    principles.projection,
    reviews.projection,
    partnerships.projection,
    practice.projection,
    priorities.projection,
    change.projection,
    one_to_ones.projection,
)
group = "reporting"
_sweep_s = 60.0
_again_s = 2.0


def heard(projections: Iterable[Projection]) -> dict[type[Any], list[str]]:
    """Every event there is stands in the ledger; and the read models that look at it. All follow what is voided."""
    events = [cls for service in writers for cls in contracts[service].types.values()]
    return {
        cls: ["ledger", *(p.name for p in projections if cls in p.on or issubclass(cls, RecordVoided))]
        for cls in events
    }


@dataclass(slots=True)
class Reporting:
    """A running reporting service, but for its HTTP server. It is a part: start() and stop()."""

    pool: asyncpg.Pool
    projections: Mapping[str, Projection]
    subscription: Subscription
    reading: Reading
    feed: Feed
    router: APIRouter
    prepared: bool = False
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Begin in the background: the read models are made or made anew first, then events are consumed."""
        await self.feed.start()
        self._tasks = [asyncio.create_task(self._consume()), asyncio.create_task(self._sweep())]

    async def stop(self) -> None:
        """Let the batch in work end; give up what is being built."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.subscription.stop()
        await self.feed.stop()
        await self.reading.scratch.stop()

    def health(self) -> Health:
        """What is known of the consumer."""
        return self.subscription.health()

    async def _consume(self) -> None:
        while not self.prepared:
            try:
                await rebuild.prepare(self.pool, tuple(self.projections.values()))
                self.prepared = True
            except (
                OSError,
                TimeoutError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                rebuild.RebuildRefused,
            ) as fault:
                log.warning("read_models_not_ready", error=type(fault).__name__)
                await asyncio.sleep(_again_s)
        await self.subscription.start()

    async def _sweep(self) -> None:
        """Drop what nobody reads any more."""
        while True:
            await asyncio.sleep(_sweep_s)
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await rebuild.drop_retired(self.pool)
                await self.reading.scratch.drop_unused()


def build(  # noqa: PLR0913 - each part is named by the composition root
    pool: asyncpg.Pool,
    cluster: Cluster,
    clock: Clock,
    door: Door,
    sealer: Sealer,
    *,
    projections: Sequence[Projection] = all_projections,
    reports: Mapping[str, Report] = all_reports,
    topics: Mapping[str, str] | None = None,
    instance: str | None = None,
    unasked: Scope = EVERYTHING,
) -> Reporting:
    """Reporting, not started.

    Args:
        door: the writers' catch-up doors (`HttpDoor(client, {service: address})`).
        sealer: seals what is parked (the vault).
        topics: which service publishes on which topic, if not each on its own.
        instance: a name of this process that outlives a restart.
        unasked: what is read where nobody has said for whom.
    """
    services = topics or {events_topic(service): service for service in writers}
    by_name = {projection.name: projection for projection in projections}
    effects = Live(by_name, clock)
    inbox = Inbox(pool, group, services, effects.apply, sealer, door, hold=effects.hold, notify=live.channel)
    subscription = Subscription(
        cluster, inbox, service="reporting", group=group, topics=tuple(services), instance=instance
    )

    def lag() -> dict[str, float] | None:
        by_topic = subscription.lag_by_topic()
        return by_topic if by_topic is None else {services[topic]: lag for topic, lag in by_topic.items()}

    reading, feed = Reading(pool, clock, by_name, lag, unasked), Feed(pool)
    return Reporting(pool, by_name, subscription, reading, feed, api.router(reading, reports, feed))
