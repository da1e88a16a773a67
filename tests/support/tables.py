"""What databases hold, table by table: to see that something has left nothing at all."""

from __future__ import annotations

import asyncio

import asyncpg


async def contents(*dsns: str) -> list[dict[str, str | None]]:
    """The hashes of each database's tables, when what goes on in the background is done; without the leader's own."""
    before: list[dict[str, str | None]] = []
    while (found := [await _tables(dsn) for dsn in dsns]) != before or any(one.get("pending") for one in found):
        before = found
        await asyncio.sleep(0.5)  # events are numbered, published and heard of meanwhile
    return found


async def _tables(dsn: str) -> dict[str, str | None]:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        names = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        return {
            name: await connection.fetchval(f"select md5(string_agg(t::text, '' order by t::text)) from {name} t")
            for (name,) in names
            if name not in ("lease", "merkle_node", "checkpoint")
        }
    finally:
        await connection.close()
