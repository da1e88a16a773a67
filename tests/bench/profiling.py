"""A picture of where each path's time in Python goes: a flame graph by py-spy, of one contestant at a time.

Only who holds the interpreter is drawn: else the peer's idle threads fill half of it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.baton.bench import Part
from deploy.settings import ROOT
from tests.bench.measuring import Told

PICTURES = ROOT / "docs" / "profiles"
_PATHS = {  # the picture's name: the part, how its contestant's name begins, and runs enough to dwarf the start
    "append": (Part.APPENDING, "append, 1 client, 1 event", 40),
    "execute": (Part.APPENDING, "execute, 1 client, 1 event", 40),
    "load": (Part.APPENDING, "load, 100 events", 40),
    "publish": (Part.PUBLISHING, "number and publish", 10),
    "project-and-rebuild": (Part.PROJECTING, "Kafka to read models", 5),
}
_A_SECOND = 250


def profile(told: Told) -> None:
    """Draw every path."""
    PICTURES.mkdir(exist_ok=True)
    spy = Path(sys.executable).with_name("py-spy")
    for name, (part, contestant, runs) in _PATHS.items():
        told(f"profile of {name}")
        bench = [sys.executable, "-m", "tests.bench", "--only", part, "--match", contestant, "--runs", str(runs)]
        recording = ["record", "--format", "flamegraph", "--rate", str(_A_SECOND), "--function", "--gil"]
        picture = PICTURES / f"{name}.svg"
        subprocess.run([str(spy), *recording, "--output", str(picture), "--", *bench], check=True, capture_output=True)
        drawn = picture.read_text(encoding="utf-8")
        picture.write_text(drawn.replace(f"{ROOT}/", ""), encoding="utf-8")  # it names where it was drawn
