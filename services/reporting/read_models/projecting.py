"""Events onto a read model's tables: reduced per row in the streams' order first, then one statement a table.

What is written is the same however the events were cut into batches: a later change of a column wins, a column that no
event has set stays NULL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any

import orjson

from services.reporting.ledger import Entry
from services.reporting.read_models.projection import Patch, Projection, Table
from services.reporting.read_models.voiding import retold, streams_to_retell
from services.reporting.seeing import policies
from shared.contracts import codec
from shared.contracts.bookkeeping import is_voiding

Rows = dict[tuple[Any, ...], dict[str, Any]]
"""The rows of one table that a batch touches, by their keys: the columns that it sets."""

Statement = tuple[str, str]
"""SQL and its one argument, the rows as JSON."""

_voidings = {name for contract in codec.contracts.values() for name in contract.types if is_voiding(name)}
_trustuid = "trustuid"
_run_length = 1_000
_read_at_once = 50
_most_columns = 62  # of a bigint used as a mask


def ddl(projection: Projection, schema: str) -> str:
    """The statements that make a read model's schema and tables, and say who sees which rows.

    Whoever makes them owns them, and reads and writes them whole.
    """
    tables = [_table_ddl(table, schema) for table in projection.tables]
    seen = [statement for table in projection.tables for statement in policies.ddl(schema, table.name, table.seen_by)]
    return ";\n".join([f'create schema "{schema}"', *tables, *seen, *policies.grants(schema)])


def analysis(projection: Projection, schema: str) -> str:
    """The statement that lets Postgres look at how much is in a read model's tables, and of what kind."""
    return "analyze " + ", ".join(f'"{schema}"."{table.name}"' for table in projection.tables)


def definition(projection: Projection) -> str:
    """A hash of what the tables are: tables of another definition cannot be written by this code."""
    return sha256(ddl(projection, "_").encode()).hexdigest()


def types_of(projection: Projection) -> list[str]:
    """The wire names of the events that a read model looks at, and of those that say that one is void."""
    return [*{*codec.type_names_of(*projection.on)} | _voidings]


def reduced(projection: Projection, entries: Iterable[Any]) -> dict[str, Rows]:
    """The rows that events leave behind, by table. Entries have `event` and `delivered`, each stream's in its order."""
    found: dict[str, Rows] = {table.name: {} for table in projection.tables}
    told_of = {table.name for table in projection.tables if _trustuid in table.columns}
    projectors = projection.on
    for entry in entries:
        projector = projectors.get(type(entry.event))
        if projector is None:
            continue
        whose = {_trustuid: entry.delivered.envelope.trustuid} if told_of else {}
        for patch in projector(entry.event, entry.delivered):
            _merge(found[patch.table], patch, whose if patch.table in told_of else {})
    return found


def statements(
    schema: str, projection: Projection, entries: Iterable[Any], undone: Sequence[Any] = ()
) -> list[Statement]:
    """What applies events to the tables of a schema: one statement a table, with its argument.

    Args:
        undone: events whose rows are deleted first.
    """
    rows_by_table = reduced(projection, entries)
    written = [
        (_statement(schema, _shape(table)), _argument(table, rows))
        for table in projection.tables
        if (rows := rows_by_table[table.name])
    ]
    return [*_deletions(schema, projection, undone), *written] if undone else written


def _deletions(schema: str, projection: Projection, undone: Sequence[Any]) -> list[Statement]:
    """What deletes the rows that events have touched."""
    rows_by_table = reduced(projection, undone)
    return [
        (
            _deletion(schema, _shape(table)),
            orjson.dumps([dict(zip(table.key, key, strict=True)) for key in rows]).decode(),
        )
        for table in projection.tables
        if (rows := rows_by_table[table.name])
    ]


async def project(conn: Any, schema: str, projection: Projection, rows: Sequence[Any]) -> None:
    """Apply the ledger's rows to the tables of a schema, within the caller's transaction.

    The next rows are reduced while Postgres writes those before. Rows without a body are passed over.
    """
    types = types_of(projection)
    writing: asyncio.Task[None] | None = None
    try:
        for at in range(0, len(rows), _run_length):
            entries = await _entries_of(rows[at : at + _run_length])
            undone: Sequence[Any] = ()
            if upto := streams_to_retell(entries, types):
                if writing:
                    await writing  # the connection is not free before
                undone, entries = await retold(conn, entries, upto)
            ready = statements(schema, projection, entries, undone)
            if writing:
                await writing
            writing = asyncio.create_task(_write(conn, ready))
        if writing:
            await writing
    finally:
        if writing and not writing.done():
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)  # the connection is not free before


async def _write(conn: Any, statements_: Sequence[Statement]) -> None:
    for statement, rows in statements_:
        await conn.execute(statement, rows)


async def _entries_of(rows: Sequence[Any]) -> list[Entry]:
    entries = []
    for number, row in enumerate(rows, start=1):
        if row["meta"] is not None:
            entries.append(Entry.of(row))
        if number % _read_at_once == 0:
            await asyncio.sleep(0)  # for what Postgres has answered meanwhile
    return entries


def _merge(rows: Rows, patch: Patch, whose: Mapping[str, str]) -> None:
    row = rows.get(patch.key)
    if row is None:
        rows[patch.key] = {**whose, **patch.changes}
    else:
        row.update(patch.changes)


Shape = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


def _shape(table: Table) -> Shape:
    return table.name, tuple(table.key.items()), tuple(table.columns.items())


def _table_ddl(table: Table, schema: str) -> str:
    if len(table.columns) > _most_columns:
        raise ValueError(f"{table.name} has more than {_most_columns} columns")
    columns = [f'"{name}" {kind} not null' for name, kind in table.key.items()]
    columns += [f'"{name}" {kind}' for name, kind in table.columns.items()]
    key = ", ".join(f'"{name}"' for name in table.key)
    return f'create table "{schema}"."{table.name}" ({", ".join(columns)}, primary key ({key}))'


@cache
def _statement(schema: str, shape: Shape) -> str:
    name, key, columns = shape
    every = (*key, *columns)
    sent = ", ".join(f'"{column}" {kind}' for column, kind in (*every, ("mask", "bigint")))
    names = ", ".join(f'"{column}"' for column, _ in every)
    values = ", ".join(f's."{column}"' for column, _ in every)
    sets = ", ".join(
        f'"{column}" = case when s.mask & {1 << n} <> 0 then s."{column}" else t."{column}" end'
        for n, (column, _) in enumerate(columns)
    )
    on = " and ".join(f't."{column}" = s."{column}"' for column, _ in key)
    matched = f" when matched and s.mask <> 0 then update set {sets}" if columns else " when matched then do nothing"
    return (
        f'merge into "{schema}"."{name}" t using json_to_recordset($1) as s({sent}) on {on}'  # noqa: S608 - our names
        f"{matched} when not matched then insert ({names}) values ({values})"
    )


@cache
def _deletion(schema: str, shape: Shape) -> str:
    name, key, _ = shape
    sent = ", ".join(f'"{column}" {kind}' for column, kind in key)
    on = " and ".join(f't."{column}" = s."{column}"' for column, _ in key)
    return f'delete from "{schema}"."{name}" t using json_to_recordset($1) as s({sent}) where {on}'  # noqa: S608 - our names


def _argument(table: Table, rows: Rows) -> str:
    """The rows as one JSON document: asyncpg looks at every element of an array twice before it is sent."""
    bits = {column: 1 << n for n, column in enumerate(table.columns)}
    keys = tuple(table.key)
    content = [
        dict(zip(keys, key, strict=True)) | changes | {"mask": sum([bits[column] for column in changes])}
        for key, changes in rows.items()
    ]
    return orjson.dumps(content).decode()
