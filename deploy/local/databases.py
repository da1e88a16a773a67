"""The local stack's databases, for the operators' commands: as a service sees its own, or as its owner."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import asyncpg

from deploy.description import DATABASES, SERVICES, VAULT
from deploy.dsn import postgres_dsn
from deploy.errors import Unmet
from deploy.local.secrets import ensure_secrets
from deploy.settings import stack_settings
from shared.vault import Vault, read_master_key

_TIMEOUT_S = 10
_OWNERS = {database.name: database.owner for database in DATABASES}
_APPS = {service.database: service.app for service in SERVICES}


@asynccontextmanager
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """Some connections with a service's own role, for work that takes a while."""
    async with connected(database, as_="app"):
        pass
    settings = stack_settings()
    role = _APPS[database]
    dsn = postgres_dsn(role, database, settings.postgres_port, password=ensure_secrets(settings).passwords[role])
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4, timeout=_TIMEOUT_S) as connections:
        yield connections


@asynccontextmanager
async def vault_of(service: str) -> AsyncIterator[Vault]:
    """The vault as a service uses it."""
    settings = stack_settings()
    secrets = ensure_secrets(settings)
    role = _APPS[service]
    dsn = postgres_dsn(role, VAULT, settings.postgres_port, password=secrets.passwords[role])
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2, timeout=_TIMEOUT_S) as connections:
        vault = Vault(service, connections, read_master_key(secrets.master_key_file))
        await vault.start()
        yield vault


@asynccontextmanager
async def connected(
    database: str, *, as_: Literal["reader", "app", "owner"] = "reader"
) -> AsyncIterator[asyncpg.Connection]:
    """A connection to one of the stack's databases; a reader's can change nothing.

    Raises:
        Unmet: when the database cannot be reached.
    """
    settings = stack_settings()
    role = _OWNERS[database] if as_ == "owner" else _APPS[database]
    password = ensure_secrets(settings).passwords[role]
    only = {"default_transaction_read_only": "on"} if as_ == "reader" else {}
    try:
        connection = await asyncpg.connect(
            postgres_dsn(role, database, settings.postgres_port, password=password),
            timeout=_TIMEOUT_S,
            server_settings={"application_name": "baton", **only},
        )
    except (OSError, TimeoutError, asyncpg.PostgresError):
        raise Unmet(
            f"The database {database} cannot be reached on port {settings.postgres_port}.", "Is Baton up? `baton up`"
        ) from None
    try:
        yield connection
    finally:
        await connection.close()
