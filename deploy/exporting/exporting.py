"""An export from its beginning, or from where it stopped, to its manifest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import asyncpg

from deploy.databases import connected
from deploy.exporting.halfway import File, Halfway, Reached, forget, read
from deploy.exporting.history import Filter, length, stretches
from deploy.exporting.lines import Lines
from deploy.private_file import keep_whole
from deploy.progress import Progress

Format = Literal["jsonl", "parquet"]
_SETTLED = 100_000
_CHECKPOINTS = """
select note from checkpoint where size = (select max(size) from checkpoint where size <= $1)
    or size = (select min(size) from checkpoint where size > $2)
order by size
"""


class Writing(Protocol):
    """The files of an export while they are written."""

    def write(self, events: Sequence[dict[str, Any]]) -> None: ...

    def settle(self) -> list[File]:
        """See on the disk what was written; what is finished now."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export has, written when it is whole.

    Attributes:
        checkpoints: of each service, as soon as there are such, the last one that no event is missing for in the log
            that was exported, and the first one that covers the last event that is here.
    """

    made_at: str
    asked: dict[str, Any]
    services: dict[str, Reached]
    files: list[File]
    checkpoints: list[str]


async def export(services: Sequence[str], wanted: Filter, format_: Format, out: Path, report: Progress) -> Manifest:
    """Export the events of services, as they are now or were when the same export was begun.

    Raises:
        Unmet: a store cannot be read, a file cannot be written, or what was done of it is not as it was left.
    """
    asked = {"format": format_, "services": list(services), **_content(wanted)}
    halfway = read(out, asked)
    if halfway is None:
        manifest_of(out).unlink(missing_ok=True)
        halfway = Halfway(asked, {service: await _begun(service, wanted) for service in services}, [])
    else:
        report(f"Going on after {sum(one.events for one in halfway.reached.values()):,} events.")
    checkpoints = list[str]()
    with _opened(format_, out, halfway.files) as writing:
        halfway.keep(out)
        going = _Export(out, halfway, writing, report)
        for service in services:
            async with connected(service) as store:
                await going.add(store, service, wanted)
                checkpoints += await _covering(store, halfway.reached[service])
    manifest = Manifest(datetime.now(UTC).isoformat(), asked, halfway.reached, halfway.files, checkpoints)
    keep_whole(manifest_of(out), json.dumps(asdict(manifest), indent=2).encode() + b"\n")
    forget(out)
    return manifest


@dataclass(frozen=True, slots=True)
class _Export:
    """An export while it goes on."""

    out: Path
    halfway: Halfway
    writing: Writing
    report: Progress

    async def add(self, store: asyncpg.Connection, service: str, wanted: Filter) -> None:
        """Write what is missing of a service; where it stands is kept now and then."""
        reached = self.halfway.reached[service]
        settled = reached.upto
        self._tell(service)
        async for upto, events in stretches(store, wanted, reached.upto, reached.log):
            self.writing.write(events)
            reached = reached.with_(upto, events)
            if upto - settled >= _SETTLED:
                self._settle(service, reached)
                settled = upto
        self._settle(service, reached)

    def _settle(self, service: str, reached: Reached) -> None:
        self.halfway.files = self.writing.settle()
        self.halfway.reached[service] = reached
        self.halfway.keep(self.out)
        self._tell(service)

    def _tell(self, service: str) -> None:
        reached = self.halfway.reached[service]
        self.report(f"{service}: events looked at", reached.upto, reached.log)


def manifest_of(out: Path) -> Path:
    return out.with_name(f"{out.name}.manifest.json")


def _content(wanted: Filter) -> dict[str, Any]:
    """What was asked, as JSON-ready content."""
    content: dict[str, Any] = json.loads(json.dumps(asdict(wanted), default=str))
    return {name: value for name, value in content.items() if value is not None}


async def _begun(service: str, wanted: Filter) -> Reached:
    async with connected(service) as store:
        log = await length(store)
    return Reached(log, min(wanted.start, log))


def _opened(format_: Format, out: Path, done: Sequence[File]) -> AbstractContextManager[Writing]:
    if format_ == "jsonl":
        return Lines.opened(out, done)
    from deploy.exporting.parquet import Parts  # noqa: PLC0415  half a second that lines do not need

    return Parts.opened(out, done)


async def _covering(store: asyncpg.Connection, reached: Reached) -> list[str]:
    beyond = reached.log if reached.last is None else reached.last
    return [row["note"] for row in await store.fetch(_CHECKPOINTS, reached.log, beyond)]
