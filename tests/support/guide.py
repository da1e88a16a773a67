"""A guide as something to carry out: its blocks in their order, each run as a reader would, and what it shows compared.

A fence's first word is its language, the second for whom it is: nobody in particular, `operator`, `given` (to be filled
in by the reader), `kafka`, `secured`. A block of Python is a file, named in its first line. A block of `json` or `text`
is what the block before it shows; `…` in it stands for anything.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_block = re.compile(r"^```(?P<words>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_longest_s = 120
_anything = "…"


@dataclass(frozen=True, slots=True)
class Block:
    language: str
    label: str
    text: str


def blocks(guide: Path) -> list[Block]:
    """The blocks of a guide."""
    found = []
    for match in _block.finditer(guide.read_text(encoding="utf-8")):
        language, _, label = match["words"].partition(" ")
        found.append(Block(language, label, match["text"]))
    return found


@dataclass(slots=True)
class Reader:
    """Somebody who carries it out.

    Attributes:
        directory: where; empty at first.
        environment: of their shell.
        replaced: what stands otherwise here than in the guide: its ports.
    """

    directory: Path
    environment: Mapping[str, str]
    replaced: Mapping[str, str]
    exports: str = ""

    def carries_out(self, told: Sequence[Block]) -> None:
        """Do what the blocks say, and see what they show."""
        shown = ""
        for block in told:
            match block.language:
                case "bash":
                    shown = self.runs(block.text)
                case "python":
                    name = block.text.removeprefix("# ").partition(":")[0]
                    (self.directory / name).write_text(block.text, encoding="utf-8")
                case "json":
                    assert alike(json.loads(block.text), json.loads(shown)), f"{block.text}\n{shown}"
                case "text":
                    assert _as_pattern(block.text).fullmatch(shown), f"{block.text}\n{shown}"
                case _:
                    raise AssertionError(f"What is to be done with {block.language}?")

    def runs(self, text: str) -> str:
        """A block in a shell that knows what was exported in those before; what it shows."""
        for there, here in self.replaced.items():
            text = text.replace(there, here)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{self.exports}\n{text}"],
            cwd=self.directory,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=_longest_s,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        self.exports += "".join(re.findall(r"^export (?:\|\n|.)*\n", text, re.MULTILINE))
        return done.stdout


def alike(told: Any, shown: Any) -> bool:
    """Whether JSON is as it was told."""
    if isinstance(told, str) and isinstance(shown, str):
        return _as_pattern(told).fullmatch(shown) is not None
    if isinstance(told, dict) and isinstance(shown, dict):
        pairs = zip(sorted(told.items()), sorted(shown.items()), strict=False)
        return len(told) == len(shown) and all(alike(a, c) and alike(b, d) for (a, b), (c, d) in pairs)
    if isinstance(told, list) and isinstance(shown, list):
        return len(told) == len(shown) and all(map(alike, told, shown))
    return bool(told == shown)


def _as_pattern(text: str) -> re.Pattern[str]:
    """A text as it is told; answers of curl that end without a line's end may stand in one line."""
    lines = [".*".join(map(re.escape, line.rstrip().split(_anything))) for line in text.splitlines()]
    return re.compile(r"\s*".join(lines) + r"\s*")
