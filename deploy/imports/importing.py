"""Importing a spreadsheet: read it, look at what would happen, record it, say what came of each line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deploy.imports import development, posts, staff
from deploy.imports.reading import Kind, Origin, Reading, read
from deploy.imports.sending import Answer, Doors, Position, Progress, send
from deploy.table import Problem, Source
from deploy.tally import Tally

kinds: dict[str, Kind] = {
    kind.name: kind for kind in (staff.staff, development.qualifications, development.training, posts.posts)
}
templates = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported(Tally):
    """What came of a file, or in a `dry_run` what would."""

    file: str
    reading: Reading
    answers: Sequence[Answer]
    dry_run: bool

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with lines: as they were read, and as a service refused them."""
        refused = [
            Problem(file=self.file, line=a.claim.line, column=None, message=f"{a.message} ({a.code})")
            for a in self.answers
            if a.outcome == "refused"
        ]
        return sorted([*self.reading.problems, *refused], key=lambda problem: problem.line)


async def import_file(
    kind: Kind, source: Source, origin: Origin, doors: Doors, position: Position | None, report: Progress
) -> Imported:
    """Import a file; without a position it is a dry run. What was recorded before adds nothing."""
    report(f"Reading {source.name}")
    reading = read(kind, source, origin)
    answers = [answer async for answer in send(reading.steps, doors, origin.trustuid, position, report)]
    return Imported(file=source.name, reading=reading, answers=answers, dry_run=position is None)


def position_of(folder: Path, kind: Kind, source: Source, origin: Origin) -> Position:
    """The position of this very content: a changed file begins at its first line."""
    told = f"{kind.name}\n{origin.trustuid}\n{origin.source}\n".encode()
    return Position(folder / f"{sha256(told + source.content).hexdigest()[:32]}.json")
