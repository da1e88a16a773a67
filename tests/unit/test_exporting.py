"""An export's files: the same bytes whether it was interrupted or not, as lines and as Parquet."""

from __future__ import annotations

import asyncio
import contextlib
import random
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import asyncpg
import pyarrow.parquet as pq
import pytest

from deploy.errors import Unmet
from deploy.exporting import halfway, parquet
from deploy.exporting.halfway import File, Halfway, Reached
from deploy.exporting.history import as_line, line
from deploy.exporting.lines import Lines
from deploy.exporting.parquet import Parts
from tests.support import small_store

ROWS = [row for service in ("talent", "cpd") for row in small_store.rows(random.Random(51), 500, service)]
EVENTS = [line(cast("asyncpg.Record", row)) for row in ROWS]
LINES = b"".join(map(as_line, EVENTS))
Form = type[Lines] | type[Parts]


def content(out: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (sorted(out.iterdir()) if out.is_dir() else [out]))


def written(form: Form, out: Path, events: Sequence[dict[str, Any]], done: Sequence[File] = ()) -> list[File]:
    """What is finished after these events, a hundred at a time."""
    finished: list[File] = []
    with form.opened(out, done) as writing:
        for at in range(0, len(events), 100):
            writing.write(events[at : at + 100])
            finished = writing.settle()
    return finished


@pytest.mark.parametrize("form", [Lines, Parts])
def test_what_was_interrupted_ends_as_if_it_had_not_been(form: Form, tmp_path: Path) -> None:
    whole = written(form, tmp_path / "whole", EVENTS)
    out = tmp_path / "out"
    done = written(form, out, EVENTS[:300])
    with contextlib.suppress(asyncio.CancelledError), form.opened(out, done) as writing:
        writing.write(EVENTS[300:450])
        raise asyncio.CancelledError

    again = written(form, out, EVENTS[300:], done)

    assert content(out) == content(tmp_path / "whole")
    assert [(file.bytes, file.sha256, file.events) for file in again] == [(f.bytes, f.sha256, f.events) for f in whole]
    assert sum(file.events for file in again) == len(EVENTS)


@pytest.mark.parametrize("form", [Lines, Parts])
def test_nothing_is_left_of_a_longer_export_that_stood_there(form: Form, tmp_path: Path) -> None:
    for name, events in (("out", EVENTS), ("out", EVENTS[:200]), ("new", EVENTS[:200])):
        written(form, tmp_path / name, events)

    assert content(tmp_path / "out") == content(tmp_path / "new")


@pytest.mark.parametrize("form", [Lines, Parts])
def test_what_changed_in_the_meantime_is_not_gone_on_with(form: Form, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = written(form, out, EVENTS[:300])
    changed = out if out.is_file() else out / "part-00001.parquet"
    changed.write_bytes(changed.read_bytes()[:-1] + b"?")

    with pytest.raises(Unmet, match="has changed"):
        written(form, out, EVENTS[300:], done)


def test_the_lines_of_parquet_are_those_that_were_exported(tmp_path: Path) -> None:
    out = tmp_path / "out"
    written(Parts, out, EVENTS)

    assert b"".join(map(as_line, parquet.events_of(out))) == LINES
    assert b"".join(small_store.lines(ROWS)) == LINES
    table = pq.read_table(out)
    assert table.schema.equals(parquet.schema)
    assert [str(table.schema.field(name).type) for name in ("logindex", "time", "hash", "data")] == [
        "int64",
        "timestamp[us, tz=UTC]",
        "fixed_size_binary[32]",
        "string",
    ]


def test_an_event_that_parquet_cannot_say_exactly_is_refused() -> None:
    with pytest.raises(Unmet, match="the events 0 to 0 of talent"):
        parquet.table([{**EVENTS[0], "time": "2026-11-02T08:00:00Z"}])


def test_a_part_that_is_damaged_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "part-00000.parquet").write_bytes(b"PAR1")

    for directory, says in ((tmp_path, "damaged"), (tmp_path / "nothing", "has no part")):
        with pytest.raises(Unmet, match=says):
            list(parquet.events_of(directory))


def test_an_export_is_its_owners_alone(tmp_path: Path) -> None:
    written(Lines, tmp_path / "lines", EVENTS[:1])
    written(Parts, tmp_path / "parts", EVENTS[:1])
    Halfway({}, {}, []).keep(tmp_path / "lines")

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}

    assert modes == {"lines": 0o600, "lines.position": 0o600, "parts": 0o700, "part-00000.parquet": 0o600}


def test_a_position_is_of_one_question(tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = {"format": "jsonl", "stream": "s1"}
    kept = Halfway(asked, {"talent": Reached(9, 5, 2, 1, 4)}, [File("out", 10, "0" * 64, 2)])
    assert halfway.read(out, asked) is None

    kept.keep(out)

    assert halfway.read(out, asked) == kept
    with pytest.raises(Unmet, match="half of another export"):
        halfway.read(out, {**asked, "stream": "s2"})
    halfway.place_of(out).write_text("{")
    with pytest.raises(Unmet, match="is not what was kept there"):
        halfway.read(out, asked)
    halfway.forget(out)
    assert halfway.read(out, asked) is None
