"""Migrations: alembic over asyncpg with raw SQL, the same for every database; a service holds only its `versions`.

They run as the owner of the database, one at a time (an advisory lock), before a service of the new version starts.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command, context, op
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.util.concurrency import await_

_here = Path(__file__).parent


def execute(sql: str) -> None:
    """Run a script of statements inside a migration, as it is written.

    asyncpg prepares single statements only, so this goes to its simple query protocol.
    """
    connection = op.get_bind().connection.dbapi_connection
    if connection is None:
        raise RuntimeError("migrations need a database; offline mode is not supported")
    await_(connection.driver_connection.execute(sql))


def app_role() -> str:
    """The role that the service logs in with, which a migration grants rights to."""
    role: str = context.config.attributes["app_role"]
    return role


async def upgrade(versions: Path, dsn: str, app_role: str | None) -> None:
    """Bring a database to the newest version.

    Args:
        versions: the folder with the service's migrations.
        dsn: `postgresql://…` of the database's owner.
        app_role: the role that the service logs in with; None for the vault, which several services use.
    """
    config = _config(versions)
    url = make_url(dsn).set(drivername="postgresql+asyncpg")
    config.set_main_option("sqlalchemy.url", url.render_as_string(hide_password=False).replace("%", "%%"))
    config.attributes["app_role"] = app_role
    await asyncio.to_thread(command.upgrade, config, "head")


def known(versions: Path) -> set[str]:
    """Every version that this code can bring a database up from."""
    return {script.revision for script in ScriptDirectory.from_config(_config(versions)).walk_revisions()}


def _config(versions: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_here))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "os")
    return config
