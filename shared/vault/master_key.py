"""The master key, which every key of the vault is wrapped with, from its file; what can be wrong with it has a code."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Literal

key_bytes = 32

Code = Literal["master_key_missing", "master_key_damaged", "master_key_wrong"]


class MasterKeyError(RuntimeError):
    """The master key is missing, damaged, or not the one that this vault's keys are wrapped with.

    Attributes:
        message: a sentence that says what is wrong, and where.
        advice: a sentence that says what to do.
    """

    def __init__(self, code: Code, message: str, advice: str) -> None:
        super().__init__(f"{message} {advice}")
        self.code: Code = code
        self.message = message
        self.advice = advice


def read_master_key(path: Path) -> bytes:
    """The master key from its file: 32 bytes in base64.

    Raises:
        MasterKeyError: there is no such file, or no key in it.
    """
    try:
        key = b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except FileNotFoundError:
        raise MasterKeyError("master_key_missing", f"There is no master key at {path}.", _put_back) from None
    except ValueError:
        key = b""
    if len(key) != key_bytes:
        raise MasterKeyError(
            "master_key_damaged", f"{path} holds no master key ({key_bytes} bytes in base64).", _put_back
        )
    return key


def another_vaults() -> MasterKeyError:
    """What is wrong where a key of the vault does not open."""
    return MasterKeyError(
        "master_key_wrong",
        "The master key does not open this vault: the vault's keys are wrapped with another.",
        "Put this vault's own master key in its place, or restore the vault that belongs to this key.",
    )


_put_back = "Put the master key there again, from your safe copy: without it no name and no comment can be read."
