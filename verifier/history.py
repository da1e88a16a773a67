"""The logs of all services together, held against the checkpoints that count, and what can be said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from verifier.checkpoint import Checkpoint, service_of
from verifier.finding import Finding
from verifier.line import Event, UnreadableError, read
from verifier.log import Log, Signed, Verdict
from verifier.note import Key, SignatureError
from verifier.tree import Tree

Outcome = Literal["whole", "altered", "unclear"]
exit_codes: dict[Outcome, int] = {"whole": 0, "altered": 1, "unclear": 2}


class UnclearError(Exception):
    """Nothing can be said: why, and what to do about it."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(f"{message} {advice}")
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Trusted:
    """What the checkpoints say that count, by service, and what was wrong with others.

    Attributes:
        services: those whose keys were given: their logs must be there, and whole.
    """

    services: tuple[str, ...]
    keys: Sequence[Key] = ()
    witnesses: Sequence[Key] = ()
    signed: dict[str, list[Signed]] = field(default_factory=lambda: defaultdict(list))
    findings: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))

    def take(self, checkpoint: Checkpoint) -> bool:
        """Whether it counts: one of the keys signed it and, if witnesses are named, one of these co-signed it."""
        note, own = checkpoint.note, [key for key in self.keys if key.name == checkpoint.origin]
        try:
            counts = note.is_signed_by(own) and (not self.witnesses or note.is_signed_by(self.witnesses))
        except SignatureError as forged:
            says = f"the checkpoint of {checkpoint.size} events has a signature that is not of the key {forged}"
            self.findings[checkpoint.service].append(Finding(kind="signature", service=checkpoint.service, says=says))
            return False
        if counts:
            self.signed[checkpoint.service].append(Signed(checkpoint.size, checkpoint.root))
        return counts


def trusted(checkpoints: Iterable[Checkpoint], keys: Sequence[Key], witnesses: Sequence[Key] = ()) -> Trusted:
    """What these checkpoints say, as far as they count.

    Raises:
        UnclearError: two of the keys are of logs that cannot be told apart.
    """
    origins = dict.fromkeys(key.name for key in keys)
    found = Trusted(tuple(dict.fromkeys(map(service_of, origins))), keys, witnesses)
    if len(found.services) != len(origins):
        raise UnclearError(f"The keys are of several logs of one service: {', '.join(origins)}.", "Give those of one.")
    for checkpoint in checkpoints:
        found.take(checkpoint)
    return found


@dataclass(frozen=True, slots=True)
class Report:
    """What can be said of a history.

    Attributes:
        unclear: why something could not be told, a sentence each.
    """

    verdicts: tuple[Verdict, ...]
    unclear: tuple[str, ...]

    @property
    def findings(self) -> list[Finding]:
        """What is wrong, service by service."""
        return [finding for verdict in self.verdicts for finding in verdict.findings]

    @property
    def outcome(self) -> Outcome:
        if self.findings:
            return "altered"
        return "unclear" if self.unclear else "whole"

    def content(self) -> dict[str, Any]:
        """The report as JSON-ready content."""
        first = next(iter(self.findings), None)
        return {
            "outcome": self.outcome,
            "first": asdict(first) if first else None,
            "services": [asdict(verdict) for verdict in self.verdicts],
            "unclear": list(self.unclear),
        }

    def text(self, *, everything: bool) -> str:
        """The report for people: of each service the first finding, or all of them."""
        lines = [line for verdict in self.verdicts for line in _told(verdict, everything=everything)]
        return "\n".join([*lines, *self.unclear, _conclusions[self.outcome]])


class History:
    """The events of an export so far."""

    def __init__(self, trusted: Trusted) -> None:
        self._trusted = trusted
        self._logs: dict[str, Log] = {}
        for service in trusted.services:
            self._log(service)
        self._latest: Log | None = None
        self._unreadable_first: list[int] = []

    def take(self, event: Event) -> None:
        log = self._latest
        if log is None or log.service != event.service:
            self._latest = log = self._log(event.service)
            while self._unreadable_first:
                log.unreadable(self._unreadable_first.pop(0))
        log.take(event)

    def unreadable(self, line: int) -> None:
        """A line, by its number from 1, that is no event; it is told of the service whose lines surround it."""
        if self._latest is None:
            self._unreadable_first.append(line)
        else:
            self._latest.unreadable(line)

    def add(self, finding: Finding) -> None:
        """What was found elsewhere."""
        self._log(finding.service).add(finding)

    def tree(self, service: str) -> Tree:
        """The tree over a service's events so far: up to the first that is not there."""
        return self._log(service).tree

    def report(self) -> Report:
        """What can be said when all events were taken.

        Raises:
            UnclearError: there were lines, and none was an event.
        """
        if self._unreadable_first:
            raise UnclearError("None of the lines is an event.", "Give a file that `baton events export` wrote.")
        unclear = [
            f"{service}: no checkpoint of it is signed by a key that was given."
            for service in self._logs
            if not self._trusted.signed.get(service)
        ]
        return Report(tuple(log.verdict() for log in self._logs.values()), tuple(unclear))

    def _log(self, service: str) -> Log:
        if service not in self._logs:
            known = self._trusted
            self._logs[service] = Log(service, known.signed.get(service, ()), known.findings.get(service, ()))
        return self._logs[service]


def verify(lines: Iterable[bytes], trusted: Trusted) -> Report:
    """Hold the lines of an export against what counts.

    Raises:
        UnclearError: none of the lines is an event.
    """
    history = History(trusted)
    for number, line in enumerate(lines, start=1):
        try:
            event = read(line)
        except UnreadableError:
            history.unreadable(number)
        else:
            history.take(event)
    return history.report()


def _told(verdict: Verdict, *, everything: bool) -> list[str]:
    fit = f"as they were when the first {verdict.holds:,} were witnessed" if verdict.holds else "fitting no checkpoint"
    shown = verdict.findings if everything else verdict.findings[:1]
    more = len(verdict.findings) - len(shown)
    return [
        f"{verdict.service}: {verdict.events:,} events, {fit}; not yet witnessed: {verdict.unwitnessed:,}",
        *(f"  {finding.kind}: {finding.says}" for finding in shown),
        *([f"  and {more:,} more"] if more else []),
    ]


_conclusions: dict[Outcome, str] = {
    "whole": "WHOLE: every event up to the last checkpoint is as it was when it was witnessed.",
    "altered": "ALTERED: this is not the history that was witnessed.",
    "unclear": "COULD NOT TELL.",
}
