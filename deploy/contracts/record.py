"""The published record of the schemas: one file an event type. It is what a change of the contracts is judged by.

A type's file says since which release it is there (`x-since`). Whoever writes over a record cannot break it: what would
be incompatible is refused. A type that nobody has yet is made anew by deleting its file first.
"""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.contracts.compatibility import Change, incompatible
from deploy.errors import Unmet
from deploy.settings import ROOT
from shared.contracts.schemas import all_event_schemas

PLACE = Path("docs/schemas")
SINCE = "x-since"

Schemas = Mapping[str, Mapping[str, Any]]


class WouldBreak(Exception):
    """A record that is written over would lose what somebody relies on."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__(f"{len(changes)} incompatible changes")
        self.changes = changes


@dataclass(frozen=True, slots=True)
class Written:
    """What an export wrote anew, and what stood there already as it is."""

    written: list[str]
    unchanged: int


def now(known: Schemas) -> dict[str, dict[str, Any]]:
    """The record as it has to be: the schemas of the code, each since when the known record says, else this release."""
    here = release()
    found = all_event_schemas()
    for name, schema in found.items():
        if since := known.get(name, {}).get(SINCE, here):
            schema[SINCE] = since
    return found


def export(folder: Path) -> Written:
    """Write the record to a folder; what is written already stays as it is.

    Raises:
        WouldBreak: the folder holds a record that the code is not compatible with; nothing was written.
    """
    known = of_folder(folder)
    if broken := incompatible(known, all_event_schemas()):
        raise WouldBreak(broken)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = {name: schema for name, schema in now(known).items() if known.get(name) != schema}
    for name, schema in fresh.items():
        (folder / f"{name}.json").write_text(text(schema), encoding="utf-8")
    return Written(sorted(fresh), len(known.keys() - fresh.keys()))


def of_folder(folder: Path) -> dict[str, dict[str, Any]]:
    """The record that a folder holds.

    Raises:
        Unmet: a file in it is not one of a record.
    """
    return {path.stem: _read(path.read_bytes(), str(path)) for path in sorted(folder.glob("uk.mat.*.json"))}


def of_git(ref: str) -> dict[str, dict[str, Any]]:
    """The record as it was at a commit, a branch or a tag of this clone.

    Raises:
        Unmet: there is no such commit here, or it has no record.
    """
    asked = ["git", "-C", str(ROOT), "archive", "--format=tar", f"{ref}^{{commit}}", "--", str(PLACE)]
    try:
        archive = subprocess.run(asked, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError) as fault:
        said = getattr(fault, "stderr", b"").decode(errors="replace")
        raise Unmet(
            f"There is no folder and no commit {ref!r} here that has a record in {PLACE}.",
            "Name a folder of schemas, or a commit, branch or tag of this clone.",
            detail=said,
        ) from None
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        members = [member for member in files.getmembers() if member.name.endswith(".json")]
        return {Path(m.name).stem: _read(_content(files, m), f"{ref}:{m.name}") for m in members}


def release() -> str | None:
    """The release that this clone is on the way to; None where this is no clone."""
    project = ROOT / "pyproject.toml"
    if not project.exists():
        return None
    found: str = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    return found


def text(schema: Mapping[str, Any]) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _content(files: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = files.extractfile(member)
    return file.read() if file else b""


def _read(content: bytes, name: str) -> dict[str, Any]:
    try:
        schema = json.loads(content)
    except ValueError:
        schema = None
    if not isinstance(schema, dict):
        raise Unmet(f"{name} is not a JSON Schema.", "Restore it, or delete it and export again.")
    return schema
