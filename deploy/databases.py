"""A stack's databases, for the operators' commands: as a service sees its own, or as its owner."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Literal

import asyncpg

from deploy.description import DATABASES, SERVICES, VAULT
from deploy.errors import Unmet
from deploy.secrets import check_master_key, master_key_path, read_whole_master_key, the_right_key
from deploy.settings import stack_settings
from shared.vault import Vault

_TIMEOUT_S = 10
_OWNERS = {database.name: database.owner for database in DATABASES}
_APPS = {service.database: service.app for service in SERVICES}


@asynccontextmanager
async def connected(
    database: str, *, as_: Literal["reader", "app", "owner"] = "reader"
) -> AsyncIterator[asyncpg.Connection]:
    """A connection to one of the stack's databases; a reader's can change nothing.

    Raises:
        Unmet: when the database cannot be reached, or is not as the code needs it.
    """
    role = _OWNERS[database] if as_ == "owner" else _APPS[database]
    only = {"default_transaction_read_only": "on"} if as_ == "reader" else {}
    with _reachable(database):
        connection = await asyncpg.connect(
            _dsn(role, database), timeout=_TIMEOUT_S, server_settings={"application_name": "baton", **only}
        )
    try:
        with _usable(database):
            yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """Some connections with a service's own role, for work that takes a while.

    Raises:
        Unmet: as for one connection.
    """
    connections = asyncpg.create_pool(_dsn(_APPS[database], database), min_size=1, max_size=4, timeout=_TIMEOUT_S)
    with _reachable(database):
        _ = await connections
    async with connections:
        with _usable(database):
            yield connections


@asynccontextmanager
async def vault_of(service: str) -> AsyncIterator[Vault]:
    """The vault as a service uses it.

    Raises:
        Unmet: when it cannot be reached, or the master key does not open it.
    """
    key = master_key()
    connections = asyncpg.create_pool(_dsn(_APPS[service], VAULT), min_size=1, max_size=2, timeout=_TIMEOUT_S)
    with _reachable(VAULT):
        _ = await connections
    async with connections:
        vault = Vault(service, connections, key)
        with the_right_key():
            with _usable(VAULT):
                await vault.start()
            yield vault


def master_key() -> bytes:
    """The vault's master key.

    Raises:
        Unmet: when it is missing, damaged, or another than the stack's.
    """
    settings = stack_settings()
    check_master_key(settings)
    return read_whole_master_key(master_key_path(settings))


def _dsn(role: str, database: str) -> str:
    settings = stack_settings()
    password = settings.password(role)
    if not password:
        raise Unmet(f"There is no stack in {settings.var} yet.", "Start it with `baton up`.")
    return settings.dsn(role, database, password)


@contextmanager
def _reachable(database: str) -> Iterator[None]:
    try:
        yield
    except (OSError, TimeoutError, asyncpg.PostgresError):
        settings = stack_settings()
        raise Unmet(
            f"The database {database} cannot be reached on {settings.postgres_host}, port {settings.postgres_port}.",
            "Is Baton up? `baton up`",
        ) from None


@contextmanager
def _usable(database: str) -> Iterator[None]:
    try:
        yield
    except asyncpg.UndefinedTableError:
        raise Unmet(f"The database {database} lacks what the code needs.", "Run `baton migrate`.") from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unmet(f"The database {database} did not do it ({type(error).__name__}).") from None
