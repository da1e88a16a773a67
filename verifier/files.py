"""What an auditor has as files: exports, checkpoints, keys. One that cannot be read is no finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from verifier.checkpoint import Checkpoint, checkpoints
from verifier.history import Report, UnclearError, trusted, verify
from verifier.note import Key, MalformedError, signed_by_log, signed_by_witness

_T = TypeVar("_T")


def verify_export(export: Path, kept: Path, keys: Sequence[str], witnesses: Sequence[str] = ()) -> Report:
    """What can be said of an export.

    Args:
        kept: the checkpoints that the auditor kept.
        keys: the logs' verifier keys, or names of files of them.
        witnesses: the same of witnesses: then only checkpoints count that one of these co-signed.

    Raises:
        UnclearError: a file cannot be read or is not what it should be.
    """
    counting = trusted(checkpoints_in(kept), keys_in(keys, signed_by_log), keys_in(witnesses, signed_by_witness))
    if not counting.signed and not counting.findings:
        raise UnclearError(
            f"{kept} has no checkpoint that is signed by what was given as --key and --witness.",
            "Give the keys of the logs whose checkpoints these are.",
        )
    try:
        with export.open("rb") as lines:
            return verify(lines, counting)
    except OSError as error:
        raise unreadable(export, error) from None


def checkpoints_in(path: Path) -> list[Checkpoint]:
    """The checkpoints of a file.

    Raises:
        UnclearError: it cannot be read, or has something else.
    """
    return parsed(path, checkpoints)


def keys_in(given: Sequence[str], type_: int) -> list[Key]:
    """The keys that are given as they are (they have a `+`), or as names of files with one on each line.

    Raises:
        UnclearError: one is none, or of another type.
    """
    texts = [text for one in given for text in ([one] if "+" in one else parsed(Path(one), str.split))]
    try:
        keys = [Key.of(text) for text in texts]
    except MalformedError as broken:
        raise UnclearError(f"What was given as a key is none: {broken}.", "Take it from where you got it.") from None
    if any(key.type != type_ for key in keys):
        raise UnclearError("A witness's key was given as a log's, or the other way.", "Use --key and --witness.")
    return keys


def parsed(path: Path, parse: Callable[[str], _T]) -> _T:
    """What a file of text holds.

    Raises:
        UnclearError: it cannot be read, or is not in its format.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None
    except MalformedError as broken:
        raise UnclearError(f"{path}: {broken}.", "It was damaged, or is another file.") from None


def unreadable(path: Path, error: Exception) -> UnclearError:
    reason = error.strerror if isinstance(error, OSError) else "it is not text"
    return UnclearError(f"{path} cannot be read: {reason}.", "Look at its name and rights.")
