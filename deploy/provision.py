"""Roles and databases: who owns what, who may log in where. Idempotent, and the same for every kind of stack.

It needs a superuser once. Afterwards migrations run as the owners, and the services as their app roles, which
own nothing. What an app role may do to a table is the migrations' to grant.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping

import asyncpg

from deploy.description import DATABASES, READER_ROLES, READS_AS, DatabaseDescription
from deploy.dsn import with_database

_TIMEOUT_S = 30
_ITERATIONS = 4096
_LOCK = 0x6261746F6E  # "baton": two provisions at once would trip over each other's roles


async def provision(
    superuser_dsn: str,
    passwords: Mapping[str, str],
    databases: Iterable[DatabaseDescription] = DATABASES,
) -> None:
    """Bring about the roles (a password for each is in `passwords`) and the databases."""
    databases = tuple(databases)
    await ensure_roles(superuser_dsn, passwords)
    for database in databases:
        await ensure_database(superuser_dsn, database)


async def ensure_roles(superuser_dsn: str, passwords: Mapping[str, str], *, reads_as: str = READS_AS) -> None:
    """Each role exists, may log in with its password, and may nothing else of itself.

    Args:
        reads_as: of these, the one that takes on the roles to read as.
    """
    connection = await asyncpg.connect(superuser_dsn, timeout=_TIMEOUT_S)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            known = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
            for role, password in passwords.items():
                verb = "alter" if role in known else "create"
                await connection.execute(
                    f"{verb} role {_name(role)} login nosuperuser nocreatedb nocreaterole noreplication "
                    f"nobypassrls password '{_verifier(password)}'",
                )
            for reader in READER_ROLES if reads_as in passwords else ():
                if reader not in known:
                    await connection.execute(f"create role {_name(reader)} nologin")
                await connection.execute(f"grant {_name(reader)} to {_name(reads_as)}")
    finally:
        await connection.close()


async def ensure_database(superuser_dsn: str, database: DatabaseDescription) -> None:
    """The database exists, its owner owns it, its apps may connect to it, and the public may nothing."""
    connection = await asyncpg.connect(superuser_dsn, timeout=_TIMEOUT_S)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)  # `create database` takes no transaction
        await _create(connection, database)
    finally:
        await connection.close()
    inside = await asyncpg.connect(with_database(superuser_dsn, database.name), timeout=_TIMEOUT_S)
    try:
        await _close_schema_public(inside, database)
    finally:
        await inside.close()


async def _create(connection: asyncpg.Connection[asyncpg.Record], database: DatabaseDescription) -> None:
    name, owner = _name(database.name), _name(database.owner)
    if not await connection.fetchval("select exists (select from pg_database where datname = $1)", database.name):
        await connection.execute(f"create database {name} owner {owner} template template0 encoding 'UTF8'")
    async with connection.transaction():
        await connection.execute(f"alter database {name} owner to {owner}")
        await connection.execute(f"revoke all on database {name} from public")
        for app in database.apps:
            await connection.execute(f"grant connect on database {name} to {_name(app)}")


async def _close_schema_public(
    connection: asyncpg.Connection[asyncpg.Record],
    database: DatabaseDescription,
) -> None:
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute("revoke all on schema public from public")
        await connection.execute(f"grant all on schema public to {_name(database.owner)}")
        for app in database.apps:
            await connection.execute(f"grant usage on schema public to {_name(app)}")


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _verifier(password: str) -> str:
    """What Postgres stores of a password (RFC 5803): the password itself reaches neither server nor log."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored = base64.b64encode(hashlib.sha256(client).digest()).decode()
    server = base64.b64encode(hmac.digest(salted, b"Server Key", "sha256")).decode()
    return f"SCRAM-SHA-256${_ITERATIONS}:{base64.b64encode(salt).decode()}${stored}:{server}"
