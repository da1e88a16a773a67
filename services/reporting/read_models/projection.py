"""What a read model is: the tables it owns, and what each type of event does to their rows.

A projection is pure: an event gives patches. A row is written from one stream only, and a stream is applied in its
order, so any interleaving of partitions ends in the same tables. Totals are never counted up in place: they are SQL
in a report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.reporting.seeing.policies import Seen
from shared.messaging import Delivered


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a read model: its key's columns and its other columns, each with its Postgres type.

    A column that no event has set yet is NULL: a report says "nothing recorded yet" rather than 0. The column
    `trustuid` is set by every event, whatever its patch says.

    Attributes:
        seen_by: which of a trust's rows its schools' leaders see; None: nobody sees any, who reads for somebody.
    """

    name: str
    key: Mapping[str, str]
    columns: Mapping[str, str]
    seen_by: Seen | None = None


@dataclass(frozen=True, slots=True)
class Patch:
    """New values for some columns of one row; the row is made where it does not exist."""

    table: str
    key: tuple[Any, ...]
    changes: Mapping[str, Any]


SOURCE: Mapping[str, str] = {"happened_at": "timestamptz", "event_id": "uuid"}
"""The columns that say which event a row comes from."""

Projector = Callable[[Any, Delivered], Iterable[Patch]]


@dataclass(frozen=True, slots=True)
class Projection:
    """One read model: a name, its tables, and a projector for each event class that touches them."""

    name: str
    tables: tuple[Table, ...]
    on: Mapping[type[Any], Projector] = field(default_factory=dict)


def same(event: Any, *columns: str) -> dict[str, Any]:
    """The values of those columns that are called as the event's fields are."""
    return {column: getattr(event, column) for column in columns}


def source(delivered: Delivered) -> dict[str, Any]:
    """The values of `SOURCE`."""
    return {"happened_at": delivered.envelope.happened_at, "event_id": delivered.envelope.id}
