"""An export as Parquet: a directory of part files, each whole by itself, and the lines that such files were made of.

The envelope's attributes are columns, times in microseconds of UTC; what an event says is its canonical JSON as text,
since each type says something else. The lines of the files are byte for byte those of an export as lines, so that what
verifies these verifies Parquet, too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from deploy.errors import Unmet
from deploy.exporting.halfway import File, verified
from deploy.private_file import private_file
from shared.contracts.envelope import timestamp

_TEXT, _TIME, _HASH = pa.string(), pa.timestamp("us", tz="UTC"), pa.binary(32)
_OPTIONAL = ("urn", "causationid", "chaindepth")
_TYPES = {
    "service": _TEXT,
    "logindex": pa.int64(),
    "stream": _TEXT,
    "version": pa.int32(),
    "id": _TEXT,
    "type": _TEXT,
    "time": _TIME,
    "happenedat": _TIME,
    "trustuid": _TEXT,
    "urn": _TEXT,
    "actor": _TEXT,
    "correlationid": _TEXT,
    "causationid": _TEXT,
    "chaindepth": pa.int32(),
    "data": _TEXT,
    "prev_hash": _HASH,
    "hash": _HASH,
}
schema = pa.schema([pa.field(name, type_, nullable=name in _OPTIONAL) for name, type_ in _TYPES.items()])
_ROW_GROUP = 20_000
_AS_STORED = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"


class Parts:
    """The directory while it is written."""

    def __init__(self, out: Path, done: Sequence[File]) -> None:
        self._out = out
        self._done = list(done)
        self._waiting: list[Mapping[str, Any]] = []
        self._open = ExitStack()
        self._writer: Any = None
        self._events = 0

    @classmethod
    @contextmanager
    def opened(cls, out: Path, done: Sequence[File]) -> Iterator[Parts]:
        """The directory of this name; of the part files in it, those that are finished stay.

        Raises:
            Unmet: one of these has changed, or the directory cannot be written.
        """
        for file in done:
            verified(out, file)
        try:
            out.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise Unmet(f"{out} cannot be written: {error.strerror}.", "Name a directory.") from None
        finished = {file.name for file in done}
        for left in out.glob("part-*.parquet"):
            if left.name not in finished:
                left.unlink()
        parts = cls(out, done)
        with parts._open:
            yield parts

    def write(self, events: Sequence[Mapping[str, Any]]) -> None:
        self._waiting += events
        if len(self._waiting) >= _ROW_GROUP:
            self._write_group()

    def settle(self) -> list[File]:
        """Finish the part file that is open; what is finished now."""
        if self._waiting:
            self._write_group()
        if self._writer is not None:
            self._open.close()
            path = self._next()
            with path.open("rb") as content:
                os.fsync(content.fileno())
                sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            self._done.append(File(path.name, path.stat().st_size, sha256, self._events))
            self._writer, self._events = None, 0
        return list(self._done)

    def _write_group(self) -> None:
        if self._writer is None:
            file = self._open.enter_context(private_file(self._next()))
            self._writer = self._open.enter_context(pq.ParquetWriter(file, schema, compression="zstd"))
        self._writer.write_table(table(self._waiting))
        self._events += len(self._waiting)
        self._waiting = []

    def _next(self) -> Path:
        return self._out / f"part-{len(self._done):05}.parquet"


def table(events: Sequence[Mapping[str, Any]]) -> Any:
    """Events, as `deploy.exporting.history.line` has them, as a pyarrow table.

    Raises:
        Unmet: something in them is not what a column takes: it was not written by a service.
    """
    columns = {name: [event[name] for event in events] for name in schema.names}
    columns["data"] = [orjson.dumps(record).decode() for record in columns["data"]]
    for name in ("prev_hash", "hash"):
        columns[name] = [bytes.fromhex(hash_) for hash_ in columns[name]]
    try:
        typed = [_times(columns[n]) if t == _TIME else pa.array(columns[n], t) for n, t in _TYPES.items()]
        return pa.Table.from_arrays(typed, schema=schema)
    except (pa.ArrowException, TypeError, OverflowError):
        first, last = events[0], events[-1]
        raise Unmet(
            f"Among the events {first['logindex']} to {last['logindex']} of {first['service']} is one that no service "
            "wrote, and Parquet cannot say.",
            "Export them as lines, and run `baton audit verify`.",
        ) from None


def _times(texts: Sequence[str]) -> Any:
    """Times whose texts can be made again from them."""
    found = pa.array(texts, _TEXT)
    if not pc.all(pc.match_substring_regex(found, _AS_STORED)).as_py():
        raise pa.ArrowInvalid
    return found.cast(_TIME)


def events_of(directory: Path) -> Iterator[dict[str, Any]]:
    """The events of an export's part files, as they were before.

    Raises:
        Unmet: there is none, or one is not such a file.
    """
    paths = sorted(directory.glob("part-*.parquet"))
    if not paths:
        raise Unmet(f"{directory} has no part of an export.", "Name what `baton events export` wrote as Parquet.")
    for path in paths:
        try:
            yield from _events(path)
        except (pa.ArrowException, OSError, KeyError):
            raise Unmet(f"{path} is no part of an export, or is damaged.", "Compare it with the manifest.") from None


def _events(path: Path) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches():
            for row in batch.to_pylist():
                yield {name: _as_before(row[name]) for name in _TYPES} | {"data": orjson.loads(row["data"])}


def _as_before(value: object) -> object:
    if isinstance(value, datetime):
        return timestamp(value)
    return value.hex() if isinstance(value, bytes) else value
