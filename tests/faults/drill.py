"""Guarantees broken in a copy of the code, one at a time: the row that depends on it has to name the anomaly."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.settings import ROOT
from tests.faults.rows import ROWS
from tests.faults.running import play
from tests.stack import scratch_directory

Change = tuple[str, str, str]
"""A file, what stands there, and what stands there instead."""


@dataclass(frozen=True, slots=True)
class Break:
    """A guarantee, how it is broken, and what has to be seen.

    Attributes:
        changes: small, and all of them needed: what stands behind a guarantee has to go with it.
    """

    guarantee: str
    broken: str
    row: str
    anomaly: str
    changes: tuple[Change, ...]


BREAKS = (
    Break(
        "fence of the lease",
        "whoever led once goes on, whatever the epoch, and moves the cursor wherever it stands",
        "A10",
        "unfenced",
        (
            ("shared/sequencer.py", "where epoch = $1 returning epoch", "where $1::bigint is not null returning epoch"),
            ("shared/sequencer.py", "set published = $1 where published = $2", "set published = $1 where $2 = $2"),
        ),
    ),
    Break(
        "dedupe of what comes twice",
        "a version at or below the stream's head is applied again, and the ledger lets it pass",
        "C3",
        "double-apply",
        (
            (
                "shared/consumer/order.py",
                "if version <= head or version in waits or version in held.get(stream, ()):",
                "if version in waits or version in held.get(stream, ()):",
            ),
            (
                "shared/consumer/order.py",
                "if version == head + 1 and arrival.fault is None:",
                "if version <= head + 1 and arrival.fault is None:",
            ),
            ("shared/consumer/order.py", "at[stream] = version\n", "at[stream] = max(version, head)\n"),
            (
                "shared/consumer/order.py",
                "do update set version = excluded.version",
                "do update set version = greatest(stream_head.version, excluded.version)",
            ),
            (
                "services/reporting/ledger.py",
                "if not parked and len(entered) != len(rows):",
                "if not parked and len(entered) > len(rows):",
            ),
        ),
    ),
    Break(
        "epoch of a consumer's place",
        "a place moves whoever asks, from wherever it stands",
        "C4",
        "unfenced",
        (
            (
                "shared/consumer/offsets.py",
                "o.next = w.since and o.epoch = w.epoch",
                "w.since is not null and w.epoch is not null",
            ),
        ),
    ),
    Break(
        "parking of successors",
        "what follows a parked event in its stream is applied without it",
        "C7",
        "order-inversion",
        (
            (
                "shared/consumer/inbox.py",
                "chunk = [a for a in chunk if (a.service, a.stream) not in held]",
                "outcome.parked = [one for one in outcome.parked if one[1] != 'behind']",
            ),
            (
                "shared/consumer/order.py",
                "if version == head + 1 and arrival.fault is None:",
                "if version > head and arrival.fault is None:",
            ),
        ),
    ),
    Break(
        "memory of what was told",
        "a log is held neither against Kafka's newest event nor against the newest checkpoint in the file",
        "B11",
        "checkpoint-fork",
        (
            ("shared/sequencer.py", "self.state.refused = await self._truncated()", "self.state.refused = None"),
            ("shared/sealing/sealing.py", "kept, size = await self._kept(),", "kept, size = None,"),
        ),
    ),
    Break(
        "expected version of an append",
        "an append does not look at the version that its stream stands at",
        "B4",
        "duplicate",
        (("shared/eventstore/append.sql", "if v = part_expected[p] then", "if true then"),),
    ),
)


@contextmanager
def broken(changes: Sequence[Change]) -> Iterator[Path]:
    """A copy of the tree with these changes.

    Raises:
        LookupError: what is to be changed does not stand there (any more), or more than once.
    """
    with scratch_directory() as directory:
        root = directory / "broken"
        for folder in ("deploy", "services", "shared"):
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        for file, old, new in changes:
            text = (root / file).read_text(encoding="utf-8")
            if text.count(old) != 1:
                raise LookupError(f"{file} has {text.count(old)} times: {old}")
            (root / file).write_text(text.replace(old, new), encoding="utf-8")
        yield root


async def drill(rows: Collection[str], seeds: Sequence[int], directory: Path, console: Console) -> bool:
    """Break each guarantee that one of the rows depends on, play it, and tell what was named; whether all of it was."""
    seen = [await _seen(one, seed, console) for one in BREAKS if one.row in rows for seed in seeds]
    _write(seen, directory)
    table = Table("guarantee", "broken", "row", "expected", "named", "seed", box=None, header_style="bold")
    for one in seen:
        named = ", ".join(f"{name} {times}" for name, times in one["named"].items()) or "nothing"
        table.add_row(one["guarantee"], one["broken"], one["row"], one["expected"], named, str(one["seed"]))
    console.print(table)
    return all(one["expected"] in one["named"] for one in seen)


def _write(seen: Sequence[dict[str, Any]], directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "drill.json").write_text(json.dumps(seen, indent=1))


async def _seen(one: Break, seed: int, console: Console) -> dict[str, Any]:
    console.print(f"Broken: {one.guarantee}", highlight=False)
    with broken(one.changes) as root:
        result = await play(ROWS[one.row], seed, full=False, say=console.print, root=root)
    console.print(f"Named: {dict(result.named)}, expected {one.anomaly}", highlight=False)
    return {
        "guarantee": one.guarantee,
        "broken": one.broken,
        "row": one.row,
        "expected": one.anomaly,
        "named": dict(result.named),
        "examples": [f"{a.name}: {a.where}: {a.what}" for a in result.anomalies[:10]],
        "seed": seed,
    }
