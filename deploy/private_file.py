"""Files that only their owner may read, from their first byte on."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from deploy.errors import Unmet


@contextmanager
def new_private_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file, gone again if it could not be written whole.

    Raises:
        Unmet: when there is a file already, or it cannot be written.
    """
    try:
        out = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError:
        raise Unmet(f"{path} exists already.", "Name a new file: nothing is overwritten.") from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with out:
            yield out
            out.flush()
            os.fsync(out.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


@contextmanager
def new_private_directory(path: Path) -> Iterator[Path]:
    """A draft of a new directory, put in its place when it is whole.

    Raises:
        Unmet: when there is something already, or it cannot be written.
    """
    if path.exists():
        raise Unmet(f"{path} exists already.", "Name a new directory: nothing is overwritten.")
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name}.draft-", dir=path.parent))
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        yield draft
        draft.rename(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def private_file(path: Path, *, keeping: int = 0) -> Iterator[IO[bytes]]:
    """A file in whose place another may have stood.

    Args:
        keeping: so many bytes of that stay; what is written comes behind them.

    Raises:
        Unmet: when it cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
            os.fchmod(out.fileno(), 0o600)  # of the file that stood there, others may have been readers
            out.truncate(keeping)
            out.seek(keeping)
            yield out
    except OSError as error:
        raise _unwritable(path, error) from None


def keep_whole(path: Path, content: bytes) -> None:
    """Put a file in place whole: after a crash the one before stands, or this one.

    Raises:
        Unmet: when it cannot be written.
    """
    draft = path.with_name(f"{path.name}.new")
    with private_file(draft) as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def _unwritable(path: Path, error: OSError) -> Unmet:
    return Unmet(f"{path} cannot be written: {error.strerror or type(error).__name__}.")
