"""The local stack as a whole: up, down and what that leaves behind, which after a failure is nothing."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from deploy.description import ROLES, SERVICES, TOPICS, ServiceDescription
from deploy.errors import Unmet
from deploy.kafka_users import ensure_services
from deploy.local import processes
from deploy.local.checks import check_before_start, check_directory, check_mode
from deploy.local.kafka import are_fetched, fetch, kafka_version
from deploy.local.layout import (
    KAFKA,
    POSTGRES,
    local_kafka,
    local_postgres,
    log_path,
    part_names,
    record_path,
)
from deploy.local.lock import exclusive
from deploy.local.mail import start_mail
from deploy.local.ports import answers
from deploy.local.services import start_service, wait_until_ready
from deploy.provision import provision
from deploy.secrets import StackSecrets, ensure_secrets
from deploy.settings import StackSettings
from deploy.topics import ensure_topics

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stopped:
    """How one process of the stack was stopped."""

    name: str
    how: str


async def up(
    settings: StackSettings,
    progress: Progress,
    *,
    simulated_clock: bool = False,
    services: tuple[ServiceDescription, ...] = SERVICES,
) -> bool:
    """Start the stack and wait until all of it is ready.

    Returns:
        False when it was up already.

    Raises:
        Unmet: when it cannot be started; nothing that this call started is left running then, nor after a
            cancellation.
    """
    with exclusive(settings.var / "run" / "lock"):
        check_mode(settings)
        if _is_up(settings, services):
            return False
        check_before_start(settings, services)
        try:
            await _start(settings, progress, services, simulated_clock=simulated_clock)
        except BaseException:
            progress("Stopping what was started")
            await asyncio.shield(_stop(settings, part_names(services)))
            raise
    return True


async def down(settings: StackSettings, progress: Progress, *, wipe: bool = False) -> list[Stopped]:
    """Stop what `up` started, and nothing else, in reverse order; with `wipe` remove its state as well.

    Returns:
        What was stopped, and how.

    Raises:
        Unmet: when a process cannot be stopped.
    """
    if not settings.var.is_dir():
        return []
    with exclusive(settings.var / "run" / "lock"):
        stopped = await _stop(settings, part_names(SERVICES), progress)
        if stuck := [one.name for one in stopped if one.how == "still running"]:
            raise Unmet(f"{', '.join(stuck)} could not be stopped.", "Look at the process with `ps`.")
        if wipe:
            progress(f"Removing {settings.var}")
            local_postgres(settings).remove()
            shutil.rmtree(settings.var)
    return stopped


@asynccontextmanager
async def databases(settings: StackSettings, progress: Progress) -> AsyncIterator[None]:
    """PostgreSQL with every database there, for work on them while the services are down; then as it was found.

    Raises:
        Unmet: when it neither answers nor can be started.
    """
    if answers(settings.postgres_port):
        yield
        return
    with exclusive(settings.var / "run" / "lock"):
        check_directory(settings.var)
        try:
            await _start_databases(settings, ensure_secrets(settings), progress, SERVICES)
            yield
        finally:
            await asyncio.shield(_stop(settings, (POSTGRES,)))


async def _start(
    settings: StackSettings,
    progress: Progress,
    services: tuple[ServiceDescription, ...],
    *,
    simulated_clock: bool,
) -> None:
    secrets = ensure_secrets(settings)
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(_start_databases(settings, secrets, progress, services))
            both.create_task(_start_kafka(settings, secrets, progress))
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
    progress("Starting the services") if services else None
    if services:
        start_mail(settings)
    for service in services:
        start_service(service, settings, secrets, simulated_clock=simulated_clock)
    try:
        async with asyncio.TaskGroup() as all_of_them:
            for service in services:
                all_of_them.create_task(wait_until_ready(service, settings))
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


async def _start_databases(
    settings: StackSettings,
    secrets: StackSecrets,
    progress: Progress,
    services: tuple[ServiceDescription, ...],
) -> None:
    progress("Starting PostgreSQL")
    postgres = local_postgres(settings)
    await postgres.start()
    passwords = {role: secret for role, secret in secrets.passwords.items() if role in ROLES}
    await provision(postgres.superuser_dsn, passwords)
    if services:
        from deploy.migrate import migrate_all, owner_dsns  # noqa: PLC0415 - alembic is slow to import

        progress("Migrating the databases")
        await migrate_all(owner_dsns(settings, secrets.passwords))


async def _start_kafka(settings: StackSettings, secrets: StackSecrets, progress: Progress) -> None:
    if not are_fetched(settings.kafka_libraries):
        progress(f"Fetching Kafka {kafka_version()} (once)")
        await fetch(settings.kafka_libraries)
    progress("Starting Kafka")
    kafka = local_kafka(settings)
    await kafka.start()
    if settings.is_secure:
        await ensure_services(settings.cluster, secrets.passwords)
    await ensure_topics(settings.cluster, TOPICS)


async def _stop(
    settings: StackSettings,
    names: tuple[str, ...],
    progress: Progress = lambda _: None,
) -> list[Stopped]:
    """Services together, then Kafka, then PostgreSQL."""
    services = [name for name in names if name not in {POSTGRES, KAFKA}]
    running = [name for name in names if processes.running(record_path(settings, name))]
    if any(name in running for name in services):
        progress("Stopping the services")
    how = dict(zip(services, await asyncio.gather(*(_stop_service(settings, n) for n in services)), strict=True))
    for name, part in ((KAFKA, local_kafka(settings)), (POSTGRES, local_postgres(settings))):
        if name in running:
            progress(f"Stopping {name}")
        how[name] = await part.stop()
    return [Stopped(name, how[name]) for name in reversed(names) if how[name] != "not running"]


async def _stop_service(settings: StackSettings, name: str) -> str:
    return await processes.stop(record_path(settings, name))


def _is_up(settings: StackSettings, services: tuple[ServiceDescription, ...]) -> bool:
    """Whether all of it runs already.

    Raises:
        Unmet: when only some of it does.
    """
    names = part_names(services)
    running = {name for name in names if processes.running(record_path(settings, name))}
    if missing := [name for name in names if name not in running]:
        if not running:
            return False
        raise Unmet(
            f"The stack is only partly up; not running: {', '.join(missing)}.",
            f"Run `baton down`, then `baton up`; why it ended is in {log_path(settings, missing[0])}.",
        )
    return True
