"""What must hold before anything is started; each check raises one sentence that says what to do."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from deploy.description import HOST, ServiceDescription
from deploy.errors import Unmet
from deploy.local.java import find_java, find_maven
from deploy.local.kafka import are_fetched
from deploy.local.layout import local_kafka
from deploy.local.ports import holder, is_taken
from deploy.local.postgres import check_programs
from deploy.secrets import check_master_key
from deploy.settings import StackSettings

_NEEDED_BYTES = 1024**3
_NAMES = {"PostgreSQL": "BATON_POSTGRES_PORT", "Kafka": "BATON_KAFKA_PORT"}


def check_before_start(settings: StackSettings, services: tuple[ServiceDescription, ...]) -> None:
    """Everything that can be known before the start.

    Raises:
        Unmet: the first condition that is not met.
    """
    check_environment(settings)
    check_hosts(settings)
    check_directory(settings.var)
    check_java(settings)
    check_programs(settings.postgres_programs)
    check_master_key(settings)
    check_ports(settings, services)


def check_environment(settings: StackSettings) -> None:
    if settings.environment == "production":
        raise Unmet(
            "The local stack is for development, and BATON_ENVIRONMENT says production.",
            "Unset it, or deploy with the manifests under deploy/.",
        )


def check_mode(settings: StackSettings) -> None:
    """A stack stays what it was first started as: a secured Kafka is one from its first format on."""
    began = (local_kafka(settings).directory / "data").exists()
    if settings.secure is False and settings.was_made_secure:
        raise Unmet(
            f"The stack in {settings.var} was first started with --secure, and stays secured.",
            "Unset BATON_SECURE, or start afresh with `baton down --wipe`, or elsewhere with BATON_VAR.",
        )
    if settings.secure and began and not settings.was_made_secure:
        raise Unmet(
            f"The stack in {settings.var} was first started without --secure, and its Kafka lets everybody in.",
            "Go on without, or start afresh with `baton down --wipe`, or elsewhere with BATON_VAR.",
        )


def check_hosts(settings: StackSettings) -> None:
    """The local stack is on this machine, so nothing of it is looked for elsewhere."""
    if elsewhere := [f"{name} on {host}" for name, host in settings.hosts.items() if host != HOST]:
        raise Unmet(
            f"This is about a stack on this machine, and the settings look for {elsewhere[0]}.",
            "Unset the BATON_*_HOST settings; of containers `docker compose ps` tells.",
        )


def check_directory(var: Path) -> None:
    """The directory can be written to, and there is room."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=var):
            free = shutil.disk_usage(var).free
    except OSError as error:
        raise Unmet(
            f"The stack's directory {var} cannot be written to: {error.strerror}.",
            "Make it writable, or point BATON_VAR at another directory.",
        ) from None
    if free < _NEEDED_BYTES:
        raise Unmet(
            f"Only {free // 1024**2} MB are free for {var}, and the stack needs {_NEEDED_BYTES // 1024**2}.",
            "Make room, or point BATON_VAR at another disk.",
        )


def check_java(settings: StackSettings) -> None:
    """Java is there, and Maven where Kafka is not fetched yet."""
    find_java()
    if not are_fetched(settings.kafka_libraries):
        find_maven()


def check_ports(settings: StackSettings, services: tuple[ServiceDescription, ...]) -> None:
    ports = settings.ports(services)
    if len(set(ports.values())) < len(ports):
        raise Unmet("Two parts of the stack are given the same port.", "Look at the BATON_*_PORT settings.")
    for name, port in ports.items():
        if is_taken(port):
            setting = _NAMES.get(name, f"BATON_{name.upper()}_PORT")
            raise Unmet(
                f"Port {port}, which {name} needs, is taken by {holder(port)}.",
                f"Stop that, or set {setting} to another port.",
            )
