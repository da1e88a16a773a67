"""PostgreSQL and Kafka in containers, by testcontainers, for `BATON_STACK=docker`.

Its class for Kafka fits another image than Apache's own (it writes that image's start script), so Kafka is a plain
container here, told what the description says. Ports are bound to the loopback address.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from docker.client import DockerClient
from docker.errors import ImageNotFound
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import ExecWaitStrategy

from deploy.description import HOST, KAFKA_IMAGE, KAFKA_SETTINGS, POSTGRES_IMAGE, POSTGRES_SETTINGS, SUPERUSER
from deploy.docker.kafka import as_environment
from deploy.dsn import postgres_dsn
from deploy.local.ports import free_port

_WITHOUT_FSYNC = {"fsync": "off", "full_page_writes": "off"}
_START_S = 60
_POSTGRES, _KAFKA, _CONTROLLER = 5432, 9092, 9093


def fetch_images() -> None:
    """Have the images on this machine."""
    with closing(DockerClient.from_env()) as client:
        for image in (POSTGRES_IMAGE, KAFKA_IMAGE):
            try:
                client.images.get(image)
            except ImageNotFound:
                client.images.pull(image)


@contextmanager
def running_containers() -> Iterator[tuple[str, str]]:
    """A superuser's DSN and Kafka's address; the containers are gone afterwards."""
    password = secrets.token_urlsafe(12)
    postgres_port = free_port()
    kafka_port = free_port()
    with ExitStack() as stack:
        stack.enter_context(_postgres(password, postgres_port))
        stack.enter_context(_kafka(kafka_port))
        yield postgres_dsn(SUPERUSER, "postgres", postgres_port, password=password), f"{HOST}:{kafka_port}"


def _postgres(password: str, port: int) -> DockerContainer:
    settings = {**POSTGRES_SETTINGS, **_WITHOUT_FSYNC}
    container = PostgresContainer(POSTGRES_IMAGE, username=SUPERUSER, password=password, dbname="postgres")
    container.with_command(["postgres", *(f"--{name}={value}" for name, value in settings.items())])
    return _on_loopback(container, _POSTGRES, port)


def _kafka(port: int) -> DockerContainer:
    listeners = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@localhost:{_CONTROLLER}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://:{_KAFKA},CONTROLLER://:{_CONTROLLER}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    }
    container = DockerContainer(KAFKA_IMAGE).with_envs(**as_environment({**KAFKA_SETTINGS, **listeners}))
    listening = ExecWaitStrategy(["bash", "-c", f"</dev/tcp/localhost/{_KAFKA}"])  # what it logs is its image's affair
    container.waiting_for(listening.with_startup_timeout(_START_S))
    return _on_loopback(container, _KAFKA, port)


def _on_loopback(container: DockerContainer, inside: int, outside: int) -> DockerContainer:
    container.ports[f"{inside}/tcp"] = (HOST, outside)  # type: ignore[assignment]  # the engine takes an address too
    return container
