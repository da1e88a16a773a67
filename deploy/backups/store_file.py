"""A store's backup as a file: a zip of PostgreSQL's own dump and of a manifest that says what is in it.

`unzip` and `pg_restore` open it without Baton. A zip has a checksum of each part, and its table of contents at its end:
a file that is damaged or was cut short is told from a whole one before anything is done with it.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from deploy.errors import Unmet

_KIND = "baton-store-backup"
_VERSION = 1
_MANIFEST = "manifest.json"
_DUMP = "store.dump"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a store holds, as far as two of them can be told apart quickly.

    Attributes:
        revision: of the last migration.
        events: how many events of each service, with none missing below.
        newest: of a writer's last numbered event, its log index, id and hash; the hash covers its whole stream.
        unnumbered: a writer's events that have no number yet.
    """

    revision: str
    events: dict[str, int]
    newest: list[str] | None
    unnumbered: int

    @property
    def is_empty(self) -> bool:
        """Whether nobody has written anything yet."""
        return not any(self.events.values()) and not self.unnumbered


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup is of, and when.

    Attributes:
        rights: (role, right) on the database itself, which PostgreSQL's dump of its content leaves out.
    """

    service: str
    at: str
    postgres: str
    holds: Holdings
    rights: list[list[str]]


@contextmanager
def writing(out: IO[bytes], manifest: Manifest) -> Iterator[IO[bytes]]:
    """Where a dump is written to; the manifest follows when it is whole."""
    with zipfile.ZipFile(out, "w") as backup:
        with backup.open(_DUMP, "w", force_zip64=True) as dump:
            yield dump
        backup.writestr(_MANIFEST, json.dumps({"kind": _KIND, "version": _VERSION, **asdict(manifest)}, indent=1))


@contextmanager
def reading(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """The dump of a backup, and its size."""
    with zipfile.ZipFile(path) as backup, backup.open(_DUMP) as dump:
        yield dump, backup.getinfo(_DUMP).file_size


def checked(path: Path, service: str) -> Manifest:
    """The manifest of a backup of a service, which is whole.

    Raises:
        Unmet: when it is not, or is of something else.
    """
    if not _begins_as_zip(path):
        raise _no_backup(path)
    try:
        with zipfile.ZipFile(path) as backup:
            damaged = backup.testzip()
            content = json.loads(backup.read(_MANIFEST)) if damaged is None else None
    except KeyError:
        raise _no_backup(path) from None
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        damaged, content = str(path), None
    if damaged is not None:
        raise Unmet(f"{path} is damaged: its content is not what its checksums say.", "Use another copy of it.")
    if not isinstance(content, dict) or content.pop("kind", None) != _KIND:
        raise _no_backup(path)
    if content.pop("version", None) != _VERSION:
        raise Unmet(f"{path} was made by another version of Baton.", "Restore it with that version.")
    try:
        manifest = Manifest(**{**content, "holds": Holdings(**content["holds"])})
    except (KeyError, TypeError):
        raise _no_backup(path) from None
    if manifest.service != service:
        raise Unmet(f"{path} is a backup of {manifest.service}, not of {service}.", "Name the file of this service.")
    return manifest


def _begins_as_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _no_backup(path: Path) -> Unmet:
    return Unmet(f"{path} is not a backup of a store.", "One is made by `baton store backup` or `baton backup`.")
