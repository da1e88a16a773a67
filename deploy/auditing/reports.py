"""Reports that are signed: a JSON document, and beside it a note of its SHA-256 (https://c2sp.org/signed-note)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from deploy.databases import vault_of
from deploy.private_file import new_private_file
from deploy.settings import stack_settings
from shared.sealing.note import Signer
from verifier.files import parsed, unreadable
from verifier.history import UnclearError
from verifier.note import Key, Note, SignatureError


async def signer() -> Signer:
    """Who signs this stack's reports: reporting, with a key for nothing else.

    Raises:
        Unmet: the vault cannot be reached or opened.
    """
    async with vault_of("reporting") as vault:
        return Signer(f"{stack_settings().log_origin}/reporting", await vault.signing_key("reports"))


@contextmanager
def new_report(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The files of a report and of its note, gone again if they are not written whole.

    Raises:
        Unmet: there is one already, or it cannot be written.
    """
    with new_private_file(path) as report, new_private_file(note_of(path)) as note:
        yield report, note


def write(files: tuple[IO[bytes], IO[bytes]], content: dict[str, Any], signer: Signer) -> None:
    """Write a report and sign it."""
    report, note = files
    document = json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"
    report.write(document)
    note.write(signer.sign(_body(signer.origin, document)).encode())


def fault(path: Path, keys: Sequence[Key]) -> str | None:
    """Why a report is not what one of these keys signed; None: it is.

    Raises:
        UnclearError: a file cannot be read, or none of these keys signed.
    """
    note = parsed(note_of(path), Note.of)
    try:
        document = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        if not note.is_signed_by(keys):
            raise UnclearError(
                f"{note_of(path)} is not signed by a key that was given.", "Give the key that the report was signed by."
            )
    except SignatureError as forged:
        return f"its signature is not of the key {forged}"
    if note.body not in [_body(key.name, document) for key in keys]:
        return "it is not the report that was signed"
    return None


def note_of(path: Path) -> Path:
    """Where the note of a report stands."""
    return path.with_name(f"{path.name}.note")


def _body(origin: str, document: bytes) -> str:
    return f"{origin}\nreport sha256:{sha256(document).hexdigest()}\n"
