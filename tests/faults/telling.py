"""What a series of runs came to: a table on the terminal, JSON, and a page of pictures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.faults.picture import lag, per_second, picture
from tests.faults.running import Result

COLUMNS = (
    "row",
    "seed",
    "kills",
    "events",
    "repeats",
    "lost",
    "doubled",
    "inverted",
    "phantom",
    "other",
    "s",
    "verdict",
)
_NAMED = {
    "lost": ("lost-write", "unseen"),
    "doubled": ("duplicate", "double-apply"),
    "inverted": ("order-inversion",),
    "phantom": ("phantom",),
    "other": ("cross-tenant", "chain-break", "unfenced"),
}
_STYLE = """
body { font: 16px/1.5 Arial, sans-serif; color: #0b0c0c; margin: 24px auto; max-width: 1240px; }
table { border-collapse: collapse; margin: 8px 0 24px; } th, td { padding: 4px 14px 4px 0; text-align: left;
border-bottom: 1px solid #b1b4b6; } td.n, th.n { text-align: right; } .no { color: #d4351c; font-weight: bold; }
.wide { overflow-x: auto; } svg { min-width: 760px; max-width: 100%; height: auto; border: 1px solid #b1b4b6; }
h2 { margin-top: 40px; } p { overflow-wrap: anywhere; } @media (max-width: 1300px) { body { margin: 24px 16px; } }
"""


def row_of(result: Result) -> dict[str, Any]:
    """The table's row."""
    named = result.named
    return {
        "row": result.row,
        "seed": result.seed,
        "kills": result.kills,
        "events": result.events,
        "repeats": result.repeats,
        **{column: sum(named[name] for name in names) for column, names in _NAMED.items()},
        "s": round(result.seconds),
        "verdict": "passed" if result.passed else "FAILED",
    }


def show(results: Sequence[Result], console: Console) -> None:
    """The table, and under it what was measured and what is wrong."""
    table = Table(*COLUMNS, box=None, header_style="bold")
    for result in results:
        table.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in row_of(result).values()))
    console.print(table)
    for result in results:
        if result.notes:
            told = ", ".join(f"{name} {value}" for name, value in result.notes.items())
            console.print(f"{result.row} on seed {result.seed}: {told}", highlight=False)
        for wrong in _wrong(result)[:20]:
            console.print(f"{result.row} on seed {result.seed}: {wrong}", style="red", highlight=False)


def write(results: Sequence[Result], directory: Path) -> None:
    """`results.json`, a picture for each run, and `index.html` with all of them."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "results.json").write_text(json.dumps([_told(result) for result in results], indent=1))
    for result in results:
        (directory / f"{result.row}-{result.seed}.svg").write_text(picture(result))
    (directory / "index.html").write_text(_page(results))


def _wrong(result: Result) -> list[str]:
    return [*(f"{a.name}: {a.where}: {a.what}" for a in result.anomalies), *(f"expected: {m}" for m in result.missed)]


def _told(result: Result) -> dict[str, Any]:
    return {
        **row_of(result),
        "drained_s": result.drained_s,
        "notes": dict(result.notes),
        "wrong": _wrong(result),
        "marks": [
            {"what": m.what, "process": m.process, "at_s": round(m.at - result.began, 2), "took_s": m.took}
            for m in result.marks
        ],
        "per_second": {**per_second(result), "not_yet_visible": lag(result)},
    }


def _page(results: Sequence[Result]) -> str:
    parts = [_table(results)]
    for result in results:
        run = f"{result.row} on seed {result.seed}"
        parts += [f"<h2>{run}</h2>", _wide(f"Picture of {run}", picture(result))]
        notes = {"drained_s": result.drained_s, **result.notes}
        parts.append("<p>" + escape(", ".join(f"{name} {value}" for name, value in notes.items())) + "</p>")
        parts += [f'<p class="no">{escape(wrong)}</p>' for wrong in _wrong(result)[:20]]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Fault runs</title>'
        f"<style>{_STYLE}</style></head><body><h1>Fault runs</h1>{''.join(parts)}</body></html>"
    )


def _table(results: Sequence[Result]) -> str:
    head = "".join(f'<th class="n" scope="col">{column}</th>' for column in COLUMNS)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="n">{value:,}</td>' if isinstance(value, int) else f'<td class="n">{value}</td>'
            for value in row.values()
        )
        + "</tr>"
        for row in map(row_of, results)
    )
    return _wide("All runs", f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def _wide(name: str, inner: str) -> str:
    """What may be wider than the page scrolls by itself, by keyboard too."""
    return f'<div class="wide" tabindex="0" role="region" aria-label="{name}">{inner}</div>'
