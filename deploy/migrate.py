"""Bring every database to the version that the code needs; as their owners, before the services start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deploy.description import VAULT
from shared import migrations

_root = Path(__file__).parents[1]


async def migrate_all(owner_dsns: Mapping[str, str]) -> None:
    """Migrate databases, each with its owner's DSN, by its name: a service's, or `vault`. The vault comes first."""
    for database in sorted(owner_dsns, key=lambda name: name != VAULT):
        app_role = None if database == VAULT else f"{database}_app"
        await migrations.upgrade(_versions(database), owner_dsns[database], app_role)


def known_revisions(database: str) -> set[str]:
    """The versions of a database that this code can bring up to its own."""
    return migrations.known(_versions(database))


def _versions(database: str) -> Path:
    if database == VAULT:
        return _root / "shared" / "vault" / "migrations" / "versions"
    return _root / "services" / database / "migrations" / "versions"
