"""Every rule of the architecture was seen to fail: each is broken once, in a copy of the tree."""

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS: dict[str, str] = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


@dataclass(frozen=True)
class Offence:
    """A file that breaks a rule, and what the report must say of it."""

    file: str
    source: str
    seen: str


IMPORTS: dict[str, list[Offence]] = {
    "services-independent": [
        Offence("services/talent/x.py", "import services.cpd", "services.talent.x -> services.cpd"),
        Offence(
            "services/reporting/x.py",
            "from services.collaboration import anything",
            "services.reporting.x -> services.collaboration",
        ),
    ],
    "shared-below": [
        Offence("shared/contracts/x.py", "import services.talent", "shared.contracts.x -> services.talent"),
        Offence("shared/x.py", "def late() -> None:\n    import deploy", "shared.x -> deploy"),
    ],
    "services-below-deploy": [
        Offence("services/cpd/x.py", "import deploy", "services.cpd.x -> deploy"),
    ],
    "domain-pure": [
        Offence(
            f"services/{service}/domain/{name}.py",
            source,
            f"services.{service}.domain.{name} -> {imported} (",
        )
        for service, name, source, imported in (
            ("talent", "driver", "import asyncpg", "asyncpg"),
            ("talent", "above", "import services.talent", "services.talent"),
            ("cpd", "model", "from pydantic import BaseModel", "pydantic"),
            (
                "cpd",
                "hint",
                "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import structlog",
                "structlog",
            ),
            ("collaboration", "shared", "from shared import clock", "shared.clock"),
            ("collaboration", "late", "def late() -> None:\n    import httpx", "httpx"),
        )
    ],
    "decider-pure": [
        Offence("shared/decider.py", "import shared.contracts", "shared.decider -> shared.contracts"),
        Offence("shared/decider.py", "import annotated_types", "shared.decider -> annotated_types"),
    ],
    "contracts-self-contained": [
        Offence("shared/contracts/x.py", "import shared.decider", "shared.contracts.x -> shared.decider"),
        Offence("shared/contracts/y.py", "import cryptography", "shared.contracts.y -> cryptography"),
    ],
    "verifier-apart": [
        Offence("verifier/x.py", "import orjson", "verifier.x -> orjson"),
        Offence("verifier/y.py", "from shared.contracts import canonical", "verifier.y -> shared.contracts"),
    ],
    "verifier-unused": [
        Offence("shared/x.py", "def late() -> None:\n    import verifier", "shared.x -> verifier"),
        Offence("services/cpd/x.py", "from verifier import tree", "services.cpd.x -> verifier"),
    ],
    "runs-unmigrated": [
        Offence(
            "shared/runtime/x.py", "from shared.migrations import upgrade", "shared.runtime.x -> shared.migrations"
        ),
        Offence("services/cpd/main.py", "def late() -> None:\n    import alembic", "services.cpd.main -> alembic"),
    ],
}
TESTS: dict[str, list[Offence]] = {
    "test_shared_holds_only_what_is_listed": [
        Offence("shared/helpers.py", "", "'helpers'"),
        Offence("shared/utils/deep/x.py", "", "'utils'"),
    ],
    "test_a_domain_reads_no_clock_no_chance_and_no_world": [
        Offence(
            "services/cpd/domain/clock.py",
            "from datetime import datetime\n\nat = datetime.now()",
            "services/cpd/domain/clock.py:3: datetime.datetime.now",
        ),
        Offence(
            "services/talent/domain/chance.py",
            "from uuid import uuid4",
            "services/talent/domain/chance.py:1: uuid.uuid4",
        ),
    ],
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the Python packages, the rules and the tests that check them."""
    for package in ("services", "shared", "deploy", "verifier", "tests/support"):
        for path in (ROOT / package).rglob("*.py"):
            if "node_modules" not in path.parts:
                _copy(path, tmp_path)
    for name in ("pyproject.toml", "tests/unit/test_architecture.py"):
        _copy(ROOT / name, tmp_path)
    return tmp_path


def test_the_tree_as_it_is_keeps_every_rule(tree: Path) -> None:
    linted, tested = lint(tree), run_tests(tree)

    assert linted.returncode == 0, linted.stdout
    assert all(f"{name} KEPT" in flat(linted.stdout) for name in CONTRACTS.values())
    assert tested.returncode == 0, tested.stdout


@pytest.mark.parametrize("rule", CONTRACTS)
def test_imports_against_a_rule_are_refused(tree: Path, rule: str) -> None:
    for offence in IMPORTS[rule]:
        commit(offence, tree)

    linted = lint(tree)

    assert linted.returncode == 1
    assert f"{CONTRACTS[rule]} BROKEN" in flat(linted.stdout)
    assert [o.seen for o in IMPORTS[rule] if o.seen not in flat(linted.stdout)] == [], linted.stdout


@pytest.mark.parametrize("rule", TESTS)
def test_files_against_a_rule_are_refused(tree: Path, rule: str) -> None:
    for offence in TESTS[rule]:
        commit(offence, tree)

    tested = run_tests(tree)

    assert tested.returncode == 1
    assert f"::{rule} FAILED" in flat(tested.stdout)
    assert [o.seen for o in TESTS[rule] if o.seen not in tested.stdout] == [], tested.stdout


def commit(offence: Offence, tree: Path) -> None:
    path = tree / offence.file
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "__init__.py").touch()
    with path.open("a") as file:
        file.write(f"\n{offence.source}\n" if file.tell() else f"{offence.source}\n")


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return _run(tree, str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo")


def run_tests(tree: Path) -> subprocess.CompletedProcess[str]:
    rules = ["tests/unit/test_architecture.py", "-k", "shared_holds or a_domain_reads"]
    return _run(tree, sys.executable, "-m", "pytest", "-vv", "-c", os.devnull, "--rootdir", ".", *rules)


def flat(report: str) -> str:
    """The report without its line breaks, wherever they fell."""
    return " ".join(report.split())


def _copy(path: Path, to: Path) -> None:
    target = to / path.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)


def _run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "COLUMNS": "200",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # they take longer to load than the rules to run
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
