"""The local stack's Postgres, as the commands for backups need it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from deploy.description import OWNER_ROLES, SUPERUSER
from deploy.dsn import postgres_dsn
from deploy.local.secrets import read_password
from deploy.local.stack import databases, owner_dsns
from deploy.settings import StackSettings
from deploy.stores import Server


@asynccontextmanager
async def server(settings: StackSettings, report: Callable[[str], None]) -> AsyncIterator[Server]:
    """The server, started for as long as this where the stack is down.

    Raises:
        Unmet: when it neither answers nor can be started.
    """
    async with databases(settings, report):
        passwords = {role: read_password(settings, role) for role in OWNER_ROLES}
        yield Server(
            dsn=postgres_dsn(
                SUPERUSER, "postgres", settings.postgres_port, password=read_password(settings, SUPERUSER)
            ),
            owner_dsns=owner_dsns(settings, passwords),
            programs=settings.postgres_programs,
        )
