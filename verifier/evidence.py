"""An evidence pack: the events that answer a question, a proof of each, and a signed report of what is in the pack.

`report.txt` is a signed note (c2sp.org/signed-note): what was asked, a name and a value a line, an empty line, and the
SHA-256 of every other file. `events.jsonl` has the events, `proofs/<service>-<logindex>.tlog-proof` the proof of each,
`checkpoints.txt` what they lead to, `keys.txt` the logs' keys, `report.key` the key of whoever made the pack.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from verifier.files import checkpoints_in, keys_in, parsed, unreadable
from verifier.history import Outcome, UnclearError
from verifier.line import Event, UnreadableError, read
from verifier.note import Key, Note, SignatureError, signed_by_log
from verifier.proof import Proof

REPORT = "report.txt"
EVENTS = "events.jsonl"
CHECKPOINTS = "checkpoints.txt"
KEYS = "keys.txt"
REPORT_KEY = "report.key"
FIRST_LINE = "Baton evidence, version 1"
_form = re.compile(rf"{FIRST_LINE}\n((?:[a-z ]+: [^\n]+\n)+)\n((?:[0-9a-f]{{64}}  [^\n]+\n)+)")
_stream = re.compile(r"stream (.+)")


def proof_name(service: str, logindex: int) -> str:
    """Where the proof of an event is in a pack."""
    return f"proofs/{service}-{logindex}.tlog-proof"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What can be said of a pack.

    Attributes:
        says: what was asked, and what the pack says of itself.
        faults: what is wrong, a sentence each.
        unknown: the names of keys that were taken on the pack's word.
    """

    says: dict[str, str]
    events: int
    faults: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def outcome(self) -> Outcome:
        return "altered" if self.faults else "whole"

    def content(self) -> dict[str, Any]:
        """The same as JSON-ready content."""
        return {"outcome": self.outcome, **asdict(self)}

    def text(self) -> str:
        """The same for people."""
        if self.faults:
            return "\n".join([*self.faults, "ALTERED: this pack does not show what it says."])
        word = "Keys that were taken on the pack's word, compare them: " + ", ".join(self.unknown)
        holds = f"HOLDS: the pack is as it was signed, and each of its {self.events:,} events is proven."
        return "\n".join(
            [*(f"{name}: {value}" for name, value in self.says.items()), *([word] if self.unknown else []), holds]
        )


def check(directory: Path, keys: Sequence[str] = ()) -> Evidence:
    """Check a pack with nothing but what is in it, and keys.

    Args:
        keys: that whoever checks it holds, or names of files of them; where one has a name that is in the pack, the
            pack's own does not count.

    Raises:
        UnclearError: a file cannot be read or is not what it should be.
    """
    held = keys_in(keys, signed_by_log)
    note = parsed(directory / REPORT, Note.of)
    reporters, logs = (_keys(directory / name, held) for name in (REPORT_KEY, KEYS))
    says, sums = _report(note)
    unknown = tuple(sorted({key.name for key in [*reporters, *logs] if key not in held}))
    faults = [*_unsigned(note, reporters), *_changed(directory, sums)]
    events = [] if faults else list(_events(directory / EVENTS))
    if not faults:
        faults += _unproven(directory, events, logs)
        faults += _holes(says.get("of", ""), events)
    return Evidence(says, len(events), tuple(faults), unknown)


def _keys(path: Path, held: Sequence[Key]) -> list[Key]:
    own = keys_in([str(path)], signed_by_log)
    names = {key.name for key in own}
    known = [key for key in held if key.name in names]
    return [*known, *(key for key in own if key.name not in {one.name for one in known})]


def _report(note: Note) -> tuple[dict[str, str], dict[str, str]]:
    """What the pack says of itself, and the SHA-256 of each of its files."""
    found = _form.fullmatch(note.body)
    if found is None:
        raise UnclearError(f"{REPORT} is not the report of an evidence pack.", "It was damaged, or is another file.")
    says = dict(line.split(": ", 1) for line in found[1].splitlines())
    return says, {name: sha256 for sha256, name in (line.split("  ", 1) for line in found[2].splitlines())}


def _unsigned(note: Note, reporters: Sequence[Key]) -> Iterator[str]:
    try:
        if not note.is_signed_by(reporters):
            yield f"{REPORT} is not signed by the key of whoever made the pack"
    except SignatureError as forged:
        yield f"{REPORT} has a signature that is not of the key {forged}"


def _changed(directory: Path, sums: dict[str, str]) -> Iterator[str]:
    there = {str(path.relative_to(directory).as_posix()): path for path in directory.rglob("*") if path.is_file()}
    del there[REPORT]
    for name in sorted(there.keys() | sums.keys()):
        if name not in sums:
            yield f"{name} is not in the report"
        elif name not in there:
            yield f"{name} is missing"
        else:
            try:
                content = there[name].read_bytes()
            except OSError as error:
                raise unreadable(there[name], error) from None
            if hashlib.sha256(content).hexdigest() != sums[name]:
                yield f"{name} was changed"


def _events(path: Path) -> Iterator[Event]:
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            yield read(line)
        except UnreadableError:
            raise UnclearError(f"Line {number} of {path} is no event.", "The pack was made wrongly.") from None


def _unproven(directory: Path, events: Sequence[Event], logs: Sequence[Key]) -> Iterator[str]:
    kept = {checkpoint.note.body for checkpoint in checkpoints_in(directory / CHECKPOINTS)}
    for event in events:
        path = directory / proof_name(event.service, event.logindex)
        what = f"event {event.logindex} of {event.service}"
        if not path.exists():
            yield f"{what} has no proof"
            continue
        proof = parsed(path, Proof.of)
        if fault := proof.fault(event, [key for key in logs if key.name == proof.checkpoint.origin]):
            yield f"{what} is not proven: {fault}"
        elif proof.checkpoint.note.body not in kept:
            yield f"{what} is proven against a checkpoint that is not in {CHECKPOINTS}"


def _holes(of: str, events: Sequence[Event]) -> Iterator[str]:
    """Of a stream, every event from its first to the last that is here has to be here."""
    asked = _stream.fullmatch(of)
    if asked is None:
        return
    heads: dict[str, tuple[int, bytes]] = {}
    for event in events:
        version, head = heads.get(event.service, (0, bytes(32)))
        if (event.stream, event.version, event.previous) != (asked[1], version + 1, head):
            yield f"event {event.logindex} of {event.service} does not follow version {version} of {asked[1]}"
        heads[event.service] = event.version, event.hash
