"""One service's log, held against itself and against what was signed of it, an event at a time.

What is kept is the head of each stream and one hash for each bit of the log's length, so a log of any length can be
verified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from verifier.finding import Finding, Kind
from verifier.holes import Holes
from verifier.line import Event, event_hash
from verifier.tree import Tree, leaf_hash

_before_first = (0, bytes(32))


class Signed(NamedTuple):
    """What counts of a checkpoint: that the first `size` events of its log have this root."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said of one service's log.

    Attributes:
        events: how many there were.
        witnessed: of how many the checkpoints speak.
        unwitnessed: how many come after the last checkpoint: nobody outside has a trace of them yet.
        holds: the size of the last checkpoint that the events fit.
        findings: what is wrong, the first place first.
    """

    service: str
    events: int
    witnessed: int
    unwitnessed: int
    holds: int
    findings: tuple[Finding, ...]


class Log:
    """The events of one service so far.

    Args:
        signed: of the checkpoints that count.
        findings: what is known to be wrong already.
    """

    def __init__(self, service: str, signed: Sequence[Signed], findings: Sequence[Finding] = ()) -> None:
        self.service = service
        self.next = 0
        self._events = self._unwitnessed = 0
        self._heads: dict[str, tuple[int, bytes]] = {}
        self._passed = Holes()
        self._passed_in: defaultdict[str, Holes] = defaultdict(Holes)
        self._noticed: dict[str, int] = {}
        self.tree = Tree()
        self._due = sorted(signed, reverse=True)
        self._witnessed = self._due[0].size if self._due else 0
        self._holds = 0
        self._broken_from: int | None = None
        self._findings = [*findings, *_contradictions(service, signed)]

    def take(self, event: Event) -> None:
        """The next event of the export."""
        self._events += 1
        self._unwitnessed += event.logindex >= self._witnessed
        in_place = event.logindex == self.next
        if in_place:
            self.next += 1
        else:
            self._out_of_place(event)
        if event_hash(event.previous, event.meta, event.record) != event.hash:
            self._found("content", event, "is not what was hashed")
        version, head = self._heads.get(event.stream, _before_first)
        if event.version != version + 1:
            self._out_of_sequence(event, version, in_place=in_place)
        elif event.previous != head:
            self._found("link", event, "does not name the event before it in its stream")
        if event.version > version:
            self._heads[event.stream] = (event.version, event.hash)
        if event.logindex == self.tree.size:
            self.tree.append(leaf_hash(event.hash))
            if self._due and self._due[-1].size == self.tree.size:
                self._compare()

    def unreadable(self, line: int) -> None:
        """The export's line with this number (from 1) cannot be read as an event."""
        says = f"line {line} cannot be read as an event; event {self.next} was expected"
        self._add("content", says, logindex=self.next)

    def add(self, finding: Finding) -> None:
        """What was found elsewhere."""
        self._findings.append(finding)

    def verdict(self) -> Verdict:
        """What can be said when all events were taken."""
        self._missing()
        findings = tuple(sorted(self._findings, key=Finding.order))
        return Verdict(self.service, self._events, self._witnessed, self._unwitnessed, self._holds, findings)

    def _found(self, kind: Kind, event: Event, says: str) -> None:
        told = f"event {event.logindex} (version {event.version} of {event.stream}) {says}"
        self._add(kind, told, logindex=event.logindex, stream=event.stream, version=event.version)

    def _add(self, kind: Kind, says: str, **where: Any) -> None:
        self._findings.append(Finding(kind=kind, service=self.service, says=says, **where))

    def _out_of_place(self, event: Event) -> None:
        """An event whose log index is not the next one: some are not there, or it is late, or comes again."""
        if event.logindex > self.next:
            self._passed.passed(self.next, event.logindex - 1)
            self.next = event.logindex + 1
        elif self._passed.fill(event.logindex):
            self._found("order", event, "comes after later ones")
        else:
            self._found("duplicate", event, "has a number that another had before it")

    def _out_of_sequence(self, event: Event, version: int, *, in_place: bool) -> None:
        """The same in its stream; what its place in the log showed already is not said twice."""
        if event.version > version:
            self._passed_in[event.stream].passed(version + 1, event.version - 1)
            self._noticed.setdefault(event.stream, event.logindex)
        elif self._passed_in[event.stream].fill(event.version):
            if in_place:
                self._found("order", event, "comes after later ones of its stream")
        elif in_place:
            self._found("duplicate", event, "has a version that another of its stream had before it")

    def _compare(self) -> None:
        """Hold the events so far against what was signed of as many."""
        size, root = self.tree.size, self.tree.root()
        fits = set()
        while self._due and self._due[-1].size == size:
            fits.add(self._due.pop().root == root)
        if self._broken_from is not None and True in fits:
            says = f"the checkpoints of {self._broken_from} and of {size} events cannot both be true"
            self._add("inconsistent", says, logindex=self._holds, last=size - 1)
        elif self._broken_from is None and False in fits:
            self._broken_from, first, last = size, self._holds, size - 1
            says = f"events {first} to {last} are not those of the checkpoint of {size} events"
            self._add("root", says, logindex=first, last=last)
        elif self._broken_from is None:
            self._holds = size

    def _missing(self) -> None:
        """What never came: by its place in the log, as far as the checkpoints speak of it, and in a stream."""
        beyond = [(self.next, self._witnessed - 1)] if self.next < self._witnessed else []
        for first, last in [*self._passed.ranges, *beyond]:
            says = f"event {first} is missing" if first == last else f"events {first} to {last} are missing"
            self._add("missing", says, logindex=first, last=last)
        for stream, holes in self._passed_in.items():
            for first, last in holes.ranges:
                which = f"version {first}" if first == last else f"versions {first} to {last}"
                says = f"{which} of {stream} missing before event {self._noticed[stream]}"
                self._add("missing", says, logindex=self._noticed[stream], stream=stream, version=first)


def _contradictions(service: str, signed: Sequence[Signed]) -> list[Finding]:
    """Two roots for one size: whoever signed them told two histories."""
    roots: dict[int, bytes] = {}
    sizes = {c.size for c in signed if roots.setdefault(c.size, c.root) != c.root}
    return [
        Finding(
            kind="inconsistent",
            service=service,
            says=f"two checkpoints of {size} events cannot both be true",
            logindex=0,
            last=size - 1,
        )
        for size in sorted(sizes)
    ]
