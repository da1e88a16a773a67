"""Each service is deployed by itself: it starts, gets ready and drains with the other services' folders absent."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import httpx
import pytest

from deploy.description import SERVICES, TOPICS, VAULT, VAULT_OWNER, ServiceDescription
from deploy.dsn import with_database, with_role
from deploy.local.ports import free_port
from deploy.migrate import migrate_all
from deploy.topics import ensure_topics
from shared.messaging import Cluster
from tests.stack import Stack, unique
from tests.support.own_issuer import OwnIssuer

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60
DRAIN_SECONDS = 20


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_a_service_runs_without_the_others_folders(
    service: ServiceDescription, stack: Stack, roles: Mapping[str, str], tmp_path: Path
) -> None:
    alone = tmp_path / "alone"
    _copy(service, alone)
    await ensure_topics(Cluster(stack.kafka), TOPICS)
    port = free_port()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "PYTHONPATH": str(alone),
        "BATON_PORT": str(port),
        "BATON_KAFKA": stack.kafka,
        **await _databases(service, stack, roles),
        **_keys(tmp_path),
    }
    assert await _imported_from(alone, environment) == str(alone / "services" / "__init__.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", service.module, cwd=alone, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_SECONDS):
            await _ready(port, process)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(DRAIN_SECONDS):
            told = (await process.stdout.read()).decode()
            code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()

    # uvicorn drains, and then lets the signal end the process as it would have without it
    assert code in (0, -signal.SIGTERM), told
    assert '"event": "stopped"' in told


async def _imported_from(alone: Path, environment: Mapping[str, str]) -> str:
    """Where Python finds the services: the clone itself is installed too, and must not stand in."""
    asking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "import services; print(services.__file__)"),
        cwd=alone,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await asking.communicate()
    return told.decode().strip()


def _copy(service: ServiceDescription, alone: Path) -> None:
    """The tree that this service's image would hold: shared/ and the service."""
    ignore = shutil.ignore_patterns("__pycache__", "node_modules")
    shutil.copytree(ROOT / "shared", alone / "shared", ignore=ignore)
    (alone / "services").mkdir()
    shutil.copy(ROOT / "services" / "__init__.py", alone / "services")
    shutil.copytree(ROOT / "services" / service.name, alone / "services" / service.name, ignore=ignore)


async def _databases(service: ServiceDescription, stack: Stack, roles: Mapping[str, str]) -> dict[str, str]:
    """A migrated database of the service and a vault, of this test alone."""
    owners = {service.database: service.owner, VAULT: VAULT_OWNER}
    names = {database: unique(database) for database in owners}
    admin = await asyncpg.connect(stack.postgres_dsn, timeout=10)
    try:
        for database, owner in owners.items():
            await admin.execute(f'create database "{names[database]}" owner "{owner}"')
        await admin.execute(f'grant create on database "{names[service.database]}" to "{service.app}"')
    finally:
        await admin.close()

    def dsn(role: str, database: str) -> str:
        return with_role(with_database(stack.postgres_dsn, names[database]), role, roles[role], names[database])

    await migrate_all({database: dsn(owner, database) for database, owner in owners.items()})
    return {"BATON_DSN": dsn(service.app, service.database), "BATON_VAULT_DSN": dsn(service.app, VAULT)}


def _keys(directory: Path) -> dict[str, str]:
    master = directory / "master.key"
    master.write_text(b64encode(os.urandom(32)).decode())
    return {"BATON_MASTER_KEY_FILE": str(master), "BATON_ISSUER_KEY_FILE": str(OwnIssuer(directory).public)}


async def _ready(port: int, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        while True:
            assert process.returncode is None, "it ended before it was ready"
            try:
                if (await client.get("/readyz")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
