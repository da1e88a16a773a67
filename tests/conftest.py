"""Fixtures of every test that needs servers: one stack for the session, and a part of it for each test."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import pytest

from deploy.description import TopicDescription
from deploy.errors import Unmet
from deploy.provision import ensure_roles
from deploy.topics import ensure_topics
from shared.messaging import Cluster
from tests.stack import Choice, Stack, choose, own_database, prepare, running_stack, unique
from tests.support.keycloak import distribution as keycloak

MakeTopic = Callable[..., Awaitable[str]]
_LONG_FIRST = ("e2e", "docker", "faults", "browser", "fuzz", "integration", "contracts", "unit")
_WORKER_OUTPUT = "baton_versions"
_CHOICE = pytest.StashKey[Choice]()
_VERSIONS = pytest.StashKey[str]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whoever uses the stack is marked so: `-m "not stack"` runs without servers. What takes long begins first."""
    for item in items:
        if _needs(item, "stack"):
            item.add_marker(pytest.mark.stack)
    items.sort(key=lambda item: _LONG_FIRST.index(item.path.relative_to(config.rootpath / "tests").parts[0]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file's tests stay in one process, for they share what it made; so do those that look at one demo."""
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415 - where there is one process, it is not there

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "tests/e2e" if nodeid.startswith("tests/e2e/") else super()._split_scope(nodeid)

    return Together(config, log)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Choose the stack once it is known that it is needed, outside every test's time."""
    if session.config.option.collectonly:
        return
    if any(_needs(item, "stack") for item in session.items):
        _choose_and_prepare(session.config)
    if any(_needs(item, "keycloak") for item in session.items):
        _aside(keycloak.fetch())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Before several processes need what is fetched once."""
    _choose_and_prepare(config)
    with suppress(Unmet):  # nobody knows yet whether it is needed: who does says what is missing
        _aside(keycloak.fetch())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Learn from one of several processes what it tested with."""
    if versions := getattr(node, "workeroutput", {}).get(_WORKER_OUTPUT):
        node.config.stash[_VERSIONS] = versions


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that started this one, if there is one, what was tested with."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_WORKER_OUTPUT] = session.config.stash.get(_VERSIONS, "")


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    choice = config.stash.get(_CHOICE, None)
    return [f"stack: {choice.kind} ({choice.why})"] if choice else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if versions := config.stash.get(_VERSIONS, None):
        terminalreporter.write_line(f"stack: {config.stash[_CHOICE].kind}, {versions}")
    for report in terminalreporter.stats.get("passed", ()):
        for what, value in report.user_properties:
            terminalreporter.write_line(f"measured: {what}: {value}")


@pytest.fixture(scope="session")
async def stack(request: pytest.FixtureRequest) -> AsyncIterator[Stack]:
    """Postgres and Kafka, shared by all tests of the session."""
    async with running_stack(request.config.stash[_CHOICE], os.environ) as running:
        request.config.stash[_VERSIONS] = running.versions
        yield running


@pytest.fixture(scope="session")
async def roles(stack: Stack) -> Mapping[str, str]:
    """Baton's roles exist on the stack's Postgres; their passwords."""
    await ensure_roles(stack.postgres_dsn, stack.passwords)
    return stack.passwords


@pytest.fixture
async def database(stack: Stack) -> AsyncIterator[str]:
    """The superuser's DSN of an empty database that is this test's alone, gone afterwards."""
    async with own_database(stack) as dsn:
        yield dsn


@pytest.fixture(scope="module")
async def database_of_module(stack: Stack) -> AsyncIterator[str]:
    """The same for a file whose tests only look at what is in it."""
    async with own_database(stack) as dsn:
        yield dsn


@pytest.fixture(scope="session")
async def read_models(stack: Stack) -> AsyncIterator[str]:
    """The name of a database with every read model, none of which has heard anything: a test gets a copy of it."""
    from tests.support import read_model  # noqa: PLC0415 - all of reporting, which most tests do not need

    async with own_database(stack) as dsn:
        await read_model.create(dsn)
        yield urlsplit(dsn).path[1:]


@pytest.fixture
def make_topic(stack: Stack) -> MakeTopic:
    """Makes topics that are this test's alone, and gives their names."""

    async def make(
        name: str = "test",
        *,
        partitions: int = 1,
        config: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        topic = TopicDescription(name=unique(name), partitions=partitions, config=config)
        await ensure_topics(Cluster(stack.kafka), [topic])
        return topic.name

    return make


def _choose_and_prepare(config: pytest.Config) -> None:
    choice = choose(os.environ)
    config.stash[_CHOICE] = choice
    _aside(prepare(choice))


def _aside(work: Coroutine[Any, Any, None]) -> None:
    """Do it outside this thread, where it would disturb pytest-asyncio's loops."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, work).result()


def _needs(item: pytest.Item, fixture: str) -> bool:
    return fixture in getattr(item, "fixturenames", ())
