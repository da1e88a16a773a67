"""Alembic's entry: one connection as the owner, one migration run at a time."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import async_engine_from_config
from sqlalchemy.pool import NullPool

_lock = 0x6261746F6E  # "baton"


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        connection.execute(text(f"select pg_advisory_xact_lock({_lock})"))
        context.run_migrations()
        if app_role := context.config.attributes["app_role"]:
            connection.execute(text(f'grant select on alembic_version to "{app_role}"'))


async def _run() -> None:
    section = context.config.get_section(context.config.config_ini_section) or {}
    section["sqlalchemy.url"] = context.config.get_main_option("sqlalchemy.url") or ""
    engine = async_engine_from_config(section, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(_run())
