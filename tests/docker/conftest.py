"""The stack in containers, built from this clone and brought up once, under a name and on ports of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.local.ports import free_port
from deploy.settings import ROOT, StackSettings
from tests.stack import docker_answers, unique

_PARTS = ("talent", "cpd", "collaboration", "reporting", "kafka", "postgres")


@dataclass(frozen=True, slots=True)
class Compose:
    """`docker compose` for one stack, and the settings that this machine sees it by."""

    project: str
    settings: StackSettings
    environment: Mapping[str, str] = field(repr=False)

    def __call__(self, *arguments: str, check: bool = True, timeout_s: float = 600) -> subprocess.CompletedProcess[str]:
        command = ["docker", "compose", "--project-name", self.project, *arguments]
        ran = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=timeout_s, check=False
        )
        assert ran.returncode == 0 or not check, f"{' '.join(command)}\n{ran.stdout[-4_000:]}\n{ran.stderr[-4_000:]}"
        return ran

    def query(self, database: str, sql: str) -> list[list[str]]:
        """Rows of a database, as its superuser."""
        psql = ("psql", "--username=baton", f"--dbname={database}", "--tuples-only", "--no-align", f"--command={sql}")
        said = self("exec", "-T", "postgres", *psql).stdout
        return [line.split("|") for line in said.splitlines()]

    def crash(self, part: str) -> None:
        """End every process of a container at once, from inside: to the engine it died, nobody stopped it."""
        self("exec", "-T", part, "sh", "-c", "kill -9 -1", check=False)

    def restarts(self, part: str) -> int:
        """How often the engine started it again."""
        return int(self._inspect(part)["RestartCount"])

    def is_healthy(self, part: str) -> bool:
        return bool(self._inspect(part)["State"]["Health"]["Status"] == "healthy")

    def _inspect(self, part: str) -> dict[str, Any]:
        command = ["docker", "inspect", f"{self.project}-{part}-1"]
        said = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True).stdout
        [found] = json.loads(said)
        return dict(found)


@pytest.fixture(scope="session")
def compose(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    """Up from images that were built from this clone; its containers and volumes are gone afterwards."""
    assert docker_answers(), "these tests need a Docker engine, and none answers"
    var = tmp_path_factory.mktemp("docker") / "var"
    settings = StackSettings(
        talent_port=free_port(),
        cpd_port=free_port(),
        collaboration_port=free_port(),
        reporting_port=free_port(),
        kafka_port=free_port(),
        postgres_port=free_port(),
        var=var,
    )
    ports = {f"BATON_{name.upper()}_PORT": str(getattr(settings, f"{name}_port")) for name in _PARTS}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
    made = Compose(unique("baton-test"), settings, {**kept, **ports, "BATON_TAG": "test"})
    try:
        made("up", "--build", "--wait", timeout_s=1_200)
        _fetch_issuer(made, var / "secrets" / "issuer.jwk")
        yield made
    finally:
        made("--profile", "operators", "down", "--volumes", "--timeout", "10", check=False)


def _fetch_issuer(compose: Compose, to: Path) -> None:
    """The key that signs this stack's tokens."""
    to.parent.mkdir(parents=True)
    to.write_text(
        compose("run", "--rm", "-T", "--entrypoint", "cat", "baton", "/var/lib/baton/secrets/issuer.jwk").stdout
    )
