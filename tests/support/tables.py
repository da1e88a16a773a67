"""What databases hold, table by table: to see that something has left nothing at all."""

from __future__ import annotations

import asyncio

import asyncpg


async def contents(*dsns: str) -> list[dict[str, str]]:
    """The hashes of each database's tables, when what goes on in the background is done; without the lease."""
    before: list[dict[str, str]] = []
    while (found := [await _tables(dsn) for dsn in dsns]) != before:
        before = found
        await asyncio.sleep(0.5)  # events are numbered, published and heard of meanwhile
    return found


async def _tables(dsn: str) -> dict[str, str]:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        names = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        return {
            name: await connection.fetchval(f"select md5(string_agg(t::text, '' order by t::text)) from {name} t")
            for (name,) in names
            if name != "lease"
        }
    finally:
        await connection.close()
