"""The writers' stores as they stand now, verified where they are: read-only, each as it was at one moment."""

from __future__ import annotations

import json
from collections.abc import Sequence

import asyncpg

from deploy.auditing import derived
from deploy.databases import connected
from deploy.errors import Unmet
from deploy.exporting.history import length
from deploy.progress import Progress
from deploy.settings import StackSettings
from verifier.checkpoint import Checkpoint
from verifier.finding import Finding
from verifier.history import History, Report, trusted
from verifier.line import Event
from verifier.note import Key

_PAGE = 2_000
_STEP = 10_000
_SELECT = """
select l.logindex, e.stream, e.version, e.id::text, e.type, e.meta, e.record, e.prev_hash, e.hash
from log l join event e using (position) order by l.logindex
"""
_OUTSIDE = """
select e.stream, e.version from event e left join log l using (position) left join pending p using (position)
where l.position is null and p.position is null order by e.position
"""


async def verify(
    services: Sequence[str],
    kept: Sequence[Checkpoint],
    keys: Sequence[Key],
    witnesses: Sequence[Key],
    report: Progress,
) -> Report:
    """What can be said of these services' stores.

    Args:
        kept: the auditor's checkpoints; the stores' own are held against them, too.

    Raises:
        Unmet: a store cannot be read.
        UnclearError: two keys are of logs that cannot be told apart.
    """
    counting, found = trusted(kept, keys, witnesses), list[Finding]()
    for service in services:
        async with connected(service) as store, store.transaction(readonly=True):
            found += [finding async for finding in derived.checkpoints(store, service, counting)]
    history = History(counting)
    for finding in found:
        history.add(finding)
    for service in services:
        async with (
            connected(service) as store,
            store.transaction(isolation="repeatable_read", readonly=True),
        ):
            await read(store, service, history, report)
    return history.report()


async def read(store: asyncpg.Connection, service: str, history: History, report: Progress) -> None:
    """Let a history take a store's events, in a transaction; what its log never numbered is missing in it.

    What the store keeps beside them has to follow from them.
    """
    nodes, tree = await derived.Nodes.of(store), history.tree(service)
    total = await length(store)
    async for row in store.cursor(_SELECT, prefetch=_PAGE):
        if row["logindex"] % _STEP == 0:
            report(f"{service}: events verified", row["logindex"], total)
        _take(history, service, row)
        nodes.compare(tree)
    report(f"{service}: events verified", total, total)
    for stream, version in await store.fetch(_OUTSIDE):
        says = f"version {version} of {stream} is stored, and was never numbered in the log"
        history.add(Finding(kind="missing", service=service, says=says, stream=stream, version=version))
    async for finding in derived.heads(store, service):
        history.add(finding)
    for finding in nodes.findings(service):
        history.add(finding)


def own_keys(settings: StackSettings, services: Sequence[str]) -> list[Key]:
    """The verifier keys that this stack's services left for operators.

    Raises:
        Unmet: one is not there.
    """
    kept, names = settings.checkpoints, [f"{service}.key" for service in services]
    files = [next(kept.rglob(name), kept / name) for name in names]  # writers in containers have a directory each
    try:
        return [Key.of(file.read_text(encoding="ascii").strip()) for file in files]
    except OSError as error:
        raise Unmet(
            f"There is no key at {error.filename}.",
            "Give the logs' keys with --key: each service tells its own at /checkpoints/key.",
        ) from None


def _take(history: History, service: str, row: asyncpg.Record) -> None:
    """A stored event; what stands in its columns, which queries read, must be what was hashed."""
    stream, version, logindex = row["stream"], row["version"], row["logindex"]
    history.take(Event(service, logindex, stream, version, row["meta"], row["record"], row["prev_hash"], row["hash"]))
    columns = {"subject": stream, "streamversion": version, "id": row["id"], "type": row["type"]}
    try:
        hashed = json.loads(row["meta"])
        other = [name for name, value in columns.items() if hashed.get(name) != value]
    except ValueError:
        other = ["meta"]
    if other:
        says = f"event {logindex} has columns that are not what was hashed: {', '.join(other)}"
        where = {"logindex": logindex, "stream": stream, "version": version}
        history.add(Finding(kind="content", service=service, says=says, **where))
