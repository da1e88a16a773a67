"""A service as a process: what it opens, in which order it starts and stops, and how it tells that it is well."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Protocol

import asyncpg
import httpx
import structlog
import uvicorn
import uvloop
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from faststream.kafka import KafkaBroker
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest

from shared import logging, migrations, problems
from shared.clock import Clock, SimulatedClock, SystemClock
from shared.consumer import Subscription
from shared.contracts import codec
from shared.eventstore import EventStore
from shared.identity import Principal, Verifier
from shared.sequencer import Sequencer
from shared.settings import ServiceSettings
from shared.vault import Vault, read_master_key

log = structlog.get_logger()

patience_seconds = 60.0
"""How long a background part may be silent before the process counts as dead."""
drain_seconds = 10


class Part(Protocol):
    """Something that runs as long as the service does."""

    async def start(self) -> None:
        """Begin; returns when it runs, or runs on in the background."""

    async def stop(self) -> None:
        """Finish what is under way, within a bound."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """A subscription and its broker as one part of a service."""

    subscription: Subscription
    broker: KafkaBroker

    async def start(self) -> None:
        """Begin in the background; Kafka need not be there."""
        await self.subscription.start()

    async def stop(self) -> None:
        """Let the batch in work end, then leave."""
        await self.subscription.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.broker.stop(), drain_seconds)


class Closing:
    """Closes the client to the other services when the service stops."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def start(self) -> None:
        """Nothing to open: the client connects when it is used."""

    async def stop(self) -> None:
        """Close its connections."""
        await self._client.aclose()


def proof(settings: ServiceSettings) -> dict[str, str]:
    """The headers that a service proves itself with to its peers."""
    token = settings.service_token
    return {} if token is None else {"authorization": f"Bearer {token.get_secret_value()}"}


Probe = Callable[[], Awaitable[str | None]]
"""A look at one part: None when it is well, else a sentence."""


@dataclass(slots=True)
class Health:
    """What the health endpoints ask. Live: restarting would help if it is not. Ready: requests can be served now."""

    live: dict[str, Probe] = field(default_factory=dict)
    ready: dict[str, Probe] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resources:
    """What every service opens."""

    settings: ServiceSettings
    clock: Clock
    pool: asyncpg.Pool
    vault: Vault
    verifier: Verifier
    _vault_pool: asyncpg.Pool

    @classmethod
    def of(cls, settings: ServiceSettings) -> Resources:
        """Put together, nothing opened yet."""
        vault_pool = _pool(settings.vault_dsn.get_secret_value(), settings.service, 4)
        return cls(
            settings=settings,
            clock=SimulatedClock(settings.clock_file) if settings.clock_file else SystemClock(),
            pool=_pool(settings.dsn.get_secret_value(), settings.service, settings.pool_size),
            vault=Vault(settings.service, vault_pool, read_master_key(settings.master_key_file)),
            verifier=Verifier(settings.issuer_key_file, lambda: datetime.now(UTC)),
            _vault_pool=vault_pool,
        )

    async def start(self) -> None:
        """Connect to the databases and prove that the master key opens the vault."""
        for pool in (self.pool, self._vault_pool):
            async with asyncio.timeout(patience_seconds):
                _ = await pool
        await self.vault.start()

    async def stop(self) -> None:
        """Give the connections back."""
        for pool in (self.pool, self._vault_pool):
            try:
                await asyncio.wait_for(pool.close(), drain_seconds)
            except TimeoutError:
                pool.terminate()

    def health(self, versions: Path) -> Health:
        """What can be seen of them."""

        async def database() -> str | None:
            return await migrations.pending(versions, self.pool)

        return Health(ready={"database": database})


def make_app(
    resources: Resources,
    *,
    title: str,
    routers: Sequence[APIRouter],
    parts: Sequence[Part],
    health: Health,
    gauges: Callable[[], Awaitable[None]],
) -> FastAPI:
    """The service's HTTP application. Its parts start with it, in their order, and stop in the opposite order."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in (resources, *parts):
                await part.start()
                stack.push_async_callback(part.stop)
            log.info("started", port=resources.settings.port)
            yield
            log.info("stopping")
        log.info("stopped")

    app = FastAPI(title=title, version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.verifier = resources.verifier
    problems.install(app)
    app.include_router(_operations(health, gauges))
    for router in routers:
        app.include_router(router)
    return app


def serve(build: Callable[[], FastAPI], settings: ServiceSettings) -> None:
    """Run what `build` puts together, until SIGTERM or SIGINT; then finish what is under way."""
    logging.configure(settings.service, settings.log_level)

    async def run() -> None:
        config = uvicorn.Config(
            build(),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=drain_seconds,
        )
        await uvicorn.Server(config).serve()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


def sequencer_health(sequencer: Sequencer, health: Health) -> None:
    """Add what can be seen of a sequencer: stuck, or refusing to publish."""

    async def turning() -> str | None:
        silent = time.monotonic() - sequencer.state.last_turn
        return None if silent < patience_seconds else f"the sequencer made no turn for {silent:.0f} s"

    async def publishing() -> str | None:
        return sequencer.state.refused

    health.live["sequencer"] = turning
    health.ready["publishing"] = publishing


def subscription_health(subscription: Subscription, health: Health) -> None:
    """Add what can be seen of a consumer: dead, or failing for long."""

    async def consuming() -> str | None:
        return None if subscription.health().alive else "the consumer does not poll any more"

    async def succeeding() -> str | None:
        found = subscription.health()
        if found.failing_s < patience_seconds:
            return None
        return f"batches have been failing for {found.failing_s:.0f} s ({found.error})"

    health.live[found := f"consumer {subscription.health().group}"] = consuming
    health.ready[f"{found} succeeding"] = succeeding


async def sequencer_gauges(store: EventStore) -> None:
    """Read how far numbering and publishing are behind."""
    row = await store.pool.fetchrow(_behind)
    if row is None:
        return
    _unnumbered.labels(store.service).set(row["unnumbered"])
    _unpublished.labels(store.service).set(row["unpublished"])
    _parked_claims.labels(store.service).set(row["parked"])


_behind = """
select (select count(*) from pending) as unnumbered,
       (select coalesce(max(logindex) + 1, 0) from log) - published as unpublished,
       (select count(*) from parked_claim) as parked
from lease
"""
_unnumbered = Gauge("baton_unnumbered_events", "Events that have no log index yet", ["service"])
_unpublished = Gauge("baton_unpublished_events", "Numbered events that Kafka has not acknowledged yet", ["service"])
_parked_claims = Gauge("baton_parked_claims", "Claims from schools that wait or are unknown", ["service"])


def authenticated(request: Request) -> Principal:
    """The caller, proven by a token: what a route that needs one depends on."""
    verifier: Verifier = request.app.state.verifier
    return verifier.principal(request.headers.get("authorization"))


Caller = Annotated[Principal, Depends(authenticated)]


def _operations(health: Health, gauges: Callable[[], Awaitable[None]]) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/livez")
    async def livez() -> JSONResponse:
        """Whether the process does its work; if not, restart it."""
        return await _report(health.live)

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        """Whether requests can be served now."""
        return await _report(health.live | health.ready)

    @router.get("/metrics")
    async def metrics() -> Response:
        """Prometheus metrics."""
        with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.wait_for(gauges(), 5)
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    @router.get("/schemas/{type_name}")
    async def schema(type_name: str) -> JSONResponse:
        """The JSON Schema of an event type."""
        try:
            return JSONResponse(codec.json_schema(type_name), media_type="application/schema+json")
        except codec.UnknownType:
            raise problems.Problem(404, "type_unknown", "There is no event type of this name.") from None

    return router


async def _report(probes: dict[str, Probe]) -> JSONResponse:
    found = {name: await _look(probe) for name, probe in probes.items()}
    wrong = {name: sentence for name, sentence in found.items() if sentence is not None}
    return JSONResponse({"ok": not wrong, "wrong": wrong, "checked": sorted(found)}, 503 if wrong else 200)


async def _look(probe: Probe) -> str | None:
    try:
        return await asyncio.wait_for(probe(), 5)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return f"cannot be reached ({type(error).__name__})"


def _pool(dsn: str, service: str, size: int) -> asyncpg.Pool:
    return asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        command_timeout=30,
        server_settings={"application_name": f"baton-{service}", "idle_in_transaction_session_timeout": "30s"},
    )
