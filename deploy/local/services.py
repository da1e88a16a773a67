"""The four services as processes of their own: what each is told by its environment, and when it is ready."""

from __future__ import annotations

import asyncio
import http.client
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.description import HOST, ServiceDescription
from deploy.environment import open_settings, secret_settings
from deploy.errors import Unmet
from deploy.local import processes
from deploy.local.layout import log_path, record_path
from deploy.secrets import StackSecrets
from deploy.settings import ROOT, StackSettings

_READY_S = 60.0
_POLL_S = 0.1
_PROBE_S = 2.0
_OK = 200
_NOT_INHERITED = ("PG", "BATON_EXTERNAL_", "BATON_DSN", "BATON_OWNER", "BATON_CLOCK_FILE", "BATON_KAFKA_")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered to a GET; status 0 when it did not."""

    status: int
    text: str


def service_environment(
    service: ServiceDescription,
    settings: StackSettings,
    secrets: StackSecrets,
    *,
    inherited: Mapping[str, str],
    simulated_clock: bool = False,
) -> dict[str, str]:
    """A process's whole environment."""
    kept = {name: value for name, value in inherited.items() if not name.startswith(_NOT_INHERITED)}
    return {
        **kept,
        "PYTHONUNBUFFERED": "1",
        **open_settings(
            service,
            settings,
            listens_on=HOST,
            master_key_file=secrets.master_key_file,
            issuer_key_file=secrets.issuer_public_key_file,
            signing_key_file=secrets.issuer_key_file,
            checkpoints=settings.checkpoints,
            clock_file=settings.clock if simulated_clock else None,
        ),
        **secret_settings(service, settings, secrets.passwords),
        **(_post(settings) if not service.is_writer and "BATON_SMTP" not in kept else {}),
    }


def _post(settings: StackSettings) -> dict[str, str]:
    """Letters go to the stack's own mail server, which keeps them."""
    return {
        "BATON_SMTP": f"smtp://{HOST}:{settings.mail_port}",
        "BATON_POST_FROM": "post@baton.example",
        "BATON_PUBLIC_ADDRESS": settings.dashboard or f"http://{HOST}:{settings.reporting_port}",
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
