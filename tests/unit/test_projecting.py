"""A batch is reduced before it is written: wherever it is cut, the same rows come of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.read_models.projecting import Rows, ddl, definition, reduced
from services.reporting.read_models.projection import Patch, Projection, Table

table = Table("thing", {"stream": "integer", "part": "integer"}, {"a": "integer", "b": "integer", "c": "text"})


@dataclass(frozen=True)
class Changed:
    """One event of a stream: which of its rows, and what it sets."""

    stream: int
    version: int
    part: int
    changes: tuple[tuple[str, int], ...]


def _changed(event: Changed, _: Any) -> Iterator[Patch]:
    yield Patch("thing", (event.stream, event.part), dict(event.changes))
    yield Patch("thing", (event.stream, 0), {"c": str(event.version)})


things = Projection("things", (table,), {Changed: _changed})

histories = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 2),
        st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 99)), max_size=3).map(tuple),
    ),
    max_size=40,
)


@given(histories, st.randoms(use_true_random=False), st.data())
def test_any_interleaving_and_any_cut_gives_the_same_rows(history: list[Any], chance: Any, data: st.DataObject) -> None:
    versions: dict[int, int] = {}
    events = []
    for stream, part, changes in history:
        versions[stream] = versions.get(stream, 0) + 1
        events.append(Changed(stream, versions[stream], part, changes))

    shuffled = _interleaved(events, chance)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(events)), max_size=6)))
    rows: Rows = {}
    for since, until in zip([0, *cuts], [*cuts, len(events)], strict=True):
        _write(rows, _reduced(shuffled[since:until]))

    assert rows == _reduced(events)


def _reduced(events: list[Changed]) -> Rows:
    entries = [SimpleNamespace(event=event, delivered=None) for event in events]
    return reduced(things, entries)["thing"]


def _write(rows: Rows, batch: Rows) -> None:
    """What the statement does with a batch."""
    for key, changes in batch.items():
        rows.setdefault(key, {}).update(changes)


def _interleaved(events: list[Changed], chance: Any) -> list[Changed]:
    """The streams shuffled into each other, each in its own order."""
    queues = {stream: [e for e in events if e.stream == stream] for stream in {e.stream for e in events}}
    order = [event.stream for event in events]
    chance.shuffle(order)
    return [queues[stream].pop(0) for stream in order]


def test_other_tables_have_another_definition() -> None:
    wider = Projection("things", (Table("thing", table.key, {**table.columns, "d": "text"}),), {})

    assert definition(things) == definition(Projection("things", (table,), {}))
    assert definition(things) != definition(wider)


def test_a_table_too_wide_for_a_mask_is_refused() -> None:
    wide = Table("wide", {"id": "uuid"}, {f"c{n}": "text" for n in range(63)})
    with pytest.raises(ValueError, match="more than 62 columns"):
        ddl(Projection("wide", (wide,), {}), "s")


def test_an_event_that_nobody_projects_is_no_row() -> None:
    entries = [SimpleNamespace(event=datetime.now(UTC), delivered=None)]
    assert reduced(things, entries) == {"thing": {}}
