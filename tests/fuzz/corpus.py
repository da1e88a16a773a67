"""Cases that were found once: kept beside this, and tried again by every run of the suite."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"


def keep(kind: str, case: Mapping[str, Any]) -> Path:
    """Write a found case down."""
    content = json.dumps({"kind": kind, **case}, indent=1, sort_keys=True) + "\n"
    path = CASES / f"{kind}-{sha256(content.encode()).hexdigest()[:12]}.json"
    path.write_text(content, encoding="utf-8")
    return path


def kept(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The cases of one kind, by their names."""
    for path in sorted(CASES.glob(f"{kind}-*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))
