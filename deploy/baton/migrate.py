"""`baton migrate`: bring the databases to the version that the code needs."""

from __future__ import annotations

import typer

from deploy.baton.output import Json, progress, run, show
from deploy.progress import Progress


def register(app: typer.Typer) -> None:
    app.command()(migrate)


def migrate(*, as_json: Json = False) -> None:
    """Bring every database to the version that the code needs, as its owner. What is up to date is left alone."""
    with progress() as report:
        databases = run(_migrate(report))
    show({"databases": databases}, "Every database is at the version that the code needs.", as_json=as_json)


async def _migrate(report: Progress) -> list[str]:
    from sqlalchemy.exc import SQLAlchemyError

    from deploy.databases import connected
    from deploy.description import VAULT
    from deploy.errors import Unmet
    from deploy.migrate import migrate_all, owner_dsns
    from deploy.secrets import ensure_secrets
    from deploy.settings import stack_settings

    async with connected(VAULT, as_="owner"):
        pass
    settings = stack_settings()
    dsns = owner_dsns(settings, ensure_secrets(settings).passwords)
    report(f"Migrating {', '.join(dsns)}")
    try:
        await migrate_all(dsns)
    except (OSError, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise Unmet(f"The databases were not migrated: {reason}.", "The one that failed is as it was.") from None
    return sorted(dsns)
