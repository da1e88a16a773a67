"""The peer: pyeventsourcing on the same PostgreSQL, doing the same with the same content, set up as its manual says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL, Identifier, Placeholder

from services.reporting.projections import loop
from services.reporting.read_models.projection import Patch, Table
from shared.contracts import codec
from shared.messaging import Delivered


class Feedback(Aggregate):
    """An aggregate that is told things; `content` is what our event of it holds."""

    @event("Given")
    def __init__(self, content: Mapping[str, Any]) -> None:
        self.said = content["rag"]
        self.corrections = 0

    @event("Corrected")
    def correct(self, content: Mapping[str, Any]) -> None:
        """Say it differently."""
        self.said = content["rag"]
        self.corrections += 1


class Told(Aggregate):
    """An aggregate that takes events as reporting gets them: their envelope and their record."""

    @event("Began")
    def __init__(self, meta: str, record: str) -> None:
        self.bytes = len(meta) + len(record)

    @event("Happened")
    def happen(self, meta: str, record: str) -> None:
        """Something more."""
        self.bytes += len(meta) + len(record)


def environment(dsn: str) -> dict[str, str]:
    """Its settings for a database, as its documentation names them."""
    parts = urlsplit(dsn)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_HOST": parts.hostname or "",
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_DBNAME": parts.path[1:],
        "POSTGRES_USER": unquote(parts.username or ""),
        "POSTGRES_PASSWORD": unquote(parts.password or ""),
        "POSTGRES_POOL_SIZE": "16",
    }


@contextmanager
def application(dsn: str) -> Iterator[Application[Any]]:
    """Its application on a database that may be empty."""
    opened = Application[Any](environment(dsn))
    try:
        yield opened
    finally:
        opened.close()


def told(application_: Application[Any], events: Sequence[Delivered]) -> None:
    """Save events, each on the aggregate of its stream."""
    aggregates: dict[str, Told] = {}
    for one in events:
        meta, record = one.meta.decode(), one.record.decode()
        known = aggregates.get(one.envelope.stream)
        if known is None:
            aggregates[one.envelope.stream] = Told(meta=meta, record=record)
        else:
            known.happen(meta=meta, record=record)
    application_.save(*aggregates.values())


class LoopView(PostgresTrackingRecorder):
    """The tables of our loop's read model, written a row at a time together with the place in the sequence."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.upserts = {table.name: _upsert(table, self.datastore.schema) for table in loop.projection.tables}
        self.columns = {table.name: (*table.key, *table.columns) for table in loop.projection.tables}
        self.sql_create_statements += [_create(table, self.datastore.schema) for table in loop.projection.tables]

    def apply(self, patches: Sequence[Patch], tracking: Tracking) -> None:
        """Write one event's rows."""
        with self.datastore.transaction(commit=True) as cursor:
            for patch in patches:
                key = dict(zip(self.columns[patch.table], patch.key, strict=False))
                row = dict.fromkeys(self.columns[patch.table]) | key | dict(patch.changes)
                cursor.execute(self.upserts[patch.table], row, prepare=True)
            self._insert_tracking(cursor, tracking)


class LoopProjection(Projection[LoopView]):
    """The same report: our projectors decide which rows an event makes, so that only the way differs."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Project one event."""
        delivered = Delivered(domain_event.meta.encode(), tracking.notification_id, domain_event.record.encode())
        found = codec.decode(delivered.envelope.type, delivered.record)
        projector = loop.projection.on.get(type(found))
        self.view.apply(list(projector(found, delivered)) if projector else [], tracking)


def runner(dsn: str) -> ProjectionRunner[Application[Any], LoopView]:
    """Its projection at work, from the beginning of the sequence."""
    return ProjectionRunner(
        application_class=Application, projection_class=LoopProjection, view_class=LoopView, env=environment(dsn)
    )


def _create(table: Table, schema: str) -> Any:
    columns = [SQL("{} {} not null").format(Identifier(n), SQL(kind)) for n, kind in table.key.items()]
    columns += [SQL("{} {}").format(Identifier(n), SQL(kind)) for n, kind in table.columns.items()]
    key = SQL(", ").join(map(Identifier, table.key))
    return SQL("create table if not exists {}.{} ({}, primary key ({}))").format(
        Identifier(schema), Identifier(table.name), SQL(", ").join(columns), key
    )


def _upsert(table: Table, schema: str) -> Any:
    every = (*table.key, *table.columns)
    sets = SQL(", ").join(
        SQL("{0} = coalesce(excluded.{0}, t.{0})").format(Identifier(column)) for column in (table.columns or table.key)
    )
    return SQL("insert into {}.{} as t ({}) values ({}) on conflict ({}) do update set {}").format(
        Identifier(schema),
        Identifier(table.name),
        SQL(", ").join(map(Identifier, every)),
        SQL(", ").join(map(Placeholder, every)),
        SQL(", ").join(map(Identifier, table.key)),
        sets,
    )
