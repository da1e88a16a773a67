"""No master key, a wrong one, a lost key and an erased one, as whoever runs the demo's stack meets each of them."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import httpx
import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from deploy.demo.trust import UID
from deploy.description import SERVICES, SUPERUSER
from deploy.local.services import service_environment
from deploy.secrets import ensure_secrets
from deploy.settings import ROOT, StackSettings
from services.reporting.seeing.texts import ERASED, LOST, WRONG
from tests.e2e.conftest import Baton
from tests.support.writer import until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

REPORTING = SERVICES[-1]
ANOTHER = bytes(32)
"""A master key that is not this stack's."""


@pytest.fixture
def master_keys(tmp_path: Path) -> Mapping[str, Path]:
    """Files of the master key, by what is wrong with them."""
    missing, wrong = tmp_path / "missing.key", tmp_path / "wrong.key"
    wrong.write_text(base64.b64encode(ANOTHER).decode())
    wrong.chmod(0o600)
    return {"master_key_missing": missing, "master_key_wrong": wrong}


@pytest.fixture
async def vault(lived_in: StackSettings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(lived_in.dsn(SUPERUSER, "vault", lived_in.password(SUPERUSER)))
    yield connection
    await connection.close()


@pytest.fixture
async def pages(lived_in: StackSettings) -> AsyncIterator[httpx.AsyncClient]:
    """A leader of the trust at the pages, who reads what its schools wrote."""
    here = {"sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(base_url=lived_in.url(REPORTING), headers=here, trust_env=False) as client:
        await client.post("/sign-in", data={"who": "trust"})
        yield client


async def test_without_the_right_master_key_no_service_starts_and_commands_say_which_it_is(
    lived_in: StackSettings, baton: Baton, master_keys: Mapping[str, Path], tmp_path: Path
) -> None:
    stream = await one_person(lived_in)
    person = ("person", "export", stream.removeprefix("person-"), "--out", str(tmp_path / "package"))
    pack = ("audit", "evidence", "--question", "Who?", "--stream", stream, "--out", str(tmp_path / "evidence"))
    replay = ("replay", "loop", "--as-of", "2026-11-22")
    failing = [
        *(("master_key_missing", words, exit_code) for words, exit_code in ((person, 1), (replay, 2))),
        *(("master_key_wrong", words, exit_code) for words, exit_code in ((person, 1), (pack, 2))),
    ]

    for code, key in master_keys.items():
        ended = start_reporting(lived_in, key)
        [line] = [json.loads(line) for line in (ended.stdout + ended.stderr).splitlines()]
        assert (ended.returncode, line["event"], line["level"], line["code"]) == (1, "not_started", "critical", code)
        assert line["reason"]
        assert line["advice"]
    for code, words, exit_code in failing:
        found = baton(*words, BATON_MASTER_KEY_FILE=str(master_keys[code]))
        assert (found.returncode, f"({code})" in found.stderr) == (exit_code, True), f"{words}: {found.stderr}"
        assert str(master_keys[code]) in found.stderr
    export = baton("events", "export", "--stream", stream, BATON_MASTER_KEY_FILE=str(master_keys["master_key_missing"]))
    assert (export.returncode, json.loads(export.stdout.splitlines()[0])["stream"]) == (0, stream)
    assert os.listdir(tmp_path) == ["wrong.key"]  # noqa: PTH208  nothing was written


async def test_a_lost_key_an_erased_one_and_one_of_another_vault_are_told_apart_while_services_run(
    lived_in: StackSettings, vault: asyncpg.Connection, pages: httpx.AsyncClient
) -> None:
    said = {"lost": LOST, "erased": ERASED, "wrong": WRONG}
    comments = dict(zip(said, await three_comments(lived_in), strict=True))
    lost, erased, wrong = (f"stream:{one['stream']}" for one in comments.values())

    async def told() -> Mapping[str, list[str]]:
        """What the page of each comment says of its text."""
        shown = {name: (await pages.get(f"/events/{one['id']}")).text for name, one in comments.items()}
        return {name: [what for what, text in said.items() if text in page] for name, page in shown.items()}

    async def is_not_ready() -> bool:
        ready = await pages.get("/readyz")
        wrong = ready.json()["wrong"].get("master key", "")
        return ready.status_code == httpx.codes.SERVICE_UNAVAILABLE and wrong.startswith("master_key_wrong: ")

    before = await counted(pages)
    await vault.execute("select erase_subjects($1, 'test')", [erased])
    async with (
        renamed(vault, lost),
        exchanged(vault, "subject_key", "subject", wrong),
        exchanged(vault, "service_key", "name", "master-key-proof"),
    ):
        assert await told() == {name: [name] for name in said}
        await until(is_not_ready)
        since = await counted(pages)

    assert since["baton_keys_lost_total"] == before["baton_keys_lost_total"] + 1
    assert since["baton_master_key_wrong_total"] >= before["baton_master_key_wrong_total"] + 2

    async def well() -> bool:
        return (await pages.get("/readyz")).status_code == httpx.codes.OK

    await until(well)
    assert await told() == {"lost": [], "erased": ["erased"], "wrong": []}


async def test_a_persons_package_tells_a_lost_key(
    lived_in: StackSettings, baton: Baton, vault: asyncpg.Connection, tmp_path: Path
) -> None:
    person_id = (await one_person(lived_in)).removeprefix("person-")
    async with renamed(vault, f"person:{person_id}"):
        made = baton("person", "export", person_id, "--out", str(tmp_path / "package"))

    assert (made.returncode, "(key_lost)" in made.stdout, "baton vault restore" in made.stdout) == (0, True, True)
    lines = [json.loads(line) for line in (tmp_path / "package" / "events.jsonl").read_text().splitlines()]
    assert "key_lost" in [why for line in lines for why in line["withheld"].values()]


def start_reporting(settings: StackSettings, key: Path) -> subprocess.CompletedProcess[str]:
    """A process of the service as the stack starts it, but for the file of the master key."""
    secrets = replace(ensure_secrets(settings), master_key_file=key)
    environment = service_environment(REPORTING, settings, secrets, inherited=os.environ)
    command = [sys.executable, "-m", REPORTING.module]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


async def one_person(settings: StackSettings) -> str:
    """The stream of somebody in the trust's register."""
    [row] = await ledger(settings, "stream like 'person-%' and type like '%.PersonRegistered.%' order by id limit 1")
    return str(row["stream"])


async def three_comments(settings: StackSettings) -> Sequence[asyncpg.Record]:
    """Answers of three streams whose comments are sealed."""
    commented = "type like '%.AgendaItemFeedbackGiven.%' and record like '%\"comment\":\"sealed:%'::bytea"
    return await ledger(settings, f"{commented} and streamversion = 1 order by id limit 3")


async def ledger(settings: StackSettings, which: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(settings.dsn(SUPERUSER, "reporting", settings.password(SUPERUSER)))
    try:
        return list(await connection.fetch(f"select id, stream from ledger where trustuid = $1 and {which}", UID))
    finally:
        await connection.close()


@asynccontextmanager
async def renamed(vault: asyncpg.Connection, subject: str) -> AsyncIterator[None]:
    """A key that is there under another name is lost, and then comes back."""
    rename = "update subject_key set subject = $2 where subject = $1"
    await vault.execute(rename, subject, "away")
    try:
        yield
    finally:
        await vault.execute(rename, "away", subject)


@asynccontextmanager
async def exchanged(vault: asyncpg.Connection, table: str, column: str, name: str) -> AsyncIterator[None]:
    """Another vault's key stands in the place of one of this vault's, and then its own again."""
    exchange = f"update {table} set wrapped = $2 where {column} = $1"
    own = await vault.fetchval(f"select wrapped from {table} where {column} = $1", name)
    await vault.execute(exchange, name, aes_key_wrap(ANOTHER, bytes(32)))
    try:
        yield
    finally:
        await vault.execute(exchange, name, own)


async def counted(client: httpx.AsyncClient) -> Mapping[str, float]:
    """Reporting's counters of keys that did not open."""
    lines = (await client.get("/metrics")).text.splitlines()
    found = [line.rpartition(" ") for line in lines if line.startswith(("baton_keys_lost", "baton_master_key_wrong"))]
    counters = dict.fromkeys(("baton_keys_lost_total", "baton_master_key_wrong_total"), 0.0)
    for name, _, value in found:
        counters[name.partition("{")[0]] += float(value)
    return counters
