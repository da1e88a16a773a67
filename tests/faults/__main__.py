"""`make faults`: every row in full, on three seeds, with a table and pictures. Exit code 1 when anything is wrong."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from deploy.baton.output import run
from deploy.errors import Unmet
from deploy.settings import ROOT
from tests.faults import telling
from tests.faults.drill import drill
from tests.faults.rows import ROWS
from tests.faults.running import Result, Row, play

SEEDS = (1, 2, 3)
RESULTS = ROOT / "var" / "faults"


def main() -> None:
    asked = _asked()
    console = Console()
    try:
        worked = run(_drilled(asked, console) if asked.drill else _played(asked, console))
    except Unmet as unmet:
        console.print(f"{unmet.message}", style="red", highlight=False)
        sys.exit(1)
    sys.exit(0 if worked else 1)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults ARGS=…", description=__doc__)
    parser.add_argument("--row", action="append", choices=[*ROWS], help="only this row; may be given several times")
    parser.add_argument("--seed", action="append", type=int, help="only this seed; may be given several times")
    parser.add_argument("--short", action="store_true", help="show that each row works, instead of playing it in full")
    parser.add_argument("--drill", action="store_true", help="break each guarantee in the code, and see it named")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where table, pictures and numbers go")
    return parser.parse_args()


async def _played(asked: argparse.Namespace, console: Console) -> bool:
    results: list[Result] = []
    failed = False
    for row in (ROWS[name] for name in asked.row or ROWS):
        for seed in _seeds(row, asked.seed):
            try:
                results.append(
                    await play(row, seed, full=not asked.short, say=lambda line: console.print(line, highlight=False))
                )
            except Exception:  # noqa: BLE001 - the others are played nevertheless
                failed = True
                console.print(f"{row.name} on seed {seed} could not be played:\n{traceback.format_exc()}", style="red")
            telling.write(results, asked.out)
    telling.show(results, console)
    console.print(f"Pictures: {asked.out / 'index.html'}", highlight=False)
    return not failed and all(result.passed for result in results)


async def _drilled(asked: argparse.Namespace, console: Console) -> bool:
    return await drill(asked.row or ROWS, asked.seed or SEEDS[:1], asked.out, console)


def _seeds(row: Row, asked: Sequence[int] | None) -> Sequence[int]:
    """The bar is one run."""
    return asked or (SEEDS[:1] if row.name == "BAR" else SEEDS)


if __name__ == "__main__":
    main()
