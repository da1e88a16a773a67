"""The file of `baton vault backup`: whole or refused, and never a key in clear."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from deploy.backups.vault_file import content, rows_of
from deploy.errors import Unmet

MASTER, OTHER = bytes(range(32)), bytes(32)
AT = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)
DATA_KEY = b"k" * 32


def subject(number: int, *, master: bytes = MASTER, erased: bool = False) -> dict[str, Any]:
    return {
        "subject": f"person:{UUID(int=number)}",
        "key_id": UUID(int=1000 + number),
        "wrapped": None if erased else aes_key_wrap(master, DATA_KEY),
        "created_at": AT,
        "erased_at": AT if erased else None,
        "reason": "asked" if erased else None,
    }


def service(name: str, *, master: bytes = MASTER) -> dict[str, Any]:
    return {"name": name, "wrapped": aes_key_wrap(master, DATA_KEY), "created_at": AT}


SUBJECTS = [subject(1), subject(2, erased=True), subject(3)]
SERVICES = [service("raw-talent"), service("fingerprint-talent")]
BACKUP = content(SUBJECTS, SERVICES, AT)


def test_what_was_written_is_read_as_it_was() -> None:
    subjects, services = rows_of(BACKUP, MASTER)

    assert [{**row, "key_id": UUID(row["key_id"])} for row in subjects] == [
        {"table": "subject_key", **row} for row in SUBJECTS
    ]
    assert services == [{"table": "service_key", **row} for row in SERVICES]


def test_the_header_says_what_it_is() -> None:
    header = json.loads(BACKUP.partition(b"\n")[0])

    assert {name: header[name] for name in ("kind", "version", "at", "subject_keys", "service_keys")} == {
        "kind": "baton-vault-backup",
        "version": 1,
        "at": "2026-11-22T09:30:00.123456+00:00",
        "subject_keys": 3,
        "service_keys": 2,
    }
    assert DATA_KEY not in BACKUP


def test_a_vault_without_keys_has_a_backup_too() -> None:
    assert rows_of(content([], [], AT), OTHER) == ([], [])


def test_a_changed_byte_is_seen() -> None:
    for at in range(BACKUP.index(b"\n") + 1, len(BACKUP)):
        damaged = BACKUP[:at] + bytes([BACKUP[at] ^ 1]) + BACKUP[at + 1 :]
        with pytest.raises(Unmet, match="damaged"):
            rows_of(damaged, MASTER)


LINES = BACKUP.splitlines(keepends=True)


@pytest.mark.parametrize(
    "damaged",
    [
        BACKUP[:-1],
        BACKUP[: len(BACKUP) // 2],
        BACKUP + b"\n",
        BACKUP + LINES[-1],
        b"".join(LINES[:1] + LINES[2:]),
        b"".join([LINES[0], LINES[2], LINES[1], *LINES[3:]]),
        BACKUP.replace(b"\n", b"\r\n"),
        BACKUP.replace(b'"subject_keys": 3', b'"subject_keys": 2'),
        b"",
        b"{}\n",
        b"[1]\n",
        bytes(range(256)),
    ],
    ids=range(12),
)
def test_a_damaged_file_is_refused(damaged: bytes) -> None:
    with pytest.raises(Unmet, match=r"damaged|not a backup"):
        rows_of(damaged, MASTER)


def test_a_file_of_another_version_is_refused() -> None:
    with pytest.raises(Unmet, match="another version"):
        rows_of(BACKUP.replace(b'"version": 1', b'"version": 2'), MASTER)


def test_another_master_key_is_refused() -> None:
    with pytest.raises(Unmet, match="opens none of the backup's 4 keys"):
        rows_of(BACKUP, OTHER)


def test_the_keys_that_do_not_open_are_named() -> None:
    mixed = content([subject(1), subject(2, master=OTHER)], [service("raw-talent", master=OTHER)], AT)

    with pytest.raises(Unmet) as refused:
        rows_of(mixed, MASTER)

    assert "does not open 2 of the backup's 3 keys" in refused.value.message
    assert f"person:{UUID(int=2)}, raw-talent" in refused.value.message


def test_many_keys_that_do_not_open_are_counted() -> None:
    mixed = content([subject(1), *(subject(n, master=OTHER) for n in range(2, 12))], [], AT)

    with pytest.raises(Unmet, match="and 5 more"):
        rows_of(mixed, MASTER)


def test_a_fence_needs_no_master_key() -> None:
    assert len(rows_of(content([subject(1, erased=True)], [], AT), OTHER)[0]) == 1
