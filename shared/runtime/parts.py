"""What a service is made of: the resources that it opens, and the parts that run while it does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import asyncpg
import httpx
import structlog

from shared.clock import Clock, SimulatedClock, SystemClock
from shared.identity import BUILT_IN, KeyFile, Trusted, Verifier, keys_of
from shared.runtime.database import pending
from shared.runtime.gauges import show_pool
from shared.runtime.health import Health, patience_seconds
from shared.settings import ServiceSettings
from shared.vault import MasterKeyError, Vault, read_master_key

log = structlog.get_logger()

drain_seconds = 10
_vault_seconds = 2
_vault_away = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What says nothing of the master key; and most can be done without the vault."""
tick_seconds = 0.5


class Part(Protocol):
    """Something that runs as long as the service does."""

    async def start(self) -> None:
        """Begin; returns when it runs, or runs on in the background."""

    async def stop(self) -> None:
        """Finish what is under way, within a bound."""


class Closing:
    """Closes the client to the other services when the service stops."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def start(self) -> None:
        """Nothing to open: the client connects when it is used."""

    async def stop(self) -> None:
        """Close its connections."""
        await self._client.aclose()


class Ticking:
    """Does something again and again while the service runs; what fails is tried again with the next tick."""

    def __init__(self, tick: Callable[[], Awaitable[None]]) -> None:
        self._tick = tick
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, in the background."""
        self._task = asyncio.create_task(self._run(), name="clock")

    async def stop(self) -> None:
        """Stop at once: what was under way is found again."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self._tick()
            except Exception as error:  # noqa: BLE001  whatever it was: the next tick may fare better
                log.warning("tick_failed", error=type(error).__name__)
            await asyncio.sleep(tick_seconds)


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
    def of(cls, settings: ServiceSettings, *, by_key: bool = False) -> Resources:
        """Put together, nothing opened yet. `by_key`: as in `connections`."""
        vault_pool = connections(settings.vault_dsn.get_secret_value(), settings.service, 4, by_key=True)
        return cls(
            settings=settings,
            clock=SimulatedClock(settings.clock_file) if settings.clock_file else SystemClock(),
            pool=connections(settings.dsn.get_secret_value(), settings.service, settings.pool_size, by_key=by_key),
            vault=Vault(
                settings.service, vault_pool, read_master_key(settings.master_key_file), settings.keys_remembered
            ),
            verifier=verifier(settings),
            _vault_pool=vault_pool,
        )

    async def start(self) -> None:
        """Connect to the databases and prove that the master key opens the vault."""
        for database, pool in (("store", self.pool), ("vault", self._vault_pool)):
            async with asyncio.timeout(patience_seconds):
                _ = await pool
            show_pool(self.settings.service, database, pool)
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
            return await pending(versions, self.pool)

        async def master_key() -> str | None:
            with contextlib.suppress(*_vault_away):
                try:
                    await asyncio.wait_for(self.vault.prove(), _vault_seconds)
                except MasterKeyError as wrong:
                    return f"{wrong.code}: {wrong}"
            return None

        return Health(ready={"database": database, "master key": master_key})


async def prove_master_key(settings: ServiceSettings) -> None:
    """See that the master key opens the vault, before anything is put together.

    Raises:
        MasterKeyError: it is not there, damaged, or another vault's.
    """
    key = read_master_key(settings.master_key_file)
    with contextlib.suppress(*_vault_away):  # told, if it lasts, by the start itself
        async with connections(settings.vault_dsn.get_secret_value(), settings.service, 1) as pool:
            await Vault(settings.service, pool, key).prove()


def verifier(settings: ServiceSettings) -> Verifier:
    """What checks the tokens of those whom a service trusts: the built-in issuer, where it has one, and providers."""
    trusted = [Trusted(provider, keys_of(provider)) for provider in settings.issuers]
    if settings.issuer_key_file is not None:
        trusted.append(Trusted(BUILT_IN, KeyFile(settings.issuer_key_file)))
    return Verifier(trusted, lambda: datetime.now(UTC))


def proof(settings: ServiceSettings) -> dict[str, str]:
    """The headers that a service proves itself with to its peers."""
    token = settings.service_token
    return {} if token is None else {"authorization": f"Bearer {token.get_secret_value()}"}


def connections(dsn: str, service: str, size: int, *, by_key: bool = False) -> asyncpg.Pool:
    """A service's connections to one database.

    Where everything is found `by_key`, as in an event store or a vault, a statement is planned once for a connection:
    planning anew would cost more than reading a stream. The plan takes the index even if the table was empty when it
    was made.

    Whatever we set is set for a transaction, and who takes a lock for longer gives it back or ends the connection. So
    nothing is reset on the way back into the pool: that round trip is a quarter of what a small statement costs.
    """
    planned_once = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}
    return asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        reset=_nothing,
        command_timeout=30,
        server_settings={
            "application_name": f"baton-{service}",
            "idle_in_transaction_session_timeout": "30s",
            **(planned_once if by_key else {}),
        },
    )


async def _nothing(_connection: asyncpg.Connection) -> None:
    """Nothing is left to reset."""
