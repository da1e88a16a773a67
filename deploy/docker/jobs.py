"""The jobs that docker-compose.yml runs before the services, each to its end: `python -m deploy.docker.jobs JOB`.

All of them find what is there already and add what is missing, so that every `up` may run them.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.description import DATABASES, ROLES, SERVICES, SUPERUSER, TOPICS
from deploy.environment import has_issuer, secret_settings
from deploy.errors import Unmet
from deploy.migrate import owner_dsns
from deploy.provision import provision
from deploy.secrets import ensure_secrets, write_secret
from deploy.settings import StackSettings, stack_settings
from deploy.topics import ensure_topics

HANDED_OUT = Path("/handed-out")
ISSUER_KEY, ISSUER_PUBLIC_KEY = "issuer.jwk", "issuer.public.jwk"


def hand_out_secrets(settings: StackSettings, to: Path) -> None:
    """Make the secrets once, and write for each container what it alone needs to know, in a directory of its own."""
    secrets = ensure_secrets(settings)
    public_key = {ISSUER_PUBLIC_KEY: secrets.issuer_public_key_file.read_text()}
    private_key = {ISSUER_KEY: secrets.issuer_key_file.read_text()}
    for service in SERVICES:
        keys = public_key | (private_key if has_issuer(settings) else {})
        _write(to / service.name, keys | _by_file(secret_settings(service, settings, secrets.passwords)))
    for database, dsn in owner_dsns(settings, secrets.passwords).items():
        _write(to / "owners" / database, _by_file({"BATON_OWNER_DSN": dsn}))
    password = to / "postgres" / "password"
    _write(password.parent, {password.name: secrets.passwords[SUPERUSER]})
    password.chmod(0o444)  # whoever PostgreSQL's image runs as; nobody else has this directory


async def make_databases(settings: StackSettings) -> None:
    """The roles and the databases."""
    passwords = {role: settings.password(role) for role in ROLES}
    superuser = settings.dsn(SUPERUSER, "postgres", settings.password(SUPERUSER))
    await provision(superuser, passwords, DATABASES)


async def make_topics(settings: StackSettings) -> None:
    """The topics."""
    await ensure_topics(settings.cluster, TOPICS)


def _by_file(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings by the files that a service reads them from."""
    return {name.lower(): value for name, value in settings.items()}


def _write(directory: Path, files: Mapping[str, str]) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in files.items():
        write_secret(directory / name, content)


def main(job: str) -> None:
    """Run one job."""
    settings = stack_settings()
    match job:
        case "secrets":
            hand_out_secrets(settings, HANDED_OUT)
        case "databases":
            asyncio.run(make_databases(settings))
        case "topics":
            asyncio.run(make_topics(settings))
        case _:
            raise Unmet(f"There is no job {job}.", "The jobs are secrets, databases and topics.")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Unmet as unmet:
        sys.exit(str(unmet))
