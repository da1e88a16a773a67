"""The vault: a key for each person, in a database of its own; destroying it makes the person's texts unreadable."""

from shared.vault.keys import (
    ErasedSubjectError,
    Fenced,
    Key,
    Keys,
    LostKeyError,
    Vault,
    erasing,
    grants,
    own_service_keys,
    schema,
)
from shared.vault.master_key import MasterKeyError, read_master_key

__all__ = [
    "ErasedSubjectError",
    "Fenced",
    "Key",
    "Keys",
    "LostKeyError",
    "MasterKeyError",
    "Vault",
    "erasing",
    "grants",
    "own_service_keys",
    "read_master_key",
    "schema",
]
