"""What the lines of a spreadsheet say, as claims; and what is wrong with a line, before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from deploy.table import Problem, Row, Source, read_table
from shared.contracts import canonical
from shared.contracts.codec import contracts

Service = Literal["talent", "cpd"]
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,60}")
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
URN = re.compile(r"[1-9][0-9]{5}")
A_REFERENCE = "a reference: letters, digits and . _ : / -"
A_CODE = "a code: small letters, digits, _ and -"
A_URN = "a URN of six digits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that a line says, to one service."""

    service: Service
    type: str
    data: Mapping[str, Any]
    line: int

    def event(self, trustuid: str) -> dict[str, Any]:
        """The claim as a CloudEvent. The same thing said again has the same id, and is recorded once."""
        said = canonical.dumps({"trustuid": trustuid, "type": self.type, "data": dict(self.data)})
        return {
            "specversion": "1.0",
            "id": str(uuid5(NAMESPACE_URL, said.decode())),
            "source": "/baton/import",
            "type": contracts[self.service].newest(self.type),
            "trustuid": trustuid,
            "data": self.data,
        }


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose spreadsheet it is: the trust, and the system whose staff references it uses unless a line names another."""

    trustuid: str
    source: str

    def person(self, row: Row, column: str = "staff_ref") -> dict[str, str]:
        """The person that a line names, as their own system knows them."""
        return {"source": self.system(row), "staff_ref": row.matching(column, REFERENCE, A_REFERENCE)}

    def system(self, row: Row) -> str:
        return row.optional_matching("source", CODE, A_CODE) or self.source

    def named(self, *key: str | None) -> UUID:
        """An id that the same key has in every run."""
        return uuid5(NAMESPACE_URL, "/".join(("uk.mat/import", self.trustuid, *(part or "" for part in key))))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of spreadsheet.

    Attributes:
        read: the rows to steps, each of which is sent when the one before it is there.
    """

    name: Literal["staff", "qualifications", "training", "posts"]
    needed: Sequence[str]
    optional: Sequence[str]
    read: Callable[[Sequence[Row], Origin], Sequence[Sequence[Claim]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Claims in steps, and problems by line. Of a line with a problem nothing is claimed."""

    steps: Sequence[Sequence[Claim]]
    problems: Sequence[Problem]
    lines: int


def read(kind: Kind, source: Source, origin: Origin) -> Reading:
    """What a file says."""
    table = read_table(source, kind.needed, kind.optional)
    steps = kind.read(table.rows, origin)
    problems = [*table.problems, *(problem for row in table.rows for problem in row.problems)]
    wrong = {problem.line for problem in problems}
    return Reading(
        steps=[kept for step in steps if (kept := [claim for claim in step if claim.line not in wrong])],
        problems=sorted(problems, key=lambda problem: problem.line),
        lines=len(table.rows),
    )


def once(rows: Sequence[Row], key: Callable[[Row], object], column: str) -> Iterator[Row]:
    """The rows whose key stands in the file for the first time; the others get a problem."""
    seen: dict[object, int] = {}
    for row in rows:
        first = seen.setdefault(key(row), row.line)
        if first == row.line:
            yield row
        else:
            row.wrong(column, f"says the same again as line {first}")


def present(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: content for name, content in fields.items() if content is not None}
