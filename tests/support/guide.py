"""A guide as something to carry out: its blocks in their order, each run as a reader would, and what it shows compared.

A fence's first word is its language, the second for whom it is: nobody in particular, `operator`, or `secured` where
Kafka lets in only whom it knows. A block of Python is a file, named in its first line. A block of `json` or `text` is
what the block before it shows; `…` in it stands for anything.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.settings import ROOT, StackSettings
from tests.stack import told

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


def carry_out(
    guide: Path,
    stack: StackSettings,
    directory: Path,
    *,
    but: str = "",
    replaced: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Carry a guide out on a stack, from a directory: as its operator what is for them, the rest as anybody.

    Args:
        but: the label of blocks that are left out here.
        replaced: what stands otherwise here than in the guide, beside the ports.
        environment: what has to stand in that of a shell here.
    """
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    anybody = {"PATH": path, "PYTHONPATH": str(ROOT), **(environment or {})}
    ports = {8101: stack.talent_port, 8102: stack.cpd_port, 8103: stack.collaboration_port, 9092: stack.kafka_port}
    here = {f"127.0.0.1:{there}": f"127.0.0.1:{port}" for there, port in ports.items()} | dict(replaced or {})
    operator = Reader(directory, {**anybody, **told(stack)}, here)
    developer = Reader(directory, anybody, here)
    for block in blocks(guide):
        if not but or block.label != but:
            (operator if block.label == "operator" else developer).carries_out(block)


@dataclass(slots=True)
class Reader:
    """Somebody who carries it out.

    Attributes:
        directory: where; empty at first.
        environment: of their shell.
        replaced: what stands otherwise here than in the guide.
        shown: by the last block.
    """

    directory: Path
    environment: Mapping[str, str]
    replaced: Mapping[str, str]
    exports: str = ""
    shown: str = ""

    def carries_out(self, block: Block) -> None:
        """Do what a block says, or see that what the one before it showed is this."""
        text = block.text
        for there, here in self.replaced.items():
            text = text.replace(there, here)
        match block.language:
            case "bash":
                self.shown = self._runs(text)
            case "python":
                name = text.removeprefix("# ").partition(":")[0]
                (self.directory / name).write_text(text, encoding="utf-8")
            case "json":
                assert alike(json.loads(text), json.loads(self.shown)), f"{text}\n{self.shown}"
            case "text":
                assert _as_pattern(text).fullmatch(self.shown), f"{text}\n{self.shown}"
            case _:
                raise AssertionError(f"What is to be done with {block.language}?")

    def _runs(self, text: str) -> str:
        """A block in a shell that knows what was exported in those before; what it shows."""
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
