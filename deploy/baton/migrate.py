"""`baton migrate`: bring the databases to the version that the code needs."""

from __future__ import annotations

import typer

from deploy.baton.output import Json, progress, run, show


def register(app: typer.Typer) -> None:
    app.command()(migrate)


def migrate(*, as_json: Json = False) -> None:
    """Bring every database to the version that the code needs, as its owner. What is up to date is left alone."""
    from deploy.local.secrets import ensure_secrets
    from deploy.local.stack import owner_dsns
    from deploy.migrate import migrate_all
    from deploy.settings import stack_settings

    settings = stack_settings()
    dsns = owner_dsns(settings, ensure_secrets(settings).passwords)
    with progress() as report:
        report(f"Migrating {', '.join(dsns)}")
        run(migrate_all(dsns))
    show({"databases": sorted(dsns)}, "Every database is at the version that the code needs.", as_json=as_json)
