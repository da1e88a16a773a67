"""The local stack's databases, for the operators' commands: as a service sees its own, or as its owner."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import asyncpg

from deploy.description import DATABASES, SERVICES
from deploy.dsn import postgres_dsn
from deploy.errors import Unmet
from deploy.local.secrets import ensure_secrets
from deploy.settings import stack_settings

_TIMEOUT_S = 10
_OWNERS = {database.name: database.owner for database in DATABASES}
_APPS = {service.database: service.app for service in SERVICES}


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
