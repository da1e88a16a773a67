"""An evidence pack made: a question's events, a proof of each from the stores themselves, and the signed report.

verifier/evidence.py says how a pack is laid out, and checks it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import asyncpg

from deploy.auditing import first_page, tool
from deploy.auditing.live import own_keys
from deploy.auditing.proving import proofs
from deploy.auditing.reports import signer
from deploy.databases import connected
from deploy.description import WRITERS
from deploy.errors import Unmet
from deploy.exporting.history import Filter, as_line, length, stretches
from deploy.private_file import new_private_directory, private_file
from deploy.progress import Progress
from deploy.settings import stack_settings
from shared.sealing.stored import Tree
from verifier.checkpoint import Checkpoint, service_of
from verifier.evidence import CHECKPOINTS, EVENTS, FIRST_LINE, KEYS, REPORT, REPORT_KEY, proof_name
from verifier.line import read
from verifier.note import Key

TOOL = "baton-verify.pyz"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        words: the question itself, in one line.
        of: which events answer it, as the report says it: `stream <name>`, `event <id>`, `person <id>`, `school <URN>`.
        wanted: the same.
        as_of: what was recorded later is left out; None: everything until now.
    """

    words: str
    of: str
    wanted: Filter
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was made: how many events of each service it has, and the key that signed its report."""

    events: dict[str, int]
    key: str


@dataclass(slots=True)
class _Proven:
    """What of a pack is known so far."""

    events: dict[str, int] = field(default_factory=dict)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)


async def make(
    question: Question,
    out: Path,
    kept: Sequence[Checkpoint],
    keys: Sequence[Key],
    report: Progress,
    *,
    with_tool: bool,
) -> Pack:
    """Make a pack in a new directory; what is in it was checked.

    Args:
        kept: the auditor's checkpoints: of a service that has one here, the newest of these is what is proven against.
        keys: the logs' keys; without one the key that a service left for operators is taken.

    Raises:
        Unmet: no event answers it, one is not sealed yet or cannot be proven, or the directory cannot be made.
    """
    with new_private_directory(out) as draft:
        proven = await _proofs(question, draft, kept, keys, report)
        if not proven.events:
            raise Unmet(
                "No event answers this.", "`baton events export` takes the same options and shows what there is."
            )
        _write(draft, CHECKPOINTS, "\n".join(str(one.note) for one in proven.checkpoints))
        _write(draft, KEYS, "".join(f"{key}\n" for key in proven.keys))
        signs = await signer()
        _write(draft, REPORT_KEY, f"{signs.verifier_key}\n")
        said = _said(question, proven)
        _write(draft, first_page.NAME, first_page.first_page(draft, said, TOOL))
        if with_tool:
            with private_file(draft / TOOL) as file:
                tool.write(file)
        _write(draft, REPORT, signs.sign(report_text(said, draft)))
    return Pack(proven.events, signs.verifier_key)


async def _proofs(
    question: Question, draft: Path, kept: Sequence[Checkpoint], keys: Sequence[Key], report: Progress
) -> _Proven:
    """Write the events and the proof of each."""
    (draft / "proofs").mkdir(mode=0o700)
    proven = _Proven()
    with private_file(draft / EVENTS) as lines:
        for service in (writer.name for writer in WRITERS):
            async with connected(service) as store:
                checkpoint, count = await _checkpoint(store, service, kept), 0
                async for events in _answering(store, service, question, report):
                    key = _key(service, keys)
                    for proof in await proofs(store, checkpoint, key, [read(line) for line in events]):
                        _write(draft, proof_name(service, proof.index), str(proof))
                    lines.writelines(events)
                    count += len(events)
            if checkpoint is not None and count:
                proven.events[service] = count
                proven.checkpoints.append(checkpoint)
                proven.keys.append(_key(service, keys))
    return proven


async def _answering(
    store: asyncpg.Connection, service: str, question: Question, report: Progress
) -> AsyncIterator[list[bytes]]:
    """The lines of the events that answer it, some hundreds at a time."""
    log = await length(store)
    async for upto, events in stretches(store, question.wanted, 0, log):
        for at in range(0, len(events), _AT_ONCE):
            yield [as_line(event) for event in events[at : at + _AT_ONCE]]
        report(f"{service}: events looked at", upto, log)


async def _checkpoint(store: asyncpg.Connection, service: str, kept: Sequence[Checkpoint]) -> Checkpoint | None:
    own = [one for one in kept if one.service == service]
    if own:
        return max(own, key=lambda one: one.size)
    newest = await Tree(store).newest()
    return None if newest is None else Checkpoint.of(newest.note)


def _key(service: str, keys: Sequence[Key]) -> Key:
    given = [key for key in keys if service_of(key.name) == service]
    return (given or own_keys(stack_settings(), [service]))[0]


def _said(question: Question, proven: _Proven) -> dict[str, str]:
    """What a report says before the files."""
    return {
        "question": question.words,
        "of": question.of,
        "as of": "now" if question.as_of is None else question.as_of.astimezone(UTC).isoformat(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "events": ", ".join(f"{number} of {service}" for service, number in proven.events.items()),
    }


def report_text(says: Mapping[str, str], directory: Path) -> str:
    """What is signed: this, and the SHA-256 of every file that is there."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    sums = [f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(directory).as_posix()}" for path in files]
    return "\n".join([FIRST_LINE, *(f"{name}: {value}" for name, value in says.items()), "", *sums, ""])


def _write(draft: Path, name: str, text: str) -> None:
    with private_file(draft / name) as file:
        file.write(text.encode())
