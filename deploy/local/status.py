"""What the local stack is doing: what of it runs, what is ready, and how far behind each service is."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from deploy.description import SERVICES, SUPERUSER, ServiceDescription
from deploy.local import processes
from deploy.local.layout import KAFKA, POSTGRES, record_path
from deploy.local.ports import answers
from deploy.local.services import get
from deploy.settings import StackSettings

_OK = 200
_PARKED = ("baton_consumer_parked_records", "baton_parked_claims")  # at a consumer, and at a writer's doors
_PARKED_SECONDS = ("baton_consumer_parked_seconds", "baton_parked_claims_seconds")
Reduce = Callable[[Iterable[float]], float]
_SAMPLE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(?:\{.*\})?\s+(?P<value>\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """A service, as `baton status --json` shows it; None is what is not known: who should say so does not answer.

    Attributes:
        lag_seconds, unnumbered_seconds, unpublished_seconds, unsealed_seconds, parked_seconds: the age of the oldest
            among them.
        unpublished: events; receipts have gauges of their own.
    """

    ready: bool
    pid: int | None
    url: str
    dsn: str
    lag_records: int | None = None
    lag_seconds: float | None = None
    unnumbered: int | None = None
    unnumbered_seconds: float | None = None
    unpublished: int | None = None
    unpublished_seconds: float | None = None
    unsealed: int | None = None
    unsealed_seconds: float | None = None
    parked: int | None = None
    parked_seconds: float | None = None


async def status(settings: StackSettings) -> dict[str, Any]:
    """The stack as JSON (ARCHITECTURE.md §10)."""
    services = await asyncio.gather(*(_service(settings, service) for service in SERVICES))
    return {
        "stack": "local",
        "services": {service.name: asdict(found) for service, found in zip(SERVICES, services, strict=True)},
        "kafka": {
            **_server(settings, KAFKA, settings.kafka_port),
            "bootstrap": settings.kafka,
            "secure": settings.is_secure,
        },
        "postgres": {
            **_server(settings, POSTGRES, settings.postgres_port),
            "dsn": settings.dsn(SUPERUSER, "postgres"),
        },
    }


async def _service(settings: StackSettings, service: ServiceDescription) -> ServiceStatus:
    record = processes.running(record_path(settings, service.name))
    url, dsn = settings.url(service), settings.dsn(service.app, service.database)
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
        unnumbered=_whole(gauge(metrics.text, "baton_unnumbered_events", sum)),
        unnumbered_seconds=gauge(metrics.text, "baton_unnumbered_seconds", max),
        unpublished=_whole(gauge(metrics.text, "baton_unpublished_events", sum)),
        unpublished_seconds=gauge(metrics.text, "baton_unpublished_seconds", max),
        unsealed=_whole(gauge(metrics.text, "baton_unsealed_events", sum)),
        unsealed_seconds=gauge(metrics.text, "baton_unsealed_seconds", max),
        parked=_whole(gauge(metrics.text, _PARKED, sum)),
        parked_seconds=gauge(metrics.text, _PARKED_SECONDS, max),
    )


def _server(settings: StackSettings, name: str, port: int) -> dict[str, Any]:
    record = processes.running(record_path(settings, name))
    return {"ready": record is not None and answers(port), "pid": record.pid if record else None}


def gauge(text: str, names: str | tuple[str, ...], reduce: Reduce) -> float | None:
    """The value of gauges in Prometheus' text form, over all their labels; None when they are not there.

    Where some of it is not a number, the rest is told only if it is not 0: the whole is at least that much.
    """
    wanted = (names,) if isinstance(names, str) else names
    values = [float(sample["value"]) for sample in _SAMPLE.finditer(text) if sample["name"] in wanted]
    known = [value for value in values if not math.isnan(value)]
    found = reduce(known) if known else None
    return found if len(known) == len(values) or found else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
