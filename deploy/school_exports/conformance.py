"""Whether an export would be taken: looked at line by line without a service, and then by a dry run at the services.

Without them, what a rule needs from what they have recorded is not known. A dry run looks at each event by itself: of
those that rest on an earlier one of the same export it cannot say anything yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from deploy.description import WRITERS
from deploy.doors import Doors
from deploy.school_exports.finding import Finding, Place, Weight
from deploy.school_exports.lines import Line, lines, portions, service_of
from deploy.school_exports.rules import Rules, Speaker
from shared.contracts import canonical
from shared.contracts.vocabulary import trust_uid_form

_TRUST = re.compile(rf'"trustuid"\s*:\s*"({trust_uid_form})"'.encode())
_FIRST_BYTES = 4 * 1024 * 1024


@dataclass(slots=True)
class Conformance:
    """What was found.

    Attributes:
        lines: how many were looked at.
        rest_on: of each line that rests on an earlier one of the export, that one.
    """

    lines: int = 0
    findings: list[Finding] = field(default_factory=list)
    rest_on: Mapping[Place, Place] = field(default_factory=dict)

    def places(self, *weights: Weight) -> set[Place]:
        """The lines with a finding of one of these weights."""
        return {finding.place for finding in self.findings if finding.weight in weights}


def look(files: Sequence[Path], urns: Sequence[str], now: datetime) -> Conformance:
    """Look at every line of files, in the order in which they are sent, without a service.

    Args:
        urns: the schools that the export may speak for; none: that is not looked at.
        now: what is later than this lies in the future.
    """
    rules = Rules(_admissions(), Speaker(urns=frozenset(urns) or None, trustuid=_trustuid(files), now=now))
    found = Conformance(rest_on=rules.order.rest_on)
    for file in files:
        for line in lines(file):
            found.lines += 1
            found.findings += rules.of(Place(file.name, line.number), line)
    found.findings.sort(key=lambda finding: finding.place)
    return found


async def ask(found: Conformance, files: Sequence[Path], doors: Doors, report: Callable[[str], None]) -> None:
    """Ask the services what would become of those lines of which nothing wrong is known."""
    wrong = found.places("refused", "parked")
    for file in files:
        for portion in portions(line for line in lines(file) if Place(file.name, line.number) not in wrong):
            for service, claims in _by_service(portion).items():
                receipts = await doors.of(service).publish([claim for _, claim in claims], dry_run="true")
                for (line, _), receipt in zip(claims, receipts, strict=True):
                    place = Place(file.name, line.number)
                    if place not in found.rest_on:
                        found.findings += _answered(place, receipt)
            report(f"{file.name}: asked about line {portion[-1].number:,}")
    found.findings.sort(key=lambda finding: finding.place)


def _answered(place: Place, receipt: Mapping[str, Any]) -> Iterator[Finding]:
    outcome, code = receipt["outcome"], receipt.get("code") or "refused"
    said = {"pointer": receipt.get("field") or "", "code": code, "wrong": receipt.get("message") or "", "do": ""}
    if outcome == "refused":
        yield Finding(place=place, weight="refused", **said)
    elif outcome == "parked":
        yield Finding(place=place, weight="parked" if code == "unknown_type" else "remark", **said)


def _by_service(portion: Sequence[Line]) -> dict[str, list[tuple[Line, Mapping[str, Any]]]]:
    found: dict[str, list[tuple[Line, Mapping[str, Any]]]] = {}
    for line in portion:
        claim = canonical.loads(line.raw)
        found.setdefault(service_of(claim["type"]) or "", []).append((line, claim))
    return found


def _admissions() -> dict[str, Any]:
    """How each type of claim is taken in, by whichever service takes it."""
    found: dict[str, Any] = {}
    for writer in WRITERS:
        found |= import_module(f"services.{writer.name}.intake").admissions
    return found


def _trustuid(files: Sequence[Path]) -> str:
    """The trust that an export speaks of: a staff number is one of its trust's."""
    for file in files:
        with file.open("rb") as content:
            if found := _TRUST.search(content.read(_FIRST_BYTES)):
                return found[1].decode()
    return ""
