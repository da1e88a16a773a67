"""A vault's backup: a header line, then a line for each key, wrapped as in the vault: noise without the master key.

Restoring adds what is missing and never brings an erased key back: where the vault holds a fence, the fence wins, and a
fence of the backup fences the vault. Where both hold a key and they differ, the vault's stays, and that is said.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
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
_NAMED = 5
_SUBJECT_COLUMNS = ("subject", "key_id", "wrapped", "created_at", "erased_at", "reason")
_SERVICE_COLUMNS = ("name", "wrapped", "created_at")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes:
        added: subjects' keys and fences that the vault lacked.
        services_added: the same of services' own keys.
        fenced: subjects whose key the vault still had, and whom the backup knows as erased.
        stayed_erased: subjects whose key the backup has, and whom the vault knows as erased.
        unchanged: subjects that stand in both alike.
        another_key: subjects and services' keys that stand in both and differ; what the backup's key sealed stays shut.
    """

    added: int
    services_added: int
    fenced: int
    stayed_erased: int
    unchanged: int
    another_key: tuple[str, ...]


async def dump(vault: asyncpg.Connection) -> bytes:
    """All keys of a vault as a backup."""
    async with vault.transaction(isolation="repeatable_read", readonly=True):
        subjects = await vault.fetch("select * from subject_key order by subject")
        services = await vault.fetch("select * from service_key order by name")
    return content([dict(row) for row in subjects], [dict(row) for row in services], datetime.now(UTC))


def content(subjects: Sequence[Row], services: Sequence[Row], at: datetime) -> bytes:
    """The bytes of a backup."""
    lines = [{"table": "subject_key", **_json(row)} for row in subjects]
    lines += [{"table": "service_key", **_json(row)} for row in services]
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    header = {
        "kind": _KIND,
        "version": _VERSION,
        "at": at.isoformat(),
        "subject_keys": len(subjects),
        "service_keys": len(services),
        "sha256": sha256(body).hexdigest(),
    }
    return json.dumps(header).encode() + b"\n" + body


def rows_of(backup: bytes, master_key: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The subjects' and the services' rows of a backup that is whole and that the master key opens.

    Raises:
        Unmet: saying what is wrong with it, or which keys do not open.
    """
    head, _, body = backup.partition(b"\n")
    header = _header(head)
    if header.get("sha256") != sha256(body).hexdigest():
        raise Unmet("The backup is damaged: its content is not what its header says.", "Use another copy of it.")
    try:
        rows = [_row(json.loads(line)) for line in body.split(b"\n")[:-1]]
    except (KeyError, TypeError, ValueError):
        raise Unmet("The backup is damaged: a line of it is no key.", "Use another copy of it.") from None
    subjects = [row for row in rows if row["table"] == "subject_key"]
    services = [row for row in rows if row["table"] == "service_key"]
    if (len(subjects), len(services)) != (header.get("subject_keys"), header.get("service_keys")):
        raise Unmet("The backup is damaged: it has not as many keys as its header says.", "Use another copy of it.")
    _check_master_key(rows, master_key)
    return subjects, services


async def restore(vault: asyncpg.Connection, backup: bytes, master_key: bytes) -> Restored:
    """Bring back what a vault lacks.

    Raises:
        Unmet: the file is damaged or no backup, or the master key does not open its keys; nothing was changed.
    """
    subjects, services = rows_of(backup, master_key)
    async with vault.transaction():
        await vault.execute("lock table subject_key, service_key in share row exclusive mode")
        here = {row["subject"]: row for row in await vault.fetch("select * from subject_key")}
        keys = {row["name"]: row["wrapped"] for row in await vault.fetch("select * from service_key")}
        missing = [row for row in subjects if row["subject"] not in here]
        both = [(row, here[row["subject"]]) for row in subjects if row["subject"] in here]
        fenced = [row for row, found in both if row["wrapped"] is None and found["wrapped"] is not None]
        stayed = sum(1 for row, found in both if row["wrapped"] is not None and found["wrapped"] is None)
        differ = [row["subject"] for row, found in both if _differ(row, found)]
        others = [row for row in services if keys.get(row["name"], row["wrapped"]) != row["wrapped"]]
        new = [row for row in services if row["name"] not in keys]
        await _insert(vault, "subject_key", _SUBJECT_COLUMNS, missing)
        await _insert(vault, "service_key", _SERVICE_COLUMNS, new)
        await vault.executemany(
            "update subject_key set wrapped = null, erased_at = $2, reason = $3 where subject = $1",
            [(row["subject"], row["erased_at"], row["reason"]) for row in fenced],
        )
    return Restored(
        added=len(missing),
        services_added=len(new),
        fenced=len(fenced),
        stayed_erased=stayed,
        unchanged=len(both) - len(fenced) - stayed - len(differ),
        another_key=(*differ, *(row["name"] for row in others if row["name"] != _PROOF)),
    )


async def _insert(vault: asyncpg.Connection, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await vault.executemany(
        f"insert into {table} ({', '.join(columns)}) values ({places})",  # noqa: S608  names of this module
        [tuple(row[column] for column in columns) for row in rows],
    )


def _differ(row: Row, found: asyncpg.Record) -> bool:
    """Whether both have a key, and not the same. Wrapping is deterministic, so equal keys are wrapped alike."""
    return None not in (row["wrapped"], found["wrapped"]) and (row["key_id"], row["wrapped"]) != (
        str(found["key_id"]),
        found["wrapped"],
    )


def _header(head: bytes) -> Mapping[str, Any]:
    try:
        header = json.loads(head)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("kind") != _KIND:
        raise Unmet("This is not a backup of a vault.", "A backup is made by `baton vault backup FILE`.")
    if header.get("version") != _VERSION:
        raise Unmet("This backup was made by another version of Baton.", "Restore it with that version.")
    return header


def _check_master_key(rows: Sequence[Row], master_key: bytes) -> None:
    """See that the master key opens every key, before anything is written."""
    wrapped = [row for row in rows if row["wrapped"] is not None]
    shut = [str(row.get("subject") or row.get("name")) for row in wrapped if not _opens(row["wrapped"], master_key)]
    if not shut:
        return
    if len(shut) == len(wrapped):
        raise Unmet(
            f"The master key opens none of the backup's {len(wrapped)} keys: they are wrapped with another.",
            "Put the master key of that vault in its place first.",
            code="master_key_wrong",
        )
    named = ", ".join(shut[:_NAMED]) + (f" and {len(shut) - _NAMED} more" if len(shut) > _NAMED else "")
    raise Unmet(f"The master key does not open {len(shut)} of the backup's {len(wrapped)} keys: {named}.")


def _opens(wrapped: bytes, master_key: bytes) -> bool:
    try:
        aes_key_unwrap(master_key, wrapped)
    except (InvalidUnwrap, ValueError):
        return False
    return True


def _json(row: Row) -> dict[str, Any]:
    return {name: _told(value) for name, value in row.items()}


def _told(value: Any) -> Any:
    match value:
        case bytes():
            return b64encode(value).decode()
        case datetime():
            return value.isoformat()
        case None | str():
            return value
        case _:
            return str(value)


def _row(line: dict[str, Any]) -> dict[str, Any]:
    """A line as the row that it was."""
    row = dict(line)
    row["wrapped"] = None if line["wrapped"] is None else b64decode(line["wrapped"], validate=True)
    for name in ("created_at", "erased_at"):
        if line.get(name) is not None:
            row[name] = datetime.fromisoformat(line[name])
    return row
