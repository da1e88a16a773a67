"""What comes of reading files: asks for talent, problems of lines, and questions for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.table import Problem

BUNDLED = Path(__file__).parent / "data"
ESTABLISHMENTS, GROUP_LINKS, ROLES = (
    "gias_establishments.csv",
    "gias_group_links.csv",
    "system_leadership_roles.csv",
)

Payload = dict[str, str | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a line asks for: a command of talent and its fields, ready for JSON."""

    command: Literal["RegisterTrust", "JoinSchool", "DeclareRoleCount"]
    payload: Payload
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the files say about a school, or about a trust, that only a person can decide on.

    `vanished`: a member that the links no longer name under its trust (`now_with`: whom they name instead).
    `not_open`: linked to the trust, but closed or not open yet. `group_closed`: the member's trust has closed.
    `trust_renamed`: talent has the trust with other details.
    """

    code: Literal["vanished", "not_open", "group_closed", "trust_renamed"]
    trustuid: str
    urn: str | None
    message: str
    now_with: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Asks in the order to send them; problems by file and line."""

    asks: tuple[Ask, ...] = ()
    problems: tuple[Problem, ...] = ()
    questions: tuple[Question, ...] = ()


def reading(said: Iterable[Ask | Problem | Question]) -> Reading:
    """What the lines said, each to its kind."""
    said = list(said)
    problems = [one for one in said if isinstance(one, Problem)]
    return Reading(
        asks=tuple(one for one in said if isinstance(one, Ask)),
        problems=tuple(sorted(problems, key=lambda problem: (problem.file, problem.line))),
        questions=tuple(one for one in said if isinstance(one, Question)),
    )
