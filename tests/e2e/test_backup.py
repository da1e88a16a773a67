"""The demo's trust is backed up, its machine is lost, and everything comes back elsewhere and goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.description import SERVICES, SUPERUSER
from deploy.dsn import postgres_dsn
from deploy.local import stack
from deploy.local.ports import free_port
from deploy.local.services import start_service
from deploy.local.status import status
from deploy.secrets import ensure_secrets
from deploy.settings import ROOT, StackSettings
from deploy.tokens import development_token
from shared.identity import Principal, Role
from tests.e2e.conftest import Baton
from tests.stack import scratch_directory
from tests.support.writer import person, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

TALENT, _, COLLABORATION, REPORTING = SERVICES
REPORTS = ("focus", "loop", "agenda", "roles")


def quiet(_step: str) -> None:
    pass


@pytest.fixture(scope="module")
async def elsewhere(settings: StackSettings) -> AsyncIterator[StackSettings]:
    """Another machine, as far as Baton can tell: other ports, an empty directory; only the master key is there."""
    with scratch_directory() as directory:
        made = settings.model_copy(
            update={
                **{f"{name}_port": free_port() for name in ("talent", "cpd", "collaboration", "reporting")},
                **{f"{name}_port": free_port() for name in ("kafka", "postgres", "mail")},
                "var": directory / "var",
            }
        )
        yield made
        await stack.down(made, quiet, wipe=True)


@pytest.fixture(scope="module")
def backup(demo: StackSettings, baton: Baton, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's, while it runs."""
    directory = tmp_path_factory.mktemp("backups") / "demo"
    said = baton("backup", str(directory))
    assert said.returncode == 0, said.stderr
    return directory


def run(settings: StackSettings, *arguments: str) -> str:
    """The `baton` command for a stack; what it said."""
    told = {f"BATON_{name}".upper(): str(value) for name, value in settings.model_dump().items() if value is not None}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("baton")), *arguments],
        env={**os.environ, **told},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def up(settings: StackSettings) -> None:
    await stack.up(settings, quiet, simulated_clock=True)

    async def well() -> bool:
        found = (await status(settings))["services"].values()
        return all(one["ready"] and one["lag_records"] == 0 and one["unpublished"] in (0, None) for one in found)

    await until(well, seconds=60)


async def report(settings: StackSettings, name: str) -> Any:
    async with httpx.AsyncClient(base_url=settings.url(REPORTING), trust_env=False, timeout=30) as client:
        return (await client.get(f"/reports/{name}.json")).json()


async def agendas(settings: StackSettings, rows: list[Any]) -> list[Any]:
    """What each school reads of its conversation with the trust, the trust's responses in clear."""
    urns = sorted({row["urn"] for row in rows})
    headers = {"authorization": f"Bearer {token(settings, 'school_system', *urns)}"}
    async with httpx.AsyncClient(
        base_url=settings.url(COLLABORATION), headers=headers, trust_env=False, timeout=30
    ) as client:
        return [(await client.get("/agenda", params={"urn": urn})).raise_for_status().json() for urn in urns]


def token(settings: StackSettings, role: Role, *urns: str) -> str:
    principal = Principal("tester", frozenset({role}), "99001", frozenset(urns))
    return development_token(settings, principal, lasts=timedelta(minutes=5))


async def register_somebody(settings: StackSettings) -> None:
    """Somebody and their staff reference: two more events of talent, through to reporting."""
    before = (await report(settings, "roles"))["position"]["talent"]
    async with httpx.AsyncClient(base_url=settings.url(TALENT), trust_env=False, timeout=30) as client:
        answer = await client.post(
            "/persons",
            json=person(),
            headers={"authorization": f"Bearer {token(settings, 'trust_leader')}", "idempotency-key": str(uuid4())},
        )
    assert answer.status_code == httpx.codes.CREATED, answer.text

    async def seen() -> bool:
        return bool((await report(settings, "roles"))["position"]["talent"] == before + 2)

    await until(seen)


async def rows(settings: StackSettings, database: str, statement: str) -> list[Any]:
    password = settings.password(SUPERUSER)
    connection = await asyncpg.connect(postgres_dsn(SUPERUSER, database, settings.postgres_port, password=password))
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


async def read_models(settings: StackSettings) -> Mapping[str, list[str]]:
    """Every row of every read model."""
    found = {}
    for projection, schema in await rows(settings, "reporting", "select projection, schema from live"):
        for (table,) in await rows(
            settings, "reporting", f"select tablename from pg_tables where schemaname = '{schema}'"
        ):
            content = await rows(settings, "reporting", f'select t::text from "{schema}"."{table}" t order by 1')
            found[f"{projection}.{table}"] = [row for (row,) in content]
    return found


async def test_everything_comes_back_on_another_machine(
    demo: StackSettings, elsewhere: StackSettings, backup: Path
) -> None:
    before = {name: (await report(demo, name))["rows"] for name in REPORTS}
    conversations = await agendas(demo, before["focus"])

    run(elsewhere, "restore", str(backup), "--republish", "--yes")
    elsewhere.clock.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(demo.clock, elsewhere.clock)
    await up(elsewhere)

    assert {name: (await report(elsewhere, name))["rows"] for name in REPORTS} == before
    assert await agendas(elsewhere, before["focus"]) == conversations
    responses = [item["response"] for agenda in conversations for item in agenda["items"] if item["response"]]
    assert responses
    assert not [response for response in responses if response.startswith("sealed:")]
    assert run(elsewhere, "events", "export") == run(demo, "events", "export")
    assert run(elsewhere, "dlq", "list") == run(demo, "dlq", "list")


async def test_a_current_backup_goes_on_as_if_nothing_had_happened(elsewhere: StackSettings, backup: Path) -> None:
    await register_somebody(elsewhere)
    current = backup.with_name("current")
    run(elsewhere, "backup", str(current))
    await stack.down(elsewhere, quiet)

    run(elsewhere, "restore", str(current), "--replace", "--yes")
    await up(elsewhere)

    await register_somebody(elsewhere)
    run(elsewhere, "projections", "verify")


async def test_reporting_catches_up_from_an_older_backup_by_itself(elsewhere: StackSettings, backup: Path) -> None:
    before = await read_models(elsewhere), await rows(elsewhere, "reporting", "select * from position order by 1")
    await stack.down(elsewhere, quiet)

    run(elsewhere, "store", "restore", "reporting", str(backup / "reporting.backup"), "--replace", "--yes")
    await up(elsewhere)

    async def equal() -> bool:
        return await read_models(elsewhere) == before[0]

    await until(equal)
    positions = await rows(elsewhere, "reporting", "select service, next from position order by 1")
    assert positions == [row[:2] for row in before[1]]


async def test_who_was_erased_since_stays_erased(elsewhere: StackSettings, backup: Path) -> None:
    [(subject,)] = await rows(
        elsewhere,
        "vault",
        "update subject_key set wrapped = null, erased_at = now(), reason = 'asked'"
        " where subject = (select min(subject) from subject_key) returning subject",
    )
    await stack.down(elsewhere, quiet)

    run(elsewhere, "restore", str(backup), "--replace", "--republish", "--yes")

    await stack.up(elsewhere, quiet, services=())
    found = await rows(elsewhere, "vault", f"select wrapped, reason from subject_key where subject = '{subject}'")
    assert found == [(None, "asked")]


async def test_a_writer_from_an_older_backup_refuses_to_publish(elsewhere: StackSettings) -> None:
    """Which the last test restored; Kafka holds what was written since."""
    start_service(TALENT, elsewhere, ensure_secrets(elsewhere), simulated_clock=True)

    async with httpx.AsyncClient(base_url=elsewhere.url(TALENT), trust_env=False, timeout=10) as client:

        async def refuses() -> bool:
            try:
                return "events, and lacks those from" in (await client.get("/readyz")).text
            except httpx.TransportError:
                return False

        await until(refuses, seconds=60)
        assert 'baton_publishing_refused{service="talent"} 1.0' in (await client.get("/metrics")).text
