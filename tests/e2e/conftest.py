"""One demo for all end-to-end tests: it is run to its end once, and its data looked at by a stack that stays up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from deploy.local import stack
from deploy.local.ports import is_taken
from deploy.settings import ROOT, StackSettings
from tests.stack import own_settings, told

Baton = Callable[..., subprocess.CompletedProcess[str]]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who works with the demo comes after all who compare it with its plan."""
    items.sort(key=lambda item: "lived_in" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
async def settings() -> AsyncIterator[StackSettings]:
    """Where the demo runs."""
    async with own_settings() as settings:
        yield settings


@pytest.fixture(scope="session")
def baton(settings: StackSettings) -> Baton:
    """The `baton` command, for this stack, with other settings where they are given."""

    def run(*arguments: str, stdin: str = "", **other: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("baton")), *arguments]
        environment = {**os.environ, **told(settings), **other}
        return subprocess.run(
            command, env=environment, cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=500, check=False
        )

    return run


@pytest.fixture(scope="session")
def ran(baton: Baton) -> subprocess.CompletedProcess[str]:
    """The demo, run to its end."""
    return baton("demo", "--exit", "--json")


@pytest.fixture(scope="session")
def left_running(ran: subprocess.CompletedProcess[str], settings: StackSettings) -> list[str]:
    """What of it still ran when it had ended."""
    processes = [
        " ".join(process.info["cmdline"] or ())
        for process in psutil.process_iter(["cmdline", "environ", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and str(settings.var) in " ".join([*(process.info["cmdline"] or ()), *_values(process.info["environ"])])
    ]
    return [*processes, *(f"{name} on port {port}" for name, port in settings.ports().items() if is_taken(port))]


@pytest.fixture(scope="session")
async def demo(
    settings: StackSettings, ran: subprocess.CompletedProcess[str], left_running: list[str]
) -> AsyncIterator[StackSettings]:
    """The demo's data, on a stack that was started again. Tests look at it; who adds to it asks for `lived_in`."""
    assert ran.returncode == 0, ran.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BATON_KEYS_REMEMBERED", "[1, 0.5]")  # an erasure takes seconds
        await stack.up(settings, lambda _: None, simulated_clock=True)
    yield settings
    await stack.down(settings, lambda _: None)


@pytest.fixture(scope="session")
def lived_in(demo: StackSettings) -> StackSettings:
    """The same stack for tests that add to it."""
    return demo


def _values(environ: Mapping[str, str] | None) -> Iterator[str]:
    return iter((environ or {}).values())
