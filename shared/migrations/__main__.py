"""Migrate one database, before its service starts: `python -m shared.migrations VERSIONS [APP_ROLE]`.

The owner's DSN is told as `BATON_OWNER_DSN`, in the environment or in a file: a service's own process never learns it.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr

from shared.migrations import upgrade
from shared.settings import BatonSettings


class OwnerSettings(BatonSettings):
    """How the database's owner logs in."""

    owner_dsn: SecretStr


def main(versions: str, app_role: str | None = None) -> None:
    """Bring the database to the newest version of those in the folder `versions`."""
    dsn = OwnerSettings().owner_dsn.get_secret_value()
    asyncio.run(upgrade(Path(versions), dsn, app_role))


if __name__ == "__main__":
    main(*sys.argv[1:])
