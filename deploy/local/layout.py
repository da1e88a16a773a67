"""Where the parts of one local stack are: their files under `var/`, and the parts themselves."""

from __future__ import annotations

from pathlib import Path

from deploy.description import SUPERUSER, ServiceDescription
from deploy.local.kafka import LocalKafka, Security
from deploy.local.postgres import LocalPostgres
from deploy.secrets import broker_certificate_path
from deploy.settings import StackSettings

POSTGRES = "postgres"
KAFKA = "kafka"
MAIL = "mail"


def record_path(settings: StackSettings, name: str) -> Path:
    """What is remembered of a process of the stack."""
    return settings.var / "run" / f"{name}.json"


def log_path(settings: StackSettings, name: str) -> Path:
    return settings.var / "log" / f"{name}.log"


def letters_path(settings: StackSettings) -> Path:
    """Where the letters lie that were sent."""
    return settings.var / MAIL


def local_postgres(settings: StackSettings) -> LocalPostgres:
    return LocalPostgres(
        settings.var / POSTGRES,
        settings.postgres_port,
        settings.password(SUPERUSER),
        record=record_path(settings, POSTGRES),
        log=log_path(settings, POSTGRES),
        programs=settings.postgres_programs,
    )


def local_kafka(settings: StackSettings) -> LocalKafka:
    return LocalKafka(
        settings.var / KAFKA,
        settings.kafka_libraries,
        settings.kafka_port,
        record=record_path(settings, KAFKA),
        log=log_path(settings, KAFKA),
        security=_security(settings),
    )


def _security(settings: StackSettings) -> Security | None:
    operator = settings.local_operator
    return None if operator is None else Security(operator, broker_certificate_path(settings))


def part_names(services: tuple[ServiceDescription, ...]) -> tuple[str, ...]:
    """Every process of the stack, in the order of starting."""
    return (POSTGRES, KAFKA, *((MAIL,) if services else ()), *(service.name for service in services))
