"""Something that is wrong with a line of an export, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Weight = Literal["refused", "parked", "remark"]
"""What would become of the line because of it; a remark: it would be taken all the same."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file, 1-based."""

    file: str
    line: int

    def seen_from(self, other: Place) -> str:
        """How it is called beside another."""
        return f"line {self.line}" if self.file == other.file else f"{self.file}, line {self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        pointer: JSON pointer into the event; empty where it is the whole line.
        code: as a door would refuse it.
    """

    place: Place
    pointer: str
    weight: Weight
    code: str
    wrong: str
    do: str

    def __str__(self) -> str:
        said = f"{self.pointer}: {self.wrong}" if self.pointer else self.wrong
        return " ".join(filter(None, [f"{self.place.file}:{self.place.line}:", said, self.do, f"({self.code})"]))
