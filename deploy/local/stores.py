"""A stack's Postgres, as the commands for backups need it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

from deploy.backups.stores import Server
from deploy.description import HOST, OWNER_ROLES, SUPERUSER
from deploy.local.stack import databases
from deploy.migrate import owner_dsns
from deploy.settings import StackSettings


@asynccontextmanager
async def server(settings: StackSettings, report: Callable[[str], None]) -> AsyncIterator[Server]:
    """The server, started for as long as this where it is the local stack's and that is down.

    Raises:
        Unmet: when it neither answers nor can be started.
    """
    is_local = settings.postgres_host == HOST
    async with databases(settings, report) if is_local else nullcontext():
        passwords = {role: settings.password(role) for role in OWNER_ROLES}
        yield Server(
            dsn=settings.dsn(SUPERUSER, "postgres", settings.password(SUPERUSER)),
            owner_dsns=owner_dsns(settings, passwords),
            programs=settings.postgres_programs,
        )
