"""What a service is told: its settings as `BATON_*`, the same names in every kind of stack.

What is secret is apart: the local stack hands it over in the environment as well, containers in files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from deploy.description import SERVICES, VAULT, ServiceDescription
from deploy.settings import StackSettings
from deploy.tokens import service_token


def open_settings(
    service: ServiceDescription,
    settings: StackSettings,
    *,
    listens_on: str,
    master_key_file: Path,
    issuer_key_file: Path,
    signing_key_file: Path,
    checkpoints: Path,
    clock_file: Path | None = None,
) -> dict[str, str]:
    """What anybody may read.

    Args:
        listens_on: the address that the service takes requests on.
        issuer_key_file: the public half of the issuer's key.
        signing_key_file: its private half, where the services have a built-in issuer.
        checkpoints: the directory of a writer's checkpoints.
        clock_file: of a simulated clock; none: it lives in the real time.
    """
    return {
        "BATON_SERVICE": service.name,
        "BATON_HOST": listens_on,
        "BATON_PORT": str(settings.port(service)),
        "BATON_KAFKA": settings.kafka,
        "BATON_MASTER_KEY_FILE": str(master_key_file),
        "BATON_ISSUER_KEY_FILE": str(issuer_key_file),
        "BATON_ENVIRONMENT": settings.environment,
        "BATON_PEERS": json.dumps({peer.name: settings.url(peer) for peer in SERVICES}),
        **({"BATON_CHECKPOINTS": str(checkpoints)} if service.is_writer else {}),
        **({"BATON_CLOCK_FILE": str(clock_file)} if clock_file else {}),
        **(_secured(service, settings) if settings.is_secure else {}),
        **({"BATON_ACCESS": "signed_in"} if settings.is_secure or settings.environment == "production" else {}),
        **({"BATON_SIGNING_KEY_FILE": str(signing_key_file)} if has_issuer(settings) else {}),
    }


def secret_settings(
    service: ServiceDescription, settings: StackSettings, passwords: Mapping[str, str]
) -> dict[str, str]:
    """What the service alone may read: it logs in as its app role, and learns no owner's password."""
    password = passwords[service.app]
    return {
        "BATON_DSN": settings.dsn(service.app, service.database, password),
        "BATON_VAULT_DSN": settings.dsn(service.app, VAULT, password),
        "BATON_SERVICE_TOKEN": service_token(settings, service),
        **({"BATON_KAFKA_PASSWORD": password} if settings.is_secure else {}),
    }


def _secured(service: ServiceDescription, settings: StackSettings) -> dict[str, str]:
    """Who the service is to Kafka."""
    return {"BATON_KAFKA_USER": service.app, "BATON_KAFKA_CA_FILE": str(settings.kafka_ca)}


def has_issuer(settings: StackSettings) -> bool:
    """Whether the services have the built-in issuer, and get its private key: production's have a provider instead."""
    return settings.environment != "production"
