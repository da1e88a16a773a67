"""How fast an export is verified, against a checkpoint too: beside reading its lines as JSON and nothing else."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measuring import Figures, Run, Turns
from tests.support import small_store
from verifier.history import trusted, verify

_EVENTS = 100_000


async def measure(turns: Turns) -> Figures:
    """The verifier and the standard library's parser, on the same file."""
    with TemporaryDirectory() as directory:
        export, log = Path(directory) / "events.jsonl", small_store.Log()
        rows = small_store.rows(random.Random(1), _EVENTS)
        export.write_bytes(b"".join(small_store.lines(rows)))
        kept = trusted([log.checkpoint(rows, _EVENTS)], [log.verifier_key])
        del rows

        def verified() -> None:
            with export.open("rb") as lines:
                outcome = verify(lines, kept).outcome
            if outcome != "whole":
                raise RuntimeError(f"the export is {outcome}")

        def parsed() -> None:
            with export.open("rb") as lines:
                for line in lines:
                    json.loads(line)

        return await turns({"verify an export": _rate(verified), "json.loads of its lines": _rate(parsed)}, "events/s")


def _rate(work: Callable[[], None]) -> Run:
    async def run() -> float:
        began = time.perf_counter()
        work()
        return _EVENTS / (time.perf_counter() - began)

    return run
