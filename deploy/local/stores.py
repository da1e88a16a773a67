"""A stack's Postgres, as commands need it that work while the services are down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from deploy.backups.stores import Server
from deploy.description import HOST, OWNER_ROLES, SUPERUSER
from deploy.local.layout import POSTGRES
from deploy.local.stack import databases
from deploy.migrate import owner_dsns
from deploy.settings import StackSettings


def awake(settings: StackSettings, report: Callable[[str], None]) -> AbstractAsyncContextManager[None]:
    """The server for as long as this, where the local stack is there and down; what is not there is not made."""
    is_there = settings.postgres_host == HOST and (settings.var / POSTGRES).exists()
    return databases(settings, report) if is_there else nullcontext()


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
