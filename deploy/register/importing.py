"""Importing the register: read the files, ask talent what it knows, send what they ask for, say what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from deploy.register.gias import read_register
from deploy.register.reading import Ask, Question, Reading
from deploy.register.roles import read_roles
from deploy.register.sending import Answer, Progress, Talent
from deploy.table import Problem, Source, read_table
from deploy.tally import Tally

_RENAMED = "trust_exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is imported.

    Attributes:
        trustuid: the trust in whose register the counts are declared, as of the day `as_at`.
    """

    establishments: Source
    group_links: Source
    roles: Source
    trustuid: str
    as_at: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported(Tally):
    """What came of an import. Of lines with a problem nothing was imported."""

    asks: Sequence[Ask]
    answers: Sequence[Answer] = ()
    problems: Sequence[Problem] = ()
    questions: Sequence[Question] = ()
    what: Literal["all", "rest", "nothing"]

    def asked(self, command: str) -> int:
        return sum(ask.command == command for ask in self.asks)


async def import_register(
    files: Files, talent: Talent, report: Progress, *, all_or_nothing: bool = False, dry_run: bool = False
) -> Imported:
    """Import the files. What was recorded before adds nothing.

    Args:
        all_or_nothing: send nothing when a line has a problem.
        dry_run: send nothing at all.
    """
    report("Reading the files")
    members = await talent.members(_trusts(files.group_links))
    register = read_register(files.establishments, files.group_links, members=members)
    counts = read_roles(files.roles, trustuid=files.trustuid, as_at=files.as_at)
    found = Reading(
        asks=(*register.asks, *counts.asks),
        problems=(*register.problems, *counts.problems),
        questions=(*register.questions, *counts.questions),
    )
    if dry_run or (all_or_nothing and found.problems):
        return Imported(asks=found.asks, problems=found.problems, questions=found.questions, what="nothing")
    answers = await talent.send(found.asks, report)
    refused = [answer for answer in answers if answer.outcome == "refused"]
    problems = [*found.problems, *(_problem(answer) for answer in refused if answer.code != _RENAMED)]
    return Imported(
        asks=found.asks,
        answers=answers,
        problems=problems,
        questions=[*found.questions, *(_question(answer) for answer in refused if answer.code == _RENAMED)],
        what="rest" if problems else "all",
    )


def _trusts(group_links: Source) -> set[str]:
    """The trusts that the links speak of; only their members can have vanished from them."""
    return {row.raw("Group UID") for row in read_table(group_links, ("Group UID",)).rows}


def _problem(answer: Answer) -> Problem:
    ask = answer.ask
    return Problem(file=ask.file, line=ask.line, column=None, message=f"was refused: {answer.message} ({answer.code})")


def _question(answer: Answer) -> Question:
    return Question(
        code="trust_renamed",
        trustuid=str(answer.ask.payload["trustuid"]),
        urn=None,
        message="The register has this trust with other details: has it another name or company number now?",
    )
