"""The four services as processes of their own: what each is told by its environment, and when it is ready."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.description import HOST, SERVICES, VAULT, ServiceDescription
from deploy.dsn import postgres_dsn
from deploy.errors import Unmet
from deploy.local import processes
from deploy.local.layout import clock_path, log_path, record_path
from deploy.local.secrets import StackSecrets
from deploy.local.tokens import service_token
from deploy.settings import ROOT, StackSettings

_READY_S = 60.0
_POLL_S = 0.1
_PROBE_S = 2.0
_OK = 200
_NOT_INHERITED = ("PG", "BATON_EXTERNAL_", "BATON_DSN", "BATON_OWNER", "BATON_CLOCK_FILE")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered to a GET; status 0 when it did not."""

    status: int
    text: str


def app_dsn(settings: StackSettings, service: ServiceDescription, database: str, password: str = "") -> str:
    return postgres_dsn(service.app, database, settings.postgres_port, password=password)


def service_environment(
    service: ServiceDescription,
    settings: StackSettings,
    secrets: StackSecrets,
    *,
    inherited: Mapping[str, str],
    simulated_clock: bool = False,
) -> dict[str, str]:
    """All that a service is told: it logs in as its app role, and learns no owner's password."""
    password = secrets.passwords[service.app]
    kept = {name: value for name, value in inherited.items() if not name.startswith(_NOT_INHERITED)}
    return {
        **kept,
        "PYTHONUNBUFFERED": "1",
        "BATON_SERVICE": service.name,
        "BATON_HOST": HOST,
        "BATON_PORT": str(settings.port(service)),
        "BATON_DSN": app_dsn(settings, service, service.database, password),
        "BATON_VAULT_DSN": app_dsn(settings, service, VAULT, password),
        "BATON_KAFKA": settings.kafka,
        "BATON_MASTER_KEY_FILE": str(secrets.master_key_file),
        "BATON_ISSUER_KEY_FILE": str(secrets.issuer_public_key_file),
        "BATON_ENVIRONMENT": settings.environment,
        "BATON_SERVICE_TOKEN": service_token(settings, service),
        "BATON_PEERS": json.dumps({peer.name: settings.url(peer) for peer in SERVICES}),
        **({"BATON_CLOCK_FILE": str(clock_path(settings))} if simulated_clock else {}),
    }


def start_service(
    service: ServiceDescription,
    settings: StackSettings,
    secrets: StackSecrets,
    *,
    simulated_clock: bool,
) -> None:
    """Start a service; it is ready some time later."""
    processes.spawn(
        [sys.executable, "-m", service.module],
        record=record_path(settings, service.name),
        log=log_path(settings, service.name),
        port=settings.port(service),
        cwd=ROOT,
        environment=service_environment(
            service,
            settings,
            secrets,
            inherited=os.environ,
            simulated_clock=simulated_clock,
        ),
    )


async def wait_until_ready(service: ServiceDescription, settings: StackSettings) -> None:
    """Wait until the service says that it is ready.

    Raises:
        Unmet: when it ends, or is not ready in time; with the end of its log.
    """
    deadline = time.monotonic() + _READY_S
    record, log = record_path(settings, service.name), log_path(settings, service.name)
    why = f"was not ready within {_READY_S:.0f} seconds"
    while time.monotonic() < deadline:
        if (await get(settings.port(service), "/readyz")).status == _OK:
            return
        if processes.running(record) is None:
            why = "ended while it was starting"
            break
        await asyncio.sleep(_POLL_S)
    raise Unmet(f"The service {service.name} {why}.", f"Its log is {log}.", detail="\n".join(processes.tail(log)))


async def get(port: int, path: str) -> Answer:
    """Ask a service on this machine, bounded in time."""
    return await asyncio.to_thread(_get, port, path)


def _get(port: int, path: str) -> Answer:
    connection = http.client.HTTPConnection(HOST, port, timeout=_PROBE_S)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return Answer(response.status, response.read().decode(errors="replace"))
    except (OSError, http.client.HTTPException):
        return Answer(0, "")
    finally:
        connection.close()
