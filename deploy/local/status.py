"""What the local stack is doing: what of it runs, what is ready, and how far behind each service is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from deploy.description import SERVICES, SUPERUSER, ServiceDescription
from deploy.dsn import postgres_dsn
from deploy.local import processes
from deploy.local.layout import KAFKA, POSTGRES, record_path
from deploy.local.ports import answers
from deploy.local.services import app_dsn, get
from deploy.settings import StackSettings

_OK = 200
_SAMPLE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(?:\{.*\})?\s+(?P<value>\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """A service, as `baton status --json` shows it; None is what is not known because it does not answer."""

    ready: bool
    pid: int | None
    url: str
    dsn: str
    lag_records: int | None = None
    lag_seconds: float | None = None
    unpublished: int | None = None
    parked: int | None = None


async def status(settings: StackSettings) -> dict[str, Any]:
    """The stack as JSON (ARCHITECTURE.md §10)."""
    services = await asyncio.gather(*(_service(settings, service) for service in SERVICES))
    return {
        "stack": "local",
        "services": {service.name: asdict(found) for service, found in zip(SERVICES, services, strict=True)},
        "kafka": {**_server(settings, KAFKA, settings.kafka_port), "bootstrap": settings.kafka},
        "postgres": {
            **_server(settings, POSTGRES, settings.postgres_port),
            "dsn": postgres_dsn(SUPERUSER, "postgres", settings.postgres_port),
        },
    }


async def _service(settings: StackSettings, service: ServiceDescription) -> ServiceStatus:
    record = processes.running(record_path(settings, service.name))
    url, dsn = settings.url(service), app_dsn(settings, service, service.database)
    if record is None:  # whoever may answer on that port, it is not this stack
        return ServiceStatus(ready=False, pid=None, url=url, dsn=dsn)
    ready, metrics = await asyncio.gather(get(record.port, "/readyz"), get(record.port, "/metrics"))
    return ServiceStatus(
        ready=ready.status == _OK,
        pid=record.pid,
        url=url,
        dsn=dsn,
        lag_records=_whole(gauge(metrics.text, "baton_consumer_lag_records", sum)),
        lag_seconds=gauge(metrics.text, "baton_consumer_lag_seconds", max),
        unpublished=_whole(gauge(metrics.text, "baton_unpublished_events", sum)),
        parked=_whole(parked(metrics.text)),
    )


def _server(settings: StackSettings, name: str, port: int) -> dict[str, Any]:
    record = processes.running(record_path(settings, name))
    return {"ready": record is not None and answers(port), "pid": record.pid if record else None}


def gauge(text: str, name: str, reduce: Callable[[Iterable[float]], float]) -> float | None:
    """A gauge's value in Prometheus' text form, over all its labels; None when it is not there."""
    values = [float(sample["value"]) for sample in _SAMPLE.finditer(text) if sample["name"] == name]
    return reduce(values) if values else None


def parked(text: str) -> float | None:
    """What waits: events that a consumer could not apply, and, at a writer, claims that could not be decided."""
    names = ("baton_consumer_parked_records", "baton_parked_claims")
    found = [value for name in names if (value := gauge(text, name, sum)) is not None]
    return sum(found) if found else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
