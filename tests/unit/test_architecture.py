"""Rules that an import graph cannot see: shared/ is a closed list, a domain has no clock, no chance, no I/O.

The rules about imports are import-linter's, in pyproject.toml. test_architecture_drill.py breaks each once.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# The closed list: in only if three services need it today and a technical noun names it.
SHARED = {
    "clock",
    "consumer",
    "contracts",
    "crashpoint",  # all four services die at its points, and nothing else in them knows of tests
    "decider",
    "documents",
    "erasing",
    "eventstore",
    "gathering",
    "identity",
    "intake",
    "logging",
    "messaging",
    "migrations",
    "problems",
    "reactions",
    "runtime",
    "sealing",
    "sequencer",
    "settings",
    "vault",
    "writer",
}

# What a domain is given as an argument, or must not do at all: modules, and single names.
IMPURE = (
    *("time", "random", "secrets", "os", "io", "pathlib", "tempfile", "shutil", "subprocess"),
    *("socket", "ssl", "asyncio", "threading", "multiprocessing", "sqlite3", "urllib", "http"),
    *("logging", "importlib", "sys.stdin", "sys.stdout", "sys.stderr", "sys.argv"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("uuid.uuid1", "uuid.uuid4", "uuid.uuid6", "uuid.uuid7", "uuid.uuid8", "uuid.getnode"),
    *("builtins.open", "builtins.print", "builtins.input", "builtins.eval", "builtins.exec"),
    *("builtins.__import__", "builtins.breakpoint"),
)


def test_shared_holds_only_what_is_listed() -> None:
    found = {
        path.stem
        for path in (ROOT / "shared").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path.is_dir() and any(path.rglob("*.py")))
    }

    assert found - SHARED == set(), "shared/ is a closed list: a new name wants a decision in docs/adr first"


def test_a_domain_reads_no_clock_no_chance_and_no_world() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{impurity}"
        for path in sorted(ROOT.glob("services/*/domain/**/*.py"))
        for impurity in impurities(path.read_text())
    ]

    assert found == [], "time, ids and foreign data are arguments"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from datetime import datetime\nat = datetime.now()", "2: datetime.datetime.now"),
        ("import datetime\nat = datetime.datetime.utcnow()", "2: datetime.datetime.utcnow"),
        ("from datetime import date as day\ntoday = day.today", "2: datetime.date.today"),
        ("import time\nat = time.time()", "1: time"),
        ("from time import monotonic", "1: time.monotonic"),
        ("from uuid import uuid4\nfield(default_factory=uuid4)", "1: uuid.uuid4"),
        ("import uuid\nnew = uuid.uuid4()", "2: uuid.uuid4"),
        ("import random", "1: random"),
        ("from random import choice", "1: random.choice"),
        ("import os\nos.environ['A']", "1: os"),
        ("from os import environ", "1: os.environ"),
        ("from asyncio import sleep", "1: asyncio.sleep"),
        ("import urllib.request", "1: urllib.request"),
        ("def f():\n    return open('a')", "2: builtins.open"),
        ("print('a')", "1: builtins.print"),
        ("__import__('time').time()", "1: builtins.__import__"),
    ],
)
def test_each_impurity_is_found(source: str, found: str) -> None:
    assert found in list(impurities(source))


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import UTC, date, datetime, time, timedelta\nat = datetime(2026, 1, 1, tzinfo=UTC)",
        "from uuid import NAMESPACE_URL, uuid5\nid = uuid5(NAMESPACE_URL, 'a')",
        "from dataclasses import dataclass, replace\nfrom typing import assert_never",
        "state.time.now()",
        "opened = 1\nprinted = opened",
        "def due(now): return now > date.fromisoformat('2026-01-01')",
    ],
)
def test_what_is_pure_is_left_alone(source: str) -> None:
    assert list(impurities(source)) == []


def impurities(source: str) -> Iterator[str]:
    """`line: qualified.name` of everything impure that a module imports or names."""
    tree = ast.parse(source)
    imports = [
        (node.lineno, *bound)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for bound in _bound(node)
    ]
    names = {name: origin for _, name, origin in imports}
    named = [
        (node.lineno, origin)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute) and (origin := _origin(node, names))
    ]
    for line, origin in [(line, origin) for line, _, origin in imports] + named:
        if _is_impure(origin):
            yield f"{line}: {origin}"


def _bound(node: ast.Import | ast.ImportFrom) -> list[tuple[str, str]]:
    """The names that an import binds, each with what it stands for. Neighbours are left out."""
    if isinstance(node, ast.Import):
        return [(alias.asname or alias.name.partition(".")[0], alias.name) for alias in node.names]
    if node.level:
        return []
    return [(alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names]


def _origin(node: ast.expr, names: dict[str, str]) -> str | None:
    match node:
        case ast.Name(id=name):
            return names.get(name, f"builtins.{name}")
        case ast.Attribute(value=value, attr=attr):
            return f"{base}.{attr}" if (base := _origin(value, names)) else None
        case _:
            return None


def _is_impure(origin: str) -> bool:
    return any(f"{origin}.".startswith(f"{name}.") for name in IMPURE)
