"""A stack's Postgres, as the commands for backups need it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

from deploy.description import HOST, OWNER_ROLES, SUPERUSER
from deploy.local.stack import databases
from deploy.migrate import owner_dsns
from deploy.secrets import read_password
from deploy.settings import StackSettings
from deploy.stores import Server


@asynccontextmanager
async def server(settings: StackSettings, report: Callable[[str], None]) -> AsyncIterator[Server]:
    """The server, started for as long as this where it is the local stack's and that is down.

    Raises:
        Unmet: when it neither answers nor can be started.
    """
    is_local = settings.postgres_host == HOST
    async with databases(settings, report) if is_local else nullcontext():
        passwords = {role: read_password(settings, role) for role in OWNER_ROLES}
        yield Server(
            dsn=settings.dsn(SUPERUSER, "postgres", read_password(settings, SUPERUSER)),
            owner_dsns=owner_dsns(settings, passwords),
            programs=settings.postgres_programs,
        )
