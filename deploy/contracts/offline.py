"""The four services put together and not started: what they tell of themselves needs no database and no Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI

from deploy.description import SERVICES
from deploy.secrets import StackSecrets, ensure_secrets
from deploy.settings import StackSettings
from shared.settings import ServiceSettings

_NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def services() -> Mapping[str, FastAPI]:
    """Each service's application, by its name."""
    return asyncio.run(_put_together())


async def _put_together() -> dict[str, FastAPI]:
    """In a loop, since a pool of connections belongs to one."""
    with TemporaryDirectory() as directory:
        here = Path(directory)
        secrets = ensure_secrets(StackSettings(var=here, master_key_file=here / "master.key"))
        return {
            service.name: import_module(service.module).build(_settings(service.name, service.port, secrets))
            for service in SERVICES
        }


def _settings(service: str, port: int, secrets: StackSecrets) -> ServiceSettings:
    config: type[ServiceSettings] = import_module(f"services.{service}.config").Settings
    return config(
        service=service,
        port=port,
        dsn=_NOWHERE,
        vault_dsn=_NOWHERE,
        kafka="localhost:9092",
        master_key_file=secrets.master_key_file,
        issuer_key_file=secrets.issuer_public_key_file,
        signing_key_file=secrets.issuer_key_file,
    )
