"""Tables held against each other: by the hash of their rows, and where it differs by the keys of the first rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from services.reporting.read_models.projection import Projection, Table
from services.reporting.replaying.own_ledger import patience_s

most_keys = 10


@dataclass(frozen=True, slots=True)
class Rows:
    """What a table holds.

    Attributes:
        rows: how many.
        sha256: of the SHA-256 of each row's text (Postgres' `to_jsonb`, in UTC), in the order of these hashes.
    """

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two tables differ.

    Attributes:
        rows: of how many keys.
        first: the first of them in the order of the keys, each with where it is: "both", "replay" or "shown".
    """

    table: str
    rows: int
    first: list[dict[str, Any]]


async def rows_of(conn: Any, schema: str, projection: Projection) -> dict[str, Rows]:
    """What each table of a read model holds. When an event became visible is in none: the ledger knows it."""
    return {table.name: await _rows_of(conn, schema, table) for table in projection.tables}


async def _rows_of(conn: Any, schema: str, table: Table) -> Rows:
    row = await conn.fetchrow(
        "select count(*) as rows, encode(sha256(coalesce(string_agg(hash, '' order by hash), '')), 'hex') as hash"  # noqa: S608 - our own
        f' from (select sha256(convert_to(to_jsonb(t)::text, \'UTF8\')) as hash from "{schema}"."{table.name}" t) h',
        timeout=patience_s,
    )
    return Rows(row["rows"], row["hash"])


async def differences(
    conn: Any, replayed: str, rows: Mapping[str, Rows], shown: str, projection: Projection
) -> list[Difference]:
    """Where the tables of two schemas differ; `rows` are those of the first."""
    theirs = await rows_of(conn, shown, projection)
    return [
        await _difference(conn, replayed, shown, table)
        for table in projection.tables
        if rows[table.name] != theirs[table.name]
    ]


async def _difference(conn: Any, replayed: str, shown: str, table: Table) -> Difference:
    ours, theirs = f'"{replayed}"."{table.name}"', f'"{shown}"."{table.name}"'
    keys = ", ".join(f'"{name}"' for name in table.key)
    named = ", ".join(f"'{name}', \"{name}\"" for name in table.key)
    found = await conn.fetch(
        f"""
        select jsonb_build_object({named})::text as key,
               case when bool_and(ours) then 'replay' when bool_or(ours) then 'both' else 'shown' end as where,
               count(*) over () as rows
        from (select {keys}, true from (table {ours} except all table {theirs}) a
              union all
              select {keys}, false from (table {theirs} except all table {ours}) b) as d({keys}, ours)
        group by {keys} order by {keys} limit {most_keys}
        """,  # noqa: S608 - our own
        timeout=patience_s,
    )
    return Difference(
        table.name, found[0]["rows"], [{"key": orjson.loads(row["key"]), "in": row["where"]} for row in found]
    )
