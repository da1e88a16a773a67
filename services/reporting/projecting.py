"""Events onto a read model's tables: reduced per row in the streams' order first, then one statement a table.

What is written is the same however the events were cut into batches: a later change of a column wins, a column that no
event has set stays NULL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from typing import Any

from services.reporting.ledger import Entry
from services.reporting.projection import Patch, Projection, Table

Rows = dict[tuple[Any, ...], dict[str, Any]]
"""The rows of one table that a batch touches, by their keys: the columns that it sets."""

_most_columns = 62  # of a bigint used as a mask


def ddl(projection: Projection, schema: str) -> str:
    """The statements that make a read model's schema and tables; whoever makes them owns them and reads them."""
    tables = [_table_ddl(table, schema) for table in projection.tables]
    return ";\n".join([f'create schema "{schema}"', *tables])


def definition(projection: Projection) -> str:
    """A hash of what the tables are: tables of another definition cannot be written by this code."""
    return sha256(ddl(projection, "_").encode()).hexdigest()


def reduced(projection: Projection, entries: Iterable[Any]) -> dict[str, Rows]:
    """The rows that events leave behind, by table. Entries have `event` and `delivered`, each stream's in its order."""
    found: dict[str, Rows] = {table.name: {} for table in projection.tables}
    projectors = projection.on
    for entry in entries:
        projector = projectors.get(type(entry.event))
        if projector is None:
            continue
        for patch in projector(entry.event, entry.delivered):
            _merge(found[patch.table], patch)
    return found


async def project(conn: Any, schema: str, projection: Projection, entries: Iterable[Any]) -> None:
    """Apply events to the tables of a schema, within the caller's transaction."""
    rows_by_table = reduced(projection, entries)
    for table in projection.tables:
        if rows := rows_by_table[table.name]:
            await conn.execute(_statement(schema, _shape(table)), *_arguments(table, rows))


def entries_of(rows: Sequence[Any]) -> list[Entry]:
    """The ledger's rows as entries."""
    return [Entry.of(row) for row in rows]


def _merge(rows: Rows, patch: Patch) -> None:
    row = rows.get(patch.key)
    if row is None:
        rows[patch.key] = dict(patch.changes)
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
    # unnest would flatten arrays of arrays: a value that is an array goes as text
    arguments = ", ".join(f"${n}::{_sent_as(kind)}[]" for n, (_, kind) in enumerate(every, 1))
    names = ", ".join(f'"{column}"' for column, _ in every)
    values = ", ".join(f's."{column}"::{kind}' for column, kind in every)
    sets = ", ".join(
        f'"{column}" = case when s.mask & {1 << n} <> 0 then s."{column}"::{kind} else t."{column}" end'
        for n, (column, kind) in enumerate(columns)
    )
    on = " and ".join(f't."{column}" = s."{column}"' for column, _ in key)
    matched = f" when matched and s.mask <> 0 then update set {sets}" if columns else " when matched then do nothing"
    return (
        f'merge into "{schema}"."{name}" t'  # noqa: S608 - names from our own code
        f" using (select * from unnest({arguments}, ${len(every) + 1}::bigint[]) as u({names}, mask)) s on {on}"
        f"{matched} when not matched then insert ({names}) values ({values})"
    )


def _sent_as(kind: str) -> str:
    return "text" if kind.endswith("[]") else kind


def _arguments(table: Table, rows: Rows) -> list[list[Any]]:
    keys = list(zip(*rows, strict=True))
    arguments: list[list[Any]] = [list(values) for values in keys]
    for column, kind in table.columns.items():
        values = [changes.get(column) for changes in rows.values()]
        arguments.append([_literal(v) for v in values] if kind.endswith("[]") else values)
    bits = {column: 1 << n for n, column in enumerate(table.columns)}
    arguments.append([sum(bits[column] for column in changes) for changes in rows.values()])
    return arguments


def _literal(values: Sequence[Any] | None) -> str | None:
    """An array as Postgres reads it."""
    if values is None:
        return None
    return "{" + ",".join("NULL" if value is None else _quoted(str(value)) for value in values) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
