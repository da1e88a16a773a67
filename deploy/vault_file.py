"""A vault's backup: a header line, then a line for each key, wrapped as in the vault: noise without the master key.

Restoring adds what is missing and never brings an erased key back: where the vault holds a fence, the fence wins, and a
fence of the backup fences the vault.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import asyncpg
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

from deploy.errors import Unmet

_KIND = "baton-vault-backup"
_VERSION = 1
_PROOF = "master-key-proof"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: keys added, erased subjects fenced, keys that stayed erased, keys that were there."""

    added: int
    fenced: int
    stayed_erased: int
    unchanged: int


async def dump(vault: asyncpg.Connection) -> bytes:
    """All keys of a vault as a backup."""
    async with vault.transaction(isolation="repeatable_read", readonly=True):
        subjects = await vault.fetch("select * from subject_key order by subject")
        services = await vault.fetch("select * from service_key order by name")
    lines = [{"table": "subject_key", **_json(row)} for row in subjects]
    lines += [{"table": "service_key", **_json(row)} for row in services]
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    header = {
        "kind": _KIND,
        "version": _VERSION,
        "at": datetime.now(UTC).isoformat(),
        "subject_keys": len(subjects),
        "service_keys": len(services),
        "sha256": sha256(body).hexdigest(),
    }
    return json.dumps(header).encode() + b"\n" + body


async def restore(vault: asyncpg.Connection, backup: bytes, master_key: bytes) -> Restored:
    """Bring back what a vault lacks.

    Raises:
        Unmet: the file is damaged or no backup, or its keys belong to another master key; nothing was changed.
    """
    rows = _rows(backup)
    _check_master_key(rows, master_key)
    subjects = [row for row in rows if row["table"] == "subject_key"]
    services = [row for row in rows if row["table"] == "service_key"]
    async with vault.transaction():
        known = {
            r["subject"]: r["wrapped"] is None for r in await vault.fetch("select subject, wrapped from subject_key")
        }
        missing = [row for row in subjects if row["subject"] not in known]
        fenced = [row for row in subjects if row["wrapped"] is None and known.get(row["subject"]) is False]
        await vault.executemany(
            """insert into subject_key (subject, key_id, wrapped, created_at, erased_at, reason)
               values ($1, $2, $3, $4, $5, $6)""",
            [
                (
                    r["subject"],
                    r["key_id"],
                    _bytes(r["wrapped"]),
                    _time(r["created_at"]),
                    _time(r["erased_at"]),
                    r["reason"],
                )
                for r in missing
            ],
        )
        await vault.executemany(
            "update subject_key set wrapped = null, erased_at = $2, reason = $3 where subject = $1",
            [(r["subject"], _time(r["erased_at"]), r["reason"]) for r in fenced],
        )
        await vault.executemany(
            "insert into service_key (name, wrapped, created_at) values ($1, $2, $3) on conflict (name) do nothing",
            [(r["name"], _bytes(r["wrapped"]), _time(r["created_at"])) for r in services],
        )
    stayed = sum(1 for row in subjects if row["wrapped"] is not None and known.get(row["subject"]))
    return Restored(len(missing), len(fenced), stayed, len(subjects) - len(missing) - len(fenced) - stayed)


def _rows(backup: bytes) -> list[dict[str, Any]]:
    head, _, body = backup.partition(b"\n")
    try:
        header = json.loads(head)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("kind") != _KIND:
        raise Unmet("This is not a backup of a vault.", "A backup is made by `baton vault backup FILE`.")
    if header.get("version") != _VERSION:
        raise Unmet("This backup was made by another version of Baton.", "Restore it with that version.")
    if header.get("sha256") != sha256(body).hexdigest():
        raise Unmet("The backup is damaged: its content is not what its header says.", "Use another copy of it.")
    return [json.loads(line) for line in body.splitlines()]


def _check_master_key(rows: Sequence[Mapping[str, Any]], master_key: bytes) -> None:
    for row in rows:
        if row.get("name") == _PROOF:
            try:
                aes_key_unwrap(master_key, b64decode(row["wrapped"]))
            except InvalidUnwrap:
                raise Unmet(
                    "The backup's keys are wrapped with another master key than this vault's.",
                    "Put the master key of that vault in its place first.",
                ) from None
            return
    raise Unmet("The backup does not say which master key it belongs to.", "Use a backup of a vault that was in use.")


def _json(row: asyncpg.Record) -> dict[str, Any]:
    return {name: _told(content) for name, content in row.items()}


def _told(content: Any) -> Any:
    match content:
        case bytes():
            return b64encode(content).decode()
        case datetime():
            return content.isoformat()
        case None | str():
            return content
        case _:
            return str(content)


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
