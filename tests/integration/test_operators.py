"""The operators' commands, as processes, on a stack's databases: what they say is so, and nothing else changes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from aiokafka import TopicPartition

from deploy import admission
from deploy.clients import Client, admit_clients, clients, revoke_clients
from deploy.description import DATABASES, TOPICS
from deploy.errors import Unmet
from deploy.exporting import exporting, history
from deploy.provision import provision
from deploy.settings import ROOT
from deploy.topics import ensure_topics
from services.reporting.composition import all_projections, group
from services.reporting.read_models import live
from services.reporting.read_models.rebuild import prepare
from shared.clock import SystemClock
from shared.consumer.arrivals import read
from shared.consumer.parking import Parking as Parked
from shared.contracts import canonical
from shared.contracts.envelope import Envelope, chain_hash, genesis
from shared.decider import NotYet, Rejected
from shared.eventstore import Act, CommandKey, Decision, EventStore, States, act, execute
from shared.identity.clients import hashed
from shared.intake import keeping
from shared.intake.keeping import Came, Refused
from shared.intake.parking import Parked as ParkedClaim
from shared.intake.parking import Parking as ParkedClaims
from shared.messaging import Cluster, Delivered, Message, event_message, events_topic, make_producer, send_all
from shared.sequencer import Sequencer
from shared.vault import Vault
from tests.stack import Stack
from tests.support.history import MASTER_KEY, context, people, person, write
from tests.support.northmoor import northmoor
from tests.support.read_model import receive
from tests.support.story import again
from tests.support.writer import until

MARKER = "Zebedee Quixote-Marker"
WRITERS = ("talent", "cpd", "collaboration")


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        assert self.code == 0, self.err
        return [json.loads(line) for line in self.out.splitlines()]

    def refuses(self, sentence: str) -> None:
        """It ended with exit code 1, and one sentence and maybe an advice on stderr."""
        assert (self.code, self.out) == (1, ""), self
        assert sentence in self.err
        assert "Traceback" not in self.err
        assert len(self.err.strip().splitlines()) <= 2


@dataclass(frozen=True, slots=True)
class Operated:
    """A stack that an operator looks after: its databases under their own names, migrated by `baton migrate`."""

    stack: Stack
    var: Path
    environment: Mapping[str, str]

    async def start(self, *arguments: str, **environment: str) -> asyncio.subprocess.Process:
        """Start the command."""
        program = ("-c", "from deploy.baton.cli import main; main()")
        kept = {name: text for name, text in os.environ.items() if not name.startswith("BATON_")}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, *program, *arguments),
            cwd=ROOT,
            env={**kept, **self.environment, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )

    async def baton(self, *arguments: str, **environment: str) -> Said:
        """Run the command to its end."""
        process = await self.start(*arguments, **environment)
        out, err = await process.communicate()
        return Said(process.returncode or 0, out.decode(), err.decode())

    @asynccontextmanager
    async def connected(self, role: str, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.stack.dsn(role, database), timeout=10)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def pool(self, role: str, database: str) -> AsyncIterator[asyncpg.Pool]:
        async with asyncpg.create_pool(self.stack.dsn(role, database), min_size=1, max_size=4) as pool:
            yield pool

    @asynccontextmanager
    async def vault(self, service: str = "talent") -> AsyncIterator[Vault]:
        async with self.pool(f"{service}_app", "vault") as pool:
            vault = Vault(service, pool, MASTER_KEY)
            await vault.start()
            yield vault

    @asynccontextmanager
    async def history(self, service: str) -> AsyncIterator[tuple[EventStore, Vault]]:
        """A writer's history; what was written is numbered in the end."""
        async with self.pool(f"{service}_app", service) as pool, self.vault(service) as vault:
            store = EventStore(service, pool)
            yield store, vault
            sequencer = Sequencer(store, Cluster("127.0.0.1:1"))
            await pool.execute("update lease set expires_at = '-infinity'")
            assert await sequencer._acquire()
            while await sequencer.number():
                pass


def secrets(var: Path, passwords: Mapping[str, str], master_key: bytes) -> dict[str, str]:
    """The secrets of a stack, as `baton up` leaves them, and the environment that names them."""
    folder = var / "secrets"
    folder.mkdir(parents=True)
    for role, password in passwords.items():
        (folder / f"{role}.password").write_text(password)
    key = var.with_suffix(".key")
    key.touch(mode=0o600)
    key.write_text(b64encode(master_key).decode())
    return {"BATON_VAR": str(var), "BATON_MASTER_KEY_FILE": str(key)}


@pytest.fixture(scope="module")
async def operated(
    stack: Stack, roles: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Operated]:
    var = tmp_path_factory.mktemp("operators") / "var"
    await provision(stack.postgres_dsn, stack.passwords)
    await ensure_topics(Cluster(stack.kafka), TOPICS)
    environment = {
        **secrets(var, stack.passwords, MASTER_KEY),
        "BATON_POSTGRES_PORT": str(urlsplit(stack.postgres_dsn).port),
        "BATON_KAFKA_PORT": stack.kafka.rpartition(":")[2],
    }
    made = Operated(stack, var, environment)
    migrated = await made.baton("migrate", "--json")
    assert migrated.json == {"databases": sorted(database.name for database in DATABASES)}
    yield made
    admin = await asyncpg.connect(stack.postgres_dsn, timeout=10)
    for database in DATABASES:
        await admin.execute(f'drop database "{database.name}" with (force)')
    await admin.close()


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


# Every command


async def test_migrating_again_changes_nothing(operated: Operated) -> None:
    said = await operated.baton("migrate")

    assert said.code == 0
    assert said.out == "Every database is at the version that the code needs.\n"


async def test_a_stack_that_is_down_is_one_sentence(operated: Operated, tmp_path: Path) -> None:
    commands = (
        "migrate",
        "events export",
        "events tail",
        f"vault backup {tmp_path / 'backup'}",
        "projections verify",
        "dlq redrive --all",
        "intake list",
    )
    down = {"BATON_POSTGRES_PORT": "1", "BATON_KAFKA_PORT": "1"}

    for said in await asyncio.gather(*(operated.baton(*command.split(), **down) for command in commands)):
        said.refuses("cannot be")

    assert files(tmp_path) == []


async def test_where_there_is_no_stack_nothing_is_made(operated: Operated, tmp_path: Path) -> None:
    nowhere = {"BATON_VAR": str(tmp_path / "var"), "BATON_MASTER_KEY_FILE": str(tmp_path / "key")}

    (await operated.baton("events", "show", "talent", "0", **nowhere)).refuses("There is no stack")
    (await operated.baton("migrate", **nowhere)).refuses("There is no stack")

    assert files(tmp_path) == []


# Events


def chained(lines: list[Any]) -> dict[str, str]:
    """The head of each stream's chain, recomputed from the lines alone."""
    heads: dict[str, bytes] = defaultdict(lambda: genesis)
    for line in lines:
        envelope = Envelope(
            id=UUID(line["id"]),
            type=line["type"],
            service=line["service"],
            stream=line["stream"],
            version=line["version"],
            time=datetime.fromisoformat(line["time"]),
            happened_at=datetime.fromisoformat(line["happenedat"]),
            trustuid=line["trustuid"],
            actor=line["actor"],
            correlation_id=line["correlationid"],
            causation_id=line["causationid"],
            chain_depth=line["chaindepth"] or 0,
            urn=line["urn"],
        )
        assert line["prev_hash"] == heads[line["stream"]].hex()
        heads[line["stream"]] = chain_hash(heads[line["stream"]], envelope.meta(), canonical.dumps(line["data"]))
        assert line["hash"] == heads[line["stream"]].hex()
    return {stream: head.hex() for stream, head in heads.items()}


@pytest.fixture(scope="module")
async def exported(operated: Operated) -> list[Any]:
    """Talent's whole history, exported: more than one page, personal texts among it, and cpd's beside it."""
    async with operated.history("talent") as (store, vault):
        somebody = replace(person("p1"), name=MARKER, email="zebedee@example.org", trn="7654321")
        happened_at = datetime(2026, 9, 1, tzinfo=UTC)
        asked = context("export", happened_at=happened_at, causation_id="because", chain_depth=2)
        await execute(store, vault, SystemClock(), [act(people, "person-1", somebody, asked)])
        for turn in range(3):
            await store.append([write(f"s{number}", turn * 20, 20) for number in range(50)])
    async with operated.history("cpd") as (store, _):
        await store.append([write("c", 0, 2, service="cpd")])
    return (await operated.baton("events", "export", "--service", "talent")).lines


async def test_an_export_is_what_was_appended_in_the_order_of_the_log(operated: Operated, exported: list[Any]) -> None:
    async with operated.history("talent") as (store, _):
        log = await store.read_log(0, 10_000)

    assert len(exported) == len(log) == 3001
    for line, recorded in zip(exported, log, strict=True):
        attributes = json.loads(recorded.meta)
        assert line == {
            "service": "talent",
            "logindex": recorded.logindex,
            "stream": recorded.envelope.stream,
            "version": recorded.envelope.version,
            **{name: attributes.get(name) for name in ("id", "type", "time", "happenedat", "trustuid", "urn", "actor")},
            **{name: attributes.get(name) for name in ("correlationid", "causationid", "chaindepth")},
            "data": json.loads(recorded.record),
            "prev_hash": line["prev_hash"],
            "hash": recorded.hash.hex(),
        }
    assert [line["logindex"] for line in exported] == list(range(3001))
    assert list(exported[0]) == [
        *("service", "logindex", "stream", "version", "id", "type", "time", "happenedat", "trustuid", "urn", "actor"),
        *("correlationid", "causationid", "chaindepth", "data", "prev_hash", "hash"),
    ]


async def test_the_chains_of_an_export_are_recomputed_from_its_lines(operated: Operated, exported: list[Any]) -> None:
    async with operated.connected("talent_app", "talent") as connection:
        stored = await connection.fetch("select name, hash from stream where version > 0")

    assert chained(exported) == {row["name"]: row["hash"].hex() for row in stored}
    altered = [*exported[:5], {**exported[5], "data": {**exported[5]["data"], "name": "B"}}, *exported[6:]]
    with pytest.raises(AssertionError):
        chained(altered)


async def test_personal_texts_are_exported_sealed(exported: list[Any]) -> None:
    [line] = [line for line in exported if line["stream"] == "person-1"]

    assert MARKER not in json.dumps(exported)
    assert all(line["data"][name].startswith("sealed:1:") for name in ("name", "email", "trn"))
    assert (line["causationid"], line["chaindepth"]) == ("because", 2)


async def test_an_export_is_of_what_was_asked_for(operated: Operated, exported: list[Any], tmp_path: Path) -> None:
    async def export(*options: str) -> list[Any]:
        return (await operated.baton("events", "export", *options)).lines

    person_type = "uk.mat.talent.PersonRegistered.v1"
    assert await export("--stream", "s7") == [line for line in exported if line["stream"] == "s7"]
    assert await export("--type", person_type) == [line for line in exported if line["type"] == person_type]
    assert await export("--service", "talent", "--from", "2990") == exported[2990:]
    assert await export("--service", "talent", "--from", "5000") == []
    assert await export("--trust", "99001", "--from", "2999") == exported[2999:]
    assert await export("--trust", "99002") == []
    assert [line["service"] for line in await export("--from", "1", "--stream", "c")] == ["cpd"]
    [registered] = [line for line in exported if line["stream"] == "person-1"]
    assert await export("--person", registered["data"]["person_id"]) == [registered]
    assert await export("--since", "2026-11-22T09:30:01") == [registered]
    assert await export("--service", "talent", "--until", "2026-11-22T09:30:00") == []
    assert len(await export("--service", "talent", "--until", "2026-11-22T09:30:01")) == 3000

    out = tmp_path / "events.jsonl"
    said = await operated.baton("events", "export", "--out", str(out), "--json")
    manifest = tmp_path / "events.jsonl.manifest.json"
    counts = {"talent": 3001, "cpd": 2, "collaboration": 0}
    assert said.json == {"events": counts, "out": str(out), "manifest": str(manifest)}
    written = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert written[:3001] == exported
    assert [(line["service"], line["logindex"]) for line in written[3001:]] == [("cpd", 0), ("cpd", 1)]
    assert [path.stat().st_mode & 0o777 for path in (out, manifest)] == [0o600, 0o600]
    assert sorted(files(tmp_path)) == [out.name, manifest.name]
    says = json.loads(manifest.read_bytes())
    assert says["asked"] == {"format": "jsonl", "services": list(WRITERS), "start": 0}
    assert says["services"]["talent"] == {"log": 3001, "upto": 3001, "events": 3001, "first": 0, "last": 3000}
    assert says["services"]["collaboration"] == {"log": 0, "upto": 0, "events": 0, "first": None, "last": None}
    sha256 = hashlib.sha256(out.read_bytes()).hexdigest()
    assert says["files"] == [{"name": out.name, "bytes": out.stat().st_size, "sha256": sha256, "events": 3003}]


async def test_an_interrupted_export_goes_on_and_ends_where_the_log_ended(
    operated: Operated, exported: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in operated.environment.items():
        monkeypatch.setenv(name, text)
    monkeypatch.setattr(history, "_STRETCH", 100)
    monkeypatch.setattr(exporting, "_SETTLED", 1_000)

    def interrupt(_what: str, done: int = 0, _total: int = 0, /) -> None:
        if done == 2_000:
            raise asyncio.CancelledError

    for format_ in ("jsonl", "parquet"):
        out = tmp_path / format_
        with pytest.raises(asyncio.CancelledError):
            await exporting.export(("talent",), history.Filter(), format_, out, interrupt)
        ordered = ("events", "export", "--service", "talent", "--format", format_, "--out", str(out))
        (await operated.baton(*ordered, "--stream", "s7")).refuses("half of another export")

        said = await operated.baton(*ordered)

        assert said.code == 0, said.err
        assert "Going on after 2,000 events." in said.err
        as_lines = out.read_bytes() if format_ == "jsonl" else (await operated.baton("events", "lines", str(out))).out
        assert [json.loads(line) for line in as_lines.splitlines()] == exported
    assert sorted(files(tmp_path)) == ["jsonl", "jsonl.manifest.json", "parquet", "parquet.manifest.json"]
    names = [file["name"] for file in json.loads((tmp_path / "parquet.manifest.json").read_bytes())["files"]]
    assert names == sorted(files(tmp_path / "parquet")) == [f"part-{n:05}.parquet" for n in range(3)]


async def test_an_export_reads_and_nothing_else(operated: Operated, exported: list[Any]) -> None:
    async with operated.connected("talent_app", "talent") as connection:
        transactions = "select xact_commit > 0, tup_inserted + tup_updated + tup_deleted from pg_stat_database"
        await connection.execute("select pg_stat_force_next_flush()")
        before = await connection.fetchrow(f"{transactions} where datname = 'talent'")
        await operated.baton("events", "export", "--service", "talent")
        assert await connection.fetchrow(f"{transactions} where datname = 'talent'") == before


async def test_one_event_is_shown_as_it_is_stored(operated: Operated, exported: list[Any]) -> None:
    assert (await operated.baton("events", "show", "talent", "1234", "--json")).json == exported[1234]
    assert (await operated.baton("events", "show", "talent", "1234")).json == exported[1234]
    (await operated.baton("events", "show", "talent", "3001")).refuses("talent has no event 3001.")


async def test_the_topics_are_followed_until_ctrl_c(operated: Operated) -> None:
    following = await operated.start("events", "tail")
    as_json = await operated.start("events", "tail", "--service", "cpd", "--json")
    for process in (following, as_json):
        assert process.stderr is not None
        assert b"Following" in await process.stderr.readline()
    story = northmoor().told
    [talent, cpd] = [replace(story[0], logindex=n) for n in (7, 8)]
    cpd = again(cpd, service="cpd", urn="900001")
    broken = Message(events_topic("cpd"), b"k", MARKER.encode(), (("ce_id", MARKER.encode()),))
    producer = make_producer(Cluster(operated.stack.kafka), "tester")
    await producer.start()
    await send_all(producer, [*(event_message(e.meta, e.record, e.logindex) for e in (talent, cpd)), broken])
    await producer.stop()

    assert following.stdout is not None
    seen = sorted([(await following.stdout.readline()).decode() for _ in range(2)])
    assert as_json.stdout is not None
    told = json.loads(await as_json.stdout.readline())
    for process in (following, as_json):
        process.send_signal(signal.SIGINT)
        _, errors = await process.communicate()
        assert process.returncode == 0
        assert MARKER not in errors.decode()

    clock = f"{talent.envelope.time:%H:%M:%S}"
    assert seen == [
        f"{clock} cpd/8 TrustRegistered {talent.envelope.stream} 900001\n",
        f"{clock} talent/7 TrustRegistered {talent.envelope.stream}\n",
    ]
    assert (told["service"], told["logindex"], told["urn"]) == ("cpd", 8, "900001")


# The vault


async def keys_of(operated: Operated) -> dict[str, tuple[Any, ...]]:
    async with operated.connected("vault_owner", "vault") as connection:
        subjects = await connection.fetch("select subject, key_id, wrapped, created_at, erased_at from subject_key")
        services = await connection.fetch("select name, wrapped, created_at from service_key")
    return {row[0]: tuple(row) for row in [*subjects, *services]}


async def on_the_vault(operated: Operated, statement: str, *arguments: Any) -> None:
    async with operated.connected("vault_owner", "vault") as connection:
        await connection.execute(statement, *arguments)


ERASE = "update subject_key set wrapped = null, erased_at = now(), reason = 'asked' where subject = $1"


async def test_a_key_that_was_lost_comes_back_and_opens_what_it_sealed(operated: Operated, tmp_path: Path) -> None:
    async with operated.vault() as vault:
        made = await vault.keys(["person:lost", "person:kept"])
        token = made.seal("person:lost", MARKER, "place")
    backup = tmp_path / "vault.backup"
    written = (await operated.baton("vault", "backup", str(backup), "--json")).json
    before = await keys_of(operated)
    await on_the_vault(operated, "delete from subject_key where subject = 'person:lost'")
    await on_the_vault(operated, "delete from service_key where name = 'raw-talent'")

    restored = await operated.baton("vault", "restore", str(backup), "--yes", "--json")

    assert written == {"file": str(backup), "keys": len(before)}
    assert backup.stat().st_mode & 0o777 == 0o600
    assert restored.json == {
        "added": 1,
        "services_added": 1,
        "fenced": 0,
        "stayed_erased": 0,
        "unchanged": len([name for name in before if ":" in name]) - 1,
        "another_key": [],
    }
    assert await keys_of(operated) == before
    async with operated.vault() as vault:
        found = await vault.existing_keys(["person:lost"])
        assert found.by_subject["person:lost"].open(token, "place") == MARKER
    assert (await operated.baton("vault", "restore", str(backup), "--yes", "--json")).json["added"] == 0
    (await operated.baton("vault", "backup", str(backup))).refuses("exists already")


async def test_who_was_erased_stays_erased_whatever_a_backup_holds(operated: Operated, tmp_path: Path) -> None:
    older, newer = tmp_path / "older", tmp_path / "newer"
    async with operated.vault() as vault:
        await vault.keys(["person:erased", "person:gone"])
    await operated.baton("vault", "backup", str(older))
    for subject in ("person:erased", "person:gone"):
        await on_the_vault(operated, ERASE, subject)
    await operated.baton("vault", "backup", str(newer))
    fenced = await keys_of(operated)

    kept = (await operated.baton("vault", "restore", str(older), "--yes", "--json")).json
    assert (kept["stayed_erased"], kept["added"], kept["fenced"]) == (2, 0, 0)
    assert await keys_of(operated) == fenced

    await on_the_vault(operated, "delete from subject_key where subject in ('person:erased', 'person:gone')")
    await operated.baton("vault", "restore", str(older), "--yes")  # the vault as it was before the erasure
    await on_the_vault(operated, "delete from subject_key where subject = 'person:gone'")
    again = (await operated.baton("vault", "restore", str(newer), "--yes", "--json")).json
    assert (again["fenced"], again["added"]) == (1, 1)
    assert await keys_of(operated) == fenced


async def test_a_key_that_is_another_here_is_left_and_told(operated: Operated, tmp_path: Path) -> None:
    backup = tmp_path / "vault.backup"
    async with operated.vault() as vault:
        await vault.keys(["person:twice"])
    await operated.baton("vault", "backup", str(backup))
    await on_the_vault(operated, "delete from subject_key where subject = 'person:twice'")
    await on_the_vault(operated, "delete from service_key where name = 'fingerprint-talent'")
    async with operated.vault() as vault:
        await vault.keys(["person:twice"])
    before = await keys_of(operated)

    said = await operated.baton("vault", "restore", str(backup), "--yes", "--json")

    assert said.json["another_key"] == ["person:twice", "fingerprint-talent"]
    assert await keys_of(operated) == before


async def test_a_damaged_backup_or_one_of_another_master_key_changes_nothing(
    operated: Operated, tmp_path: Path
) -> None:
    backup, damaged = tmp_path / "vault.backup", tmp_path / "damaged"
    async with operated.vault() as vault:
        await vault.keys(["person:damaged"])
    await operated.baton("vault", "backup", str(backup))
    await on_the_vault(operated, "delete from subject_key where subject = 'person:damaged'")
    before = await keys_of(operated)
    content = backup.read_bytes()
    damaged.write_bytes(content[:-20] + bytes([content[-20] ^ 1]) + content[-19:])
    elsewhere = secrets(tmp_path / "other", operated.stack.passwords, bytes(32))

    (await operated.baton("vault", "restore", str(damaged), "--yes")).refuses("The backup is damaged")
    (await operated.baton("vault", "restore", str(operated.var.with_suffix(".key")), "--yes")).refuses("not a backup")
    refused = await operated.baton("vault", "restore", str(backup), "--yes", **elsewhere)
    refused.refuses("The master key opens none of the backup's")

    assert await keys_of(operated) == before
    assert (await operated.baton("vault", "restore", str(backup), "--yes", "--json")).json["added"] == 1


# Read models


@pytest.fixture(scope="module")
async def reporting(operated: Operated) -> AsyncIterator[asyncpg.Pool]:
    """Reporting's database with a trust's history in it."""
    async with operated.pool("reporting_app", "reporting") as pool:
        await prepare(pool, all_projections)
        await receive(pool, northmoor().told)
        yield pool


async def schema_of(pool: asyncpg.Pool, name: str) -> str:
    async with pool.acquire() as connection:
        return (await live.schemas(connection, [name]))[name]


async def schemas(pool: asyncpg.Pool) -> set[str]:
    rows = await pool.fetch("select nspname from pg_namespace where nspname ~ '_[0-9a-f]{12}$'")
    return {row["nspname"] for row in rows}


async def test_read_models_are_listed_with_what_they_hold(operated: Operated, reporting: asyncpg.Pool) -> None:
    found = (await operated.baton("projections", "list", "--json")).json

    by_name = {model["projection"]: model for model in found["projections"]}
    assert set(by_name) == {projection.name for projection in all_projections}
    assert by_name["loop"]["schema"] == await schema_of(reporting, "loop")
    assert by_name["register"]["tables"]["school"] == 12
    assert found["parked"] == 0
    told = northmoor().told
    assert found["position"] == {
        service: sum(event.envelope.service == service for event in told) - 1 for service in ("collaboration", "talent")
    }
    text = (await operated.baton("projections", "list")).out
    assert by_name["loop"]["schema"] in text


async def test_a_read_model_that_is_as_history_says_is_verified(operated: Operated, reporting: asyncpg.Pool) -> None:
    before = await schema_of(reporting, "loop"), await schemas(reporting)

    said = await operated.baton("projections", "verify", "--json")

    assert {one["projection"]: (one["compared"], one["differences"], one["switched"]) for one in said.json} == {
        projection.name: (True, [], False) for projection in all_projections
    }
    assert (await schema_of(reporting, "loop"), await schemas(reporting)) == before


async def test_one_that_is_not_is_found_and_a_rebuild_mends_it(operated: Operated, reporting: asyncpg.Pool) -> None:
    schema = await schema_of(reporting, "register")
    await reporting.execute(f'update "{schema}".school set name = name || $1', MARKER)

    verified = await operated.baton("projections", "verify", "register", "--json")
    assert verified.code == 1
    [found] = json.loads(verified.out)
    assert found["differences"] == [{"table": "school", "only_live": 12, "only_rebuilt": 12}]
    assert await schema_of(reporting, "register") == schema

    [rebuilt] = (await operated.baton("projections", "rebuild", "register", "--json")).json
    assert rebuilt["switched"]
    assert await schema_of(reporting, "register") == rebuilt["schema"] != schema
    assert (await operated.baton("projections", "verify", "register")).out.endswith("equal to the live one\n")


async def test_a_rebuild_that_is_given_up_leaves_the_live_one_and_nothing_else(
    operated: Operated, reporting: asyncpg.Pool
) -> None:
    before = await schema_of(reporting, "loop"), await schemas(reporting)
    async with reporting.acquire() as batch, batch.transaction():
        await live.share(batch)  # a batch that does not end: the switch waits for it
        process = await operated.start("projections", "rebuild", "loop")
        await until(lambda: reporting.fetchval("select exists (select from pg_locks where not granted)"), seconds=60)
        assert len(await schemas(reporting)) == len(before[1]) + 1
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()

    Said(process.returncode or 0, out.decode(), err.decode().partition("baton:")[2]).refuses("Given up: the live loop")
    assert (await schema_of(reporting, "loop"), await schemas(reporting)) == before


async def test_a_read_model_that_there_is_not_is_one_sentence(operated: Operated, reporting: asyncpg.Pool) -> None:
    (await operated.baton("projections", "rebuild", "loop", "moon")).refuses("There is no read model moon.")


# Parked records


@pytest.fixture
async def parked(operated: Operated, reporting: asyncpg.Pool) -> AsyncIterator[dict[str, UUID]]:
    """A record that nobody can read, with personal data all over it, and one of an unknown type."""
    event = northmoor().told[0]
    unknown = Delivered(replace(event.envelope, type="uk.mat.talent.Unheard.v1", version=9).meta(), 900, event.record)
    message = event_message(unknown.meta, unknown.record, unknown.logindex)
    topic = TopicPartition("talent.events", 3)
    bad = Message(topic.topic, b"somebody", MARKER.encode(), (("ce_id", MARKER.encode()), (MARKER, b"x")))
    arrivals = {
        name: read(m, topic, n, "talent") for n, (name, m) in enumerate({"bad": bad, "unknown": message}.items())
    }
    async with operated.vault("reporting") as vault, reporting.acquire() as connection, connection.transaction():
        waiting = [(arrival, arrival.fault or "", arrival.detail) for arrival in arrivals.values()]
        await Parked(group, vault, {}).park(connection, waiting)
    yield {name: arrival.id_for(group) for name, arrival in arrivals.items()}
    async with operated.connected("reporting_owner", "reporting") as owner:
        await owner.execute("delete from parked")


async def marked(pool: asyncpg.Pool) -> set[UUID]:
    rows = await pool.fetch("select id from parked where redrive_requested_at is not null and redriven_at is null")
    return {row["id"] for row in rows}


async def test_parked_records_are_listed_and_shown_without_what_they_hold(
    operated: Operated, parked: dict[str, UUID], tmp_path: Path
) -> None:
    found = (await operated.baton("dlq", "list", "--json")).json
    raw = tmp_path / "record"
    shown = await operated.baton("dlq", "show", str(parked["bad"]), "--json")
    written = await operated.baton("dlq", "show", str(parked["bad"]), "--bytes", str(raw))
    unknown = (await operated.baton("dlq", "show", str(parked["unknown"]), "--json")).json

    assert {(one["database"], one["id"], one["reason"]) for one in found} == {
        ("reporting", str(parked["bad"]), "unreadable"),
        ("reporting", str(parked["unknown"]), "unknown_type"),
    }
    assert [shown.json[name] for name in ("partition", "offset", "value_bytes", "headers", "other_headers")] == [
        *(3, 0, len(MARKER)),
        *(["ce_id"], 1),
    ]
    assert (unknown["type"], unknown["logindex"]) == ("uk.mat.talent.Unheard.v1", 900)
    assert "ce_streamversion" in unknown["headers"]
    listed = await operated.baton("dlq", "list")
    for said in (shown, written, listed):
        assert MARKER not in said.out + said.err
    assert raw.stat().st_mode & 0o777 == 0o600
    key, value, headers = json.loads(raw.read_bytes())
    assert (len(key), len(headers)) == (12, 2)
    assert b64decode(value).decode() == MARKER
    (await operated.baton("dlq", "show", str(parked["bad"]), "--bytes", str(raw))).refuses("exists already")


async def test_a_redrive_marks_what_was_named_and_does_nothing_else(
    operated: Operated, reporting: asyncpg.Pool, parked: dict[str, UUID]
) -> None:
    stranger = str(UUID(int=7))
    refused = await operated.baton("dlq", "redrive", str(parked["bad"]), stranger)
    refused.refuses(f"Nothing is parked as {stranger}.")
    assert await marked(reporting) == set()

    assert (await operated.baton("dlq", "redrive", str(parked["bad"]), "--json")).json == {"marked": 1}
    assert await marked(reporting) == {parked["bad"]}
    assert (await operated.baton("dlq", "redrive", "--all", "--service", "talent", "--json")).json == {"marked": 0}
    assert await marked(reporting) == {parked["bad"]}
    assert (await operated.baton("dlq", "redrive", "--all", "--json")).json == {"marked": 2}
    assert await marked(reporting) == set(parked.values())
    (await operated.baton("dlq", "show", stranger)).refuses("Nothing is parked as")


# Claims


async def test_answers_are_listed_with_what_became_of_them(operated: Operated) -> None:
    def refusing(_: States) -> Decision:
        raise Rejected("not_now", "Not now.", field="/it")

    def waiting(_: States) -> Decision:
        raise NotYet("unknown_type", "It is kept.")

    async with operated.history("collaboration") as (store, vault):
        await execute(
            store,
            vault,
            SystemClock(),
            [
                act(people, "p", person("p"), context("a", origin="900001")),
                Act(context("b", origin="900002"), {"p": people}, refusing),
                Act(context("c", origin="900003"), {"p": people}, waiting),
            ],
        )
        key = CommandKey("900003", "/hr", "c")
        claim = ParkedClaim(key, "uk.mat.moon.Rise.v1", "unknown_type", None, {"name": MARKER}, datetime.now(UTC))
        await ParkedClaims(store, vault).keep([claim])

    async def listed(*options: str) -> list[tuple[Any, ...]]:
        found = (await operated.baton("intake", "list", "--service", "collaboration", "--json", *options)).json
        names = ("service", "origin", "source", "id", "type", "outcome", "code")
        return sorted(tuple(one[name] for name in names) for one in found)

    accepted = ("collaboration", "900001", "/hr", "a", None, "accepted", None)
    refused = ("collaboration", "900002", "/hr", "b", None, "refused", "not_now")
    parked = ("collaboration", "900003", "/hr", "c", "uk.mat.moon.Rise.v1", "parked", "unknown_type")
    assert await listed() == [accepted, refused, parked]
    assert await listed("--outcome", "parked") == [parked]
    assert await listed("--since", f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}") == []
    assert len(await listed("--since", f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d}")) == 3
    assert await listed("--before", f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d}") == []
    assert await listed("--urn", "900001", "--urn", "900003") == [accepted, parked]
    text = await operated.baton("intake", "list", "--service", "collaboration")
    assert "not_now" in text.out
    assert "/it: Not now." in text.out
    assert MARKER not in text.out
    assert text.out.splitlines()[-1] == "3 answers."


async def test_what_was_sent_is_shown_and_what_was_refused_can_be_read(operated: Operated, tmp_path: Path) -> None:
    key = CommandKey("900002", "/hr", "kept-1")
    body = f'{{"name": "{MARKER}"'.encode()
    async with operated.history("cpd") as (store, vault):
        came = Came({"content-type": "application/json"}, body)
        await keeping.keep(store.pool, vault, [Refused(key, "not_json", came)], datetime.now(UTC))
    sent = tmp_path / "sent"

    shown = await operated.baton("intake", "show", "kept-1", "--bytes", str(sent), "--json")

    [one] = shown.json
    assert [one[name] for name in ("service", "origin", "outcome", "code")] == ["cpd", "900002", "refused", "not_json"]
    assert sent.read_bytes() == body
    assert sent.stat().st_mode & 0o777 == 0o600
    assert MARKER not in shown.out + shown.err
    (await operated.baton("intake", "show", "nobody-sent-this")).refuses("Nothing was sent under this id.")


# Clients


async def rows_of(operated: Operated, client_id: str) -> list[tuple[Any, ...]]:
    """A client's row in each writer's database."""
    found = []
    for writer in WRITERS:
        async with operated.connected(f"{writer}_app", writer) as connection:
            rows = await connection.fetch("select * from client where client_id = $1", client_id)
            found += [tuple(row) for row in rows]
    return found


async def admit_client(client_id: str, urns: Sequence[str], *, new_secret: bool = False) -> tuple[Client, str | None]:
    [admitted] = await admit_clients({client_id: urns}, new_secret=new_secret)
    return admitted


async def revoke_client(client_id: str, *urns: str) -> Client:
    [revoked] = await revoke_clients({client_id: urns})
    return revoked


async def test_a_client_is_one_row_in_each_writer_until_it_is_revoked(
    operated: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in operated.environment.items():
        monkeypatch.setenv(name, text)

    admitted, secret = await admit_client("harbour-mis", ["900001"])
    grown, no_secret = await admit_client("harbour-mis", ["900002", "900001"])
    assert (admitted.urns, grown.urns, no_secret) == (("900001",), ("900001", "900002"), None)
    rows = await rows_of(operated, "harbour-mis")
    assert len(rows) == 3
    assert all(row[:3] == ("harbour-mis", hashed(str(secret)), ["900001", "900002"]) for row in rows)

    _, renewed = await admit_client("harbour-mis", [], new_secret=True)
    assert (renewed is not None, renewed != secret) == (True, True)
    assert (await revoke_client("harbour-mis", "900001")).urns == ("900002",)
    revoked = await revoke_client("harbour-mis")
    assert [client for client in await clients() if client.client_id == "harbour-mis"] == [revoked]
    assert {row[5] for row in await rows_of(operated, "harbour-mis")} == {revoked.revoked_at}

    again, fresh = await admit_client("harbour-mis", ["900003"])
    assert (again.urns, again.revoked_at, fresh in {None, secret, renewed}) == (("900003",), None, False)


async def test_what_was_interrupted_is_whole_when_it_is_done_again(
    operated: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in operated.environment.items():
        monkeypatch.setenv(name, text)
    await admit_client("halfway", ["900001"])
    async with operated.connected("cpd_owner", "cpd") as owner:
        await owner.execute("delete from client where client_id = 'halfway'")

    [half] = [client for client in await clients() if client.client_id == "halfway"]
    assert not half.everywhere
    await admit_client("halfway", ["900001"])
    [whole] = [client for client in await clients() if client.client_id == "halfway"]
    assert whole.everywhere
    assert len({row[1] for row in await rows_of(operated, "halfway")}) == 1


@pytest.mark.parametrize("name", ["Harbour", "a.b", "", "-a", "a" * 64, "a b"])
async def test_a_client_has_a_plain_name(name: str) -> None:
    with pytest.raises(Unmet, match="small letters"):
        await admit_client(name, ["900001"])


@pytest.mark.parametrize(
    ("name", "why"), [("baton", "operator's own"), ("talent-intake", "groups of the service talent")]
)
async def test_a_name_of_the_platforms_own_is_given_to_no_client(name: str, why: str) -> None:
    with pytest.raises(Unmet, match=why):
        await admission.admit(Cluster("127.0.0.1:1"), {name: ["900001"]}, new_secret=False)


async def test_a_schools_system_is_let_in_and_out_again(operated: Operated, tmp_path: Path) -> None:
    kept = tmp_path / "secrets.json"
    admitted = (await operated.baton("school", "admit", "900061", "900062", "--json")).json
    assert [name.rpartition(".")[0] for name in admitted["created"][:5]] == [
        *("ingest.talent", "ingest.cpd", "ingest.collaboration", "receipts", "to-school")
    ]
    assert [(one["client"], one["urns"]) for one in admitted["clients"]] == [
        ("school-900061", ["900061"]),
        ("school-900062", ["900062"]),
    ]
    assert all(len(one["secret"]) == 43 for one in admitted["clients"])
    assert admitted["kafka"]["security"] == "PLAINTEXT"

    again = await operated.baton("school", "admit", "900061")
    assert "with the secret that it has" in again.out
    assert "lets everybody in here" in again.out
    renewed = (await operated.baton("school", "admit", "900061", "--new-secret", "--to", str(kept), "--json")).json
    [told] = json.loads(kept.read_text())["clients"]
    assert (kept.stat().st_mode & 0o777, told["secret"] in str(renewed)) == (0o600, False)
    assert (await rows_of(operated, "school-900061"))[0][1] == hashed(told["secret"])
    (await operated.baton("school", "admit", "900061", "--to", str(kept))).refuses("exists already")

    await operated.baton("school", "admit", "900061", "900062", "--client", "tidewater-mis")
    revoked = (await operated.baton("school", "revoke", "900061", "--json")).json
    assert (revoked["clients"][0]["client"], revoked["still_admitted"]) == ("school-900061", ["tidewater-mis"])
    part = await operated.baton("school", "revoke", "900061", "--client", "tidewater-mis")
    assert part.out == "tidewater-mis still speaks for 900062.\n"
    listed = (await operated.baton("school", "list")).out
    assert {"school-900061 revoked", "tidewater-mis admitted"} <= {
        " ".join(one.split()[:2]) for one in listed.splitlines()
    }
    assert "There is no client school-900069" in (await operated.baton("school", "revoke", "900069")).err
    assert (await operated.baton("school", "revoke")).code == 2
