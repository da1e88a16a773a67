"""The secured stack, with clients of Kafka that are not ours: kcat and confluent-kafka.

One stack for all of it, with the writers and the pages running as they would for a trust.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import confluent_kafka
import httpx
import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.admin import DescribeClientQuotasRequest
from confluent_kafka import Consumer, KafkaException, Producer

from deploy.description import (
    CLIENT_QUOTAS,
    SERVICES,
    WRITERS,
    Right,
    ServiceDescription,
    client_of_school,
    rights_of_client,
    rights_of_service,
)
from deploy.errors import Unmet
from deploy.kafka_users import Users
from deploy.local import stack
from deploy.local.status import status
from deploy.settings import ROOT, StackSettings
from deploy.tokens import development_token
from shared.identity import Principal
from tests.integration.stories.looping import Asked, answer, cycle, focus, meeting
from tests.stack import own_settings, told
from tests.support.guide import carry_out
from tests.support.writer import COLLABORATION, TALENT, TRUST, claim, joining, person, registering
from verifier.checkpoint import Checkpoint, checkpoints
from verifier.note import Key

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

URN, OTHER, GUIDED = "900001", "900002", "900003"
VENDOR = "harbour-mis"
VENDORS_URNS = [f"9001{number:02}" for number in range(12)]
DENIED = "TOPIC_AUTHORIZATION_FAILED"
WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Secured:
    """The stack, up, with a trust and some schools that are admitted.

    Attributes:
        commands: what was seen in the list of processes while it started.
    """

    settings: StackSettings
    commands: set[str]
    secrets: dict[str, str] = field(default_factory=dict)

    def baton(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: text for name, text in os.environ.items() if not name.startswith("BATON_")}
        remembered = {name: text for name, text in told(self.settings).items() if name != "BATON_SECURE"}
        command = [sys.executable, "-c", "from deploy.baton.cli import main; main()", *arguments]
        return subprocess.run(
            command, env=environment | remembered, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )

    def admit(self, *arguments: str) -> dict[str, Any]:
        """Admit schools' systems; their secrets are kept."""
        said = self.baton("school", "admit", *arguments, "--json")
        assert said.returncode == 0, said.stderr
        found: dict[str, Any] = json.loads(said.stdout)
        self.secrets.update({one["client"]: one["secret"] for one in found["clients"] if one["secret"]})
        return found

    def login(self, user: str, password: str | None = None) -> dict[str, Any]:
        """What librdkafka is told to come in as somebody."""
        return {
            "bootstrap.servers": self.settings.kafka,
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": user,
            "sasl.password": password or self.secrets[user],
            "ssl.ca.location": str(self.settings.kafka_ca),
            "log_level": 0,
        }

    def service(self, name: str) -> dict[str, Any]:
        return self.login(f"{name}_app", self.settings.password(f"{name}_app"))


@pytest.fixture(scope="module")
async def secured() -> AsyncIterator[Secured]:
    async with own_settings() as plain:
        settings = plain.model_copy(update={"secure": True})
        commands: set[str] = set()
        ended = threading.Event()
        watching = asyncio.create_task(asyncio.to_thread(_watch, commands, ended))
        try:
            await stack.up(settings, lambda _: None)
            ended.set()
            await watching
            made = Secured(settings, commands)
            await _register(settings, [URN, OTHER, GUIDED, *VENDORS_URNS])
            await asyncio.to_thread(made.admit, URN, OTHER)
            await asyncio.to_thread(made.admit, *VENDORS_URNS, "--client", VENDOR)
            yield made
        finally:
            ended.set()
            await stack.down(settings, lambda _: None, wipe=True)


def _watch(commands: set[str], ended: threading.Event) -> None:
    """Note what anybody on this machine sees of what runs."""
    while not ended.wait(0.05):
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # it has ended
                commands.add(process.read_text(errors="replace"))


async def _register(settings: StackSettings, urns: Sequence[str]) -> None:
    """A trust with these schools, once every writer has heard of them by Kafka."""
    await post(settings, TALENT, ("/trusts", registering()), *(("/schools", joining(urn)) for urn in urns))
    for writer in WRITERS:
        dsn = settings.dsn(writer.app, writer.database, settings.password(writer.app))
        connection = await asyncpg.connect(dsn)
        while await connection.fetchval("select count(*) from school") < len(urns):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
        await connection.close()


async def post(settings: StackSettings, service: ServiceDescription, *said: tuple[str, Mapping[str, Any]]) -> None:
    """What the trust says at a service's door."""
    leader = Principal("tester", frozenset({"trust_leader"}), TRUST, frozenset())
    token = development_token(settings, leader, lasts=timedelta(minutes=10))
    async with httpx.AsyncClient(base_url=settings.url(service), trust_env=False, timeout=30) as door:
        for path, body in said:
            headers = {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}
            answered = await door.post(path, json=dict(body), headers=headers)
            assert answered.status_code == 201, answered.text


def refused(login: Mapping[str, Any], topic: str) -> str | None:
    """Why Kafka does not take a record; None: it does."""
    producer = Producer({**login, "message.timeout.ms": 10_000})
    return sent(producer, topic, b"{}")


def sent(producer: Producer, topic: str, body: bytes) -> str | None:
    answers: list[Any] = []
    headers: list[Any] = [("content-type", b"application/cloudevents+json")]
    try:
        producer.produce(topic, body, headers=headers, on_delivery=lambda error, _: answers.append(error))
    except KafkaException as known:  # Kafka said so of the topic since the last one was sent
        return str(known.args[0].name())
    producer.flush(15)
    [error] = answers
    return None if error is None else str(error.name())


def unreadable(login: Mapping[str, Any], topic: str, group: str) -> str | None:
    """Why Kafka lets nobody read; None: it does."""
    consumer = Consumer({**login, "group.id": group, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    try:
        found = consumer.poll(8)
    finally:
        consumer.close()
    error = found.error() if found else None
    return None if error is None else str(error.name())


def read_told(login: Mapping[str, Any], urn: str, last: str, within_s: float = 30) -> dict[str, dict[str, Any]]:
    """What a school was told, by the names of the events, until this one is there."""
    found: dict[str, dict[str, Any]] = {}
    consumer = Consumer({**login, "group.id": f"{login['sasl.username']}-told", "auto.offset.reset": "earliest"})
    consumer.subscribe([f"to-school.{urn}"])
    deadline = time.monotonic() + within_s
    while last not in found and time.monotonic() < deadline:
        record = consumer.poll(0.5)
        if record is not None and record.error() is None:
            headers: dict[str, bytes] = dict(record.headers() or [])  # type: ignore[arg-type]
            found[headers["ce_type"].decode().split(".")[3]] = json.loads(record.value() or b"")
    consumer.close()
    return found


def receipts(login: Mapping[str, Any], urns: Sequence[str], *ids: str) -> dict[str, dict[str, Any]]:
    """Schools' receipts, once those of these events are there."""
    found: dict[str, dict[str, Any]] = {}
    consumer = Consumer({**login, "group.id": f"{login['sasl.username']}-receipts", "auto.offset.reset": "earliest"})
    consumer.subscribe([f"receipts.{urn}" for urn in urns])
    deadline = time.monotonic() + 30
    while not set(ids) <= found.keys() and time.monotonic() < deadline:
        record = consumer.poll(1)
        if record is not None and record.error() is None:
            one = json.loads(record.value() or b"")
            found[one["event_id"]] = one
    consumer.close()
    return found


async def test_all_of_it_is_ready_and_remembers_that_it_is_secured(secured: Secured) -> None:
    found = await status(secured.settings)
    assert all(service["ready"] for service in found["services"].values())

    said = await asyncio.to_thread(secured.baton, "status", "--json")  # nobody tells this one that it is
    assert json.loads(said.stdout)["kafka"]["secure"] is True
    with pytest.raises(Unmet, match="stays secured"):
        await stack.up(secured.settings.model_copy(update={"secure": False}), lambda _: None)


async def test_each_service_may_do_on_kafka_what_it_does_and_nothing_else(secured: Secured) -> None:
    users = Users(secured.settings.cluster)

    for service in SERVICES:
        assert await users.rights_of(service.app) == singly(rights_of_service(service))
    client = client_of_school(URN)
    assert await users.rights_of(client) == singly(rights_of_client(client, [URN]))
    assert await users.known() == {
        *("baton", VENDOR, client, client_of_school(OTHER)),
        *(service.app for service in SERVICES),
    }


def singly(rights: Sequence[Right]) -> set[Right]:
    return {Right(one.kind, one.name, (what,), is_prefix=one.is_prefix) for one in rights for what in one.operations}


async def test_what_a_writer_signs_of_its_log_reaches_reporting_and_a_file(secured: Secured) -> None:
    settings = secured.settings
    connection = await asyncpg.connect(reporting_dsn(settings))
    try:
        async with asyncio.timeout(30):
            while not (note := await connection.fetchval(_HEARD, len(VENDORS_URNS))):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.1)
    finally:
        await connection.close()

    kept, key = ((settings.checkpoints / f"talent.{kind}").read_text() for kind in ("txt", "key"))
    assert note in [str(one.note) for one in checkpoints(kept)]
    assert Checkpoint.of(note).note.is_signed_by([Key.of(key.strip())])


_HEARD = "select note from checkpoint where service = 'talent' and size > $1 order by size desc limit 1"


def reporting_dsn(settings: StackSettings) -> str:
    [reporting] = [service for service in SERVICES if not service.is_writer]
    return settings.dsn(reporting.app, reporting.database, settings.password(reporting.app))


def test_no_service_speaks_for_another(secured: Secured) -> None:
    for writer in WRITERS:
        others = [f"{other.name}.events" for other in WRITERS if other is not writer]
        assert [refused(secured.service(writer.name), topic) for topic in others] == [DENIED] * 2
    everywhere = [*(f"{writer.name}.events" for writer in WRITERS), f"ingest.talent.{URN}", f"receipts.{URN}"]
    assert {refused(secured.service("reporting"), topic) for topic in everywhere} == {DENIED}
    assert unreadable(secured.service("reporting"), f"receipts.{URN}", "reporting") == DENIED


def librdkafka() -> Path:
    """The library of confluent-kafka: Debian 12's own one answers SCRAM in a way that Kafka 4 refuses."""
    [library] = (Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs").glob("librdkafka-*.so*")
    return library


def kcat(secured: Secured, user: str, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run kcat."""
    login = [part for name, text in secured.login(user).items() for part in ("-X", f"{name}={text}")]
    return subprocess.run(
        ["kcat", *login, *arguments],
        input=said,
        env={**os.environ, "LD_PRELOAD": str(librdkafka())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_schools_kcat_publishes_and_reads_its_receipt(secured: Secured) -> None:
    user, event = client_of_school(URN), claim("PersonRegistered", person())

    written = kcat(
        secured,
        user,
        *("-P", "-t", f"ingest.talent.{URN}", "-H", "content-type=application/cloudevents+json"),
        said=json.dumps(event),
    )
    assert written.returncode == 0, written.stderr
    deadline, read = time.monotonic() + 30, ""
    while event["id"] not in read and time.monotonic() < deadline:
        read = kcat(secured, user, "-C", "-t", f"receipts.{URN}", "-o", "beginning", "-e", "-q").stdout

    [receipt, *_] = [one for line in read.splitlines() if (one := json.loads(line))["event_id"] == event["id"]]
    assert receipt["outcome"] == "accepted"
    elsewhere = kcat(secured, user, "-P", "-t", f"ingest.talent.{OTHER}", said=json.dumps(event))
    assert (elsewhere.returncode, "authorization failed" in elsewhere.stderr) == (1, True)


def test_a_school_publishes_and_does_nothing_else(secured: Secured) -> None:
    user = client_of_school(URN)
    login, event = secured.login(user), claim("PersonRegistered", person())

    assert sent(Producer(login), f"ingest.talent.{URN}", json.dumps(event).encode()) is None
    assert receipts(login, [URN], event["id"])[event["id"]]["outcome"] == "accepted"
    elsewhere = [
        "talent.events",
        f"ingest.talent.{OTHER}",
        f"ingest.cpd.{OTHER}",
        f"receipts.{URN}",
        f"to-school.{URN}",
    ]
    assert [refused(login, topic) for topic in elsewhere] == [DENIED] * len(elsewhere)
    for topic in ("talent.events", f"ingest.talent.{URN}", f"receipts.{OTHER}", f"to-school.{OTHER}"):
        assert unreadable(login, topic, f"{user}-else") == DENIED, topic
    assert unreadable(login, f"receipts.{URN}", "talent-intake") == "GROUP_AUTHORIZATION_FAILED"
    assert unreadable(login, f"to-school.{URN}", user) is None


async def test_a_school_reads_its_items_and_the_trusts_answers(secured: Secured) -> None:
    asked, held = cycle(), focus()
    item = Asked(asked["cycle"], held["focus_id"], str(uuid4())).item(applies_to=[URN])
    met = meeting([item["item_id"]], urns=[URN], answers=[answer(item["item_id"], URN)])
    said = {"item_id": item["item_id"], "urn": URN, "meeting_id": met["meeting_id"]}
    where = f"/answers/{item['item_id']}/{URN}"
    await post(
        secured.settings,
        COLLABORATION,
        *(("/cycles", asked), ("/focus-areas", held), ("/agenda-items", item), ("/meetings", met)),
        *((f"{where}/acknowledge", said), (f"{where}/respond", {**said, "response": "Well done."})),
    )

    user = client_of_school(URN)
    told = await asyncio.to_thread(read_told, secured.login(user), URN, "TrustResponseGiven")

    assert list(told) == [
        *("CycleOpened", "FocusAreaSet", "StandardAgendaItemIssued"),
        *("TrustAcknowledged", "TrustResponseGiven"),
    ]
    assert told["TrustResponseGiven"]["response"] == "Well done."

    others = Asked(asked["cycle"], held["focus_id"], str(uuid4())).item(applies_to=[OTHER])
    await post(secured.settings, COLLABORATION, ("/agenda-items", others))
    elsewhere = secured.login(client_of_school(OTHER))
    told = await asyncio.to_thread(read_told, elsewhere, OTHER, "StandardAgendaItemIssued")
    assert list(told) == ["CycleOpened", "FocusAreaSet", "StandardAgendaItemIssued"]  # what came before was not for it
    assert told["StandardAgendaItemIssued"]["item_id"] == others["item_id"]


def test_who_does_not_know_the_secret_does_not_get_in(secured: Secured) -> None:
    for login in (secured.login(client_of_school(URN), "guessed"), {"bootstrap.servers": secured.settings.kafka}):
        with pytest.raises(KafkaException):
            Producer({**login, "log_level": 0}).list_topics(timeout=3)


async def test_nobody_without_the_brokers_key_speaks_to_its_controller(secured: Secured) -> None:
    properties = (secured.settings.var / "kafka" / "server.properties").read_text().splitlines()
    [place] = [line.partition("@")[2] for line in properties if line.startswith("controller.quorum.voters=")]
    host, _, port = place.partition(":")
    context = ssl.create_default_context(cafile=secured.settings.kafka_ca)

    async def speak() -> bytes:
        reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
        writer.write(b"\0\0\0\4ping")
        await writer.drain()
        return await reader.read(1)

    with pytest.raises((ssl.SSLError, ConnectionError), match=r"(?i)certificate|reset"):
        await speak()


def test_a_vendors_client_serves_its_twelve_schools_and_no_thirteenth(secured: Secured) -> None:
    login = secured.login(VENDOR)
    producer, events = Producer(login), {urn: claim("PersonRegistered", person()) for urn in VENDORS_URNS}

    for urn, event in events.items():
        assert sent(producer, f"ingest.talent.{urn}", json.dumps(event).encode()) is None
    ids = [event["id"] for event in events.values()]
    read = receipts(login, VENDORS_URNS, *ids)
    assert {read[id_]["outcome"] for id_ in ids} == {"accepted"}
    assert refused(login, f"ingest.talent.{URN}") == DENIED
    assert [unreadable(login, topic, VENDOR) for topic in (f"receipts.{URN}", f"to-school.{URN}")] == [DENIED] * 2


def test_the_guide_for_integrators_is_carried_out(secured: Secured, tmp_path: Path) -> None:
    shutil.copy(str(secured.settings.kafka_ca), tmp_path / "ca.pem")

    newer = {"LD_PRELOAD": str(librdkafka())}
    carry_out(ROOT / "docs/integrating.md", secured.settings, tmp_path, replaced={URN: GUIDED}, environment=newer)


def test_no_list_of_processes_shows_a_password(secured: Secured) -> None:
    passwords = [file.read_text() for file in (secured.settings.var / "secrets").glob("*.password")]

    assert any("format.arguments" in command for command in secured.commands)
    assert not [password for password in passwords for command in secured.commands if password in command]


def test_nobody_else_on_the_machine_reads_what_kafka_keeps(secured: Secured) -> None:
    assert (secured.settings.var / "kafka" / "data").stat().st_mode & 0o077 == 0


async def test_a_client_has_quotas(secured: Secured) -> None:
    client = AIOKafkaClient(**secured.settings.cluster.client)
    await client.bootstrap()
    asked = DescribeClientQuotasRequest([("user", 0, client_of_school(URN))], strict=True)
    answer: Any = await client.send(client.get_random_node(), asked)
    await client.close()

    [(_, values)] = answer.entries
    assert dict(values) == CLIENT_QUOTAS


def test_who_is_admitted_again_keeps_the_secret_until_a_new_one_is_asked_for(secured: Secured) -> None:
    [first] = secured.admit("900201", "--client", "tidal")["clients"]
    secured.admit("900202", "--client", "tidal")
    login = secured.login("tidal", first["secret"])
    assert [refused(login, f"ingest.cpd.{urn}") for urn in ("900201", "900202")] == [None, None]

    secured.admit("900201", "--client", "tidal", "--new-secret")
    with pytest.raises(KafkaException):
        Producer(login).list_topics(timeout=3)
    assert refused(secured.login("tidal"), "ingest.cpd.900202") is None
    said = secured.baton("school", "admit", "900201", "--client", "tid")
    assert (said.returncode, "begin alike" in said.stderr) == (1, True)


@pytest.mark.parametrize("arguments", [("900301", "--client", "shore"), ("--client", "shore")], ids=["part", "whole"])
def test_what_is_connected_is_refused_once_it_is_revoked(secured: Secured, arguments: Sequence[str]) -> None:
    secured.admit("900301", "900302", "--client", "shore")
    login = secured.login("shore")
    producer = Producer({**login, "message.timeout.ms": 10_000})
    consumer = Consumer({**login, "group.id": "shore", "auto.offset.reset": "earliest"})
    consumer.subscribe(["receipts.900301"])
    assert sent(producer, "ingest.talent.900301", b"{}") is None
    within(lambda: (record := consumer.poll(1)) is not None and record.error() is None)
    assert answer_to(secured, "shore") == 200

    secured.baton("school", "revoke", *arguments)

    within(lambda: sent(producer, "ingest.talent.900301", b"{}") == DENIED)
    within(lambda: (record := consumer.poll(1)) is not None and (error := record.error()) and error.name() == DENIED)
    is_part = len(arguments) > 2
    within(lambda: answer_to(secured, "shore") == (200 if is_part else 401))
    assert (sent(producer, "ingest.talent.900302", b"{}") is None) == is_part
    consumer.close()
    secured.baton("school", "revoke", "--client", "shore")
    with pytest.raises(KafkaException):
        Producer(login).list_topics(timeout=3)


def answer_to(secured: Secured, client: str) -> int:
    """What a writer's door answers a client by its key."""
    key = {"X-API-Key": f"{client}.{secured.secrets[client]}"}
    return httpx.get(f"{secured.settings.url(TALENT)}/answers", headers=key, trust_env=False).status_code


def within(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
