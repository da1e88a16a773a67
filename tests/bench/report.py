"""What was measured, for people: tables in a terminal, and the same tables in docs/performance.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.baton.bench import Part
from tests.bench.measuring import Figures, ratio

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT, PAGE = DOCS / "performance.json", DOCS / "performance.md"
BEGINS, ENDS = "<!-- figures: written by `make bench ARGS=--record` -->", "<!-- /figures -->"
MEMORY_MB = 250
RATIOS: Mapping[str, tuple[str, str, float | None]] = {  # ours, theirs, and what is aimed at
    "append_1_vs_pyeventsourcing": ("append, 1 client, 1 event", "pyeventsourcing save, 1 client, 1 event", 3),
    "append_16_vs_insert": ("append, 16 clients, 1 event", "bare INSERT, 16 clients, 1 event", 0.6),
    "append_100_vs_pyeventsourcing": ("append, 1 client, 100 events", "pyeventsourcing save, 1 client, 100 events", 2),
    "execute_1_vs_pyeventsourcing": ("execute, 1 client, 1 event", "pyeventsourcing save, 1 client, 1 event", None),
    "execute_100_vs_pyeventsourcing": (
        "execute, 1 client, 100 events",
        "pyeventsourcing save, 1 client, 100 events",
        2,
    ),
    "append_encrypted_vs_clear": ("append, encrypted texts", "append, texts in clear", 0.75),
    "execute_encrypted_vs_clear": ("execute, encrypted texts", "execute, texts in clear", 0.75),
    "execute_new_keys_vs_clear": ("execute, encrypted texts of new streams", "execute, texts in clear", 0.75),
    "load_100_vs_pyeventsourcing": ("load, 100 events", "pyeventsourcing load, 100 events", 4),
    "publish_vs_aiokafka": ("number and publish", "bare aiokafka", 0.3),
    "append_sealed_vs_not": ("append, sealed meanwhile", "append, not sealed", 0.95),
    "seal_vs_publish": ("seal", "number and publish, what is sealed", 1),
    "project_vs_copy": ("Kafka to read models", "COPY", 0.12),
    "project_vs_pyeventsourcing": ("Kafka to read models", "pyeventsourcing projection", 8),
    "rebuild_vs_live": ("rebuild", "Kafka to read models", 2),
    "replay_ledger_vs_rebuild": ("replay from the ledger", "rebuild of the same", 0.5),
    "replay_stores_vs_rebuild": ("replay from the stores", "rebuild of the same", 0.5),
    "replay_kafka_vs_rebuild": ("replay from Kafka", "rebuild of the same", 0.5),
    "replay_ledger_vs_read": ("replay from the ledger", "the ledger, read bare", None),
    "replay_stores_vs_read": ("replay from the stores", "the stores, read bare", None),
    "replay_kafka_vs_read": ("replay from Kafka", "Kafka, read bare", None),
    "import_vs_append": ("import", "append of what was imported", 0.4),
    "http_door_vs_execute": ("HTTP door, 500 claims", "execute, 500 claims", 0.5),
    "kafka_door_vs_http_door": ("Kafka door, 500 claims", "HTTP door, 500 claims", 1),
    "page_of_12_vs_120_schools": ("first page, 12 schools", "first page, 120 schools", 0.5),
    "page_idle_vs_while_told": (
        "first page, half of 120 schools' term",
        "first page, while 1,000 events/s are told",
        0.5,
    ),
    "verify_vs_json": ("verify an export", "json.loads of its lines", 0.3),
}

Section = dict[str, Any]
"""What a part of the benchmark measured: recorded_on, runs, machine, and ratios and figures, memory_mb or at_size."""
Document = dict[str, Section]
"""Each part's section by its name: parts are measured one by one, on other days and by as many runs as it takes."""
Rows = Iterator[tuple[str, ...]]


def ratios(figures: Figures) -> dict[str, float]:
    """Every ratio whose two sides were measured: the median of the rounds' ratios."""
    return {
        name: round(ratio(figures[ours], figures[theirs]).median, 3)
        for name, (ours, theirs, _) in RATIOS.items()
        if ours in figures and theirs in figures
    }


def show(document: Document) -> None:
    """Print the tables."""
    console = Console(stderr=True)
    for header, *rows in _tables(document):
        table = Table(*header)
        for row in rows:
            table.add_row(*row)
        console.print(table)


def record(document: Document) -> None:
    """Keep the sections that were measured beside those of other parts, and put the tables into the page."""
    known = json.loads(DOCUMENT.read_text(encoding="utf-8")) | document
    document = {part: known[part] for part in Part if part in known}
    DOCUMENT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGINS)
    PAGE.write_text(f"{before}{BEGINS}\n\n{markdown(document)}\n{ENDS}{rest.partition(ENDS)[2]}", encoding="utf-8")


def markdown(document: Document) -> str:
    """The tables as Markdown."""
    said = []
    for header, *rows in _tables(document):
        lines = [header, tuple("---" for _ in header), *rows]
        said.append("\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")
    return "\n".join(said)


def _tables(document: Document) -> Iterator[list[tuple[str, ...]]]:
    """Those of the parts that were measured."""
    tables = [
        [("part", "recorded on", "runs", "machine"), *_sections(document)],
        [("ratio", "measured", "aimed at", ""), *_ratios(_of_all(document, "ratios"))],
        [("figure", "unit", "median", "lowest", "highest"), *_figures(_of_all(document, "figures"))],
        [("service", "highest MB", "growth MB", "aimed at", ""), *_memory(_of_all(document, "memory_mb"))],
        [
            ("at size", "events", "seconds", "events/s", "own µs an event", "highest MB"),
            *_at_size(_of_all(document, "at_size")),
        ],
    ]
    return (table for table in tables if len(table) > 1)


def _of_all(document: Document, what: str) -> dict[str, Any]:
    return {name: told for section in document.values() for name, told in section.get(what, {}).items()}


def _sections(document: Document) -> Rows:
    for part, section in document.items():
        yield part, section["recorded_on"], str(section["runs"]), section["machine"]


def _ratios(measured: Mapping[str, float]) -> Rows:
    for name, value in measured.items():
        aim = RATIOS[name][2]
        yield name, f"{value:.2f}", "" if aim is None else f"≥ {aim:g}", "" if aim is None else _verdict(value >= aim)


def _figures(figures: Mapping[str, Any]) -> Rows:
    for name, figure in figures.items():
        runs = figure["runs"]
        yield name, figure["unit"], *(f"{number:,.0f}" for number in (figure["median"], min(runs), max(runs)))


def _memory(used: Mapping[str, Mapping[str, float]]) -> Rows:
    for name, mb in used.items():
        yield name, f"{mb['highest']:.0f}", f"{mb['growth']:.0f}", f"< {MEMORY_MB}", _verdict(mb["highest"] < MEMORY_MB)


def _at_size(used: Mapping[str, Mapping[str, float]]) -> Rows:
    for name, of in used.items():
        rate = of["events"] / of["seconds"]
        yield (
            name,
            f"{of['events']:,.0f}",
            *(f"{number:,.0f}" for number in (of["seconds"], rate, of["own_us"], of["highest_mb"])),
        )


def _verdict(met: bool) -> str:  # noqa: FBT001 - one word of two
    return "met" if met else "missed"
