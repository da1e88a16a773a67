"""The vault: a key for each person, in a database of its own, so that destroying one key makes a person's texts unreadable."""

from shared.vault.keys import (
    ErasedSubjectError,
    Key,
    Keys,
    MasterKeyError,
    Vault,
    grants,
    read_master_key,
    schema,
)

__all__ = [
    "ErasedSubjectError",
    "Key",
    "Keys",
    "MasterKeyError",
    "Vault",
    "grants",
    "read_master_key",
    "schema",
]
