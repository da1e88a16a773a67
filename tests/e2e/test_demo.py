"""The demo as a user runs it: it ends well, leaves nothing running, shows what was planned, and nobody in clear."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaProducer

from deploy.baton.demo import SEED
from deploy.demo.half_term import half_term, personal_markers
from deploy.demo.plan import Plan, answers, standing
from deploy.demo.story import CYCLES, SILENT
from deploy.demo.trust import SCHOOLS, UID
from deploy.description import DATABASES, SUPERUSER, topics_of_school
from deploy.dsn import postgres_dsn
from deploy.settings import StackSettings
from tests.stack import until
from tests.support import writer
from tests.support.everything import columns, topics

_TOLD_IN_CLEAR = "to-school."  # a school reads its own there, opened for it, for 30 days (ADR 0039)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

REGISTER = Counter(TrustRegistered=3, SchoolJoinedTrust=49, RoleCountDeclared=7)
"""What the real register brings."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return half_term(SEED)


@pytest.fixture
def up(demo: StackSettings) -> StackSettings:
    """The demo's data, looked at by a stack that was started again."""
    return demo


@pytest.fixture(scope="module")
def needles() -> Needles:
    return Needles(personal_markers(SEED))


class Needles:
    """Personal texts to look for, as they are and in hexadecimal; of numbers, only those that stand alone."""

    def __init__(self, markers: frozenset[str]) -> None:
        numbers = [marker for marker in markers if marker.isdigit()]
        texts = [marker.encode() for marker in markers if not marker.isdigit()]
        self._texts = [*texts, *(text.hex().encode() for text in texts)]
        self._numbers = re.compile(rf"(?<![0-9A-Za-z])(?:{'|'.join(numbers)})(?![0-9A-Za-z])".encode())

    def found_in(self, content: bytes) -> list[bytes]:
        return [text for text in self._texts if text in content] + self._numbers.findall(content)


# What a user sees


def test_it_ends_well_and_says_so(ran: subprocess.CompletedProcess[str], settings: StackSettings, plan: Plan) -> None:
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout.splitlines()[-1])

    delay = said.pop("platform_delay_ms")
    assert said == {
        "schools": 12,
        "events": (plan.events() + Counter(talent=REGISTER.total())).total(),
        "refused": sum(n for (outcome, _), n in plan.outcomes().items() if outcome == "refused"),
        "parked": 1,
        "dashboard": f"http://127.0.0.1:{settings.reporting_port}/",
    }
    assert 0 < delay["median"] <= delay["p90"] < 30_000


def test_it_tells_each_week_and_the_loop_in_plain_lines(ran: subprocess.CompletedProcess[str]) -> None:
    weeks = [line for line in ran.stderr.splitlines() if line.startswith("Week ")]

    assert [line.split()[1].rstrip(",") for line in weeks] == list("1234567")
    assert "\x1b[" not in ran.stderr
    assert {"■ Off track", "▲ At risk", "● On track", "! Overdue"} <= {
        mark for mark in ("■ Off track", "▲ At risk", "● On track", "! Overdue") if mark in ran.stderr
    }


def test_nothing_is_left_running(ran: subprocess.CompletedProcess[str], left_running: list[str]) -> None:
    assert ran.returncode == 0
    assert left_running == []


# What the reports show


async def test_every_event_of_the_plan_was_recorded_once(up: StackSettings, plan: Plan) -> None:
    recorded = Counter[str]()
    for service in ("talent", "cpd", "collaboration"):
        connection = await _connect(up, service)
        rows = await connection.fetch("select split_part(type, '.', 4) as name, count(*) as n from event group by 1")
        recorded += Counter({row["name"]: row["n"] for row in rows})
        await connection.close()

    assert recorded == _planned(plan) + REGISTER


async def test_focus_shows_what_stands(up: StackSettings, plan: Plan) -> None:
    stands, overdue = standing(plan), set(plan.overdue())
    rows = await _rows(up, "focus")

    assert len(rows) == 3 * (4 * 12 - 1)
    answered = {(UUID(row["item_id"]), row["urn"]): row for row in rows if row["item_id"]}
    assert answered.keys() == stands.keys()
    for key, row in answered.items():
        assert (row["state"], row["meeting_id"]) == (stands[key]["rag"], stands[key]["meeting_id"])
        assert row["needs_help"] == stands[key].get("needs_help", False)
        assert row["comment_given"] == ("comment" in stands[key])
    silent = Counter((row["urn"], row["state"]) for row in rows if row["state"] in ("overdue", "no_answer"))
    assert silent == {
        **{(urn, "overdue"): 3 for urn in SILENT},
        **{(urn, "no_answer"): 1 for urn in (*SILENT, "900004")},
    }
    assert {urn for _, urn in overdue} >= set(SILENT)
    assert {row["trend"] for row in rows} == {None, "better", "worse", "same"}


async def test_loop_shows_how_far_each_answer_came(up: StackSettings, plan: Plan) -> None:
    done = {
        event: {_key(saying.data) for saying in plan.taken(event)}
        for event in ("TrustAcknowledged", "TrustResponseGiven", "ResponseRead", "ActionAgreed")
    }
    said: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for saying in plan.taken():
        said |= {_key(answer): answer for answer in answers(saying)}
    raised = {key for key, answer in said.items() if answer["rag"] == "red" or answer.get("needs_help")}
    rows = {_key(row): row for row in await _rows(up, "loop")}

    assert rows.keys() == raised
    for key, row in rows.items():
        assert (row["acknowledged_at"] is not None) == (key in done["TrustAcknowledged"])
        assert (row["responded_at"] is not None) == (key in done["TrustResponseGiven"])
        assert (row["read_at"] is not None) == (key in done["ResponseRead"])
        assert bool(row["actions"]) == (key in done["ActionAgreed"])
    assert {row["effect"] for row in rows.values()} == {None, "better", "same", "worse"}
    assert {row["acknowledged_within_2_working_days"] for row in rows.values()} >= {True, False}


async def test_the_clocks_jumps_are_in_no_delay(up: StackSettings) -> None:
    delays = [row["platform_delay_ms"] for row in await _rows(up, "loop")]

    assert all(abs(delay) < 60_000 for delay in delays)


async def test_agenda_shows_who_did_not_meet(up: StackSettings) -> None:
    rows = [row for row in await _rows(up, "agenda") if row["trustuid"] == UID]

    assert len(rows) == 3 * 12
    assert {(row["cycle"], row["urn"]) for row in rows if row["no_meeting"]} == {(CYCLES[-1].name, u) for u in SILENT}
    assert sum(row["late_answers"] for row in rows) >= 5


async def test_roles_are_as_declared_for_leicestershire(up: StackSettings) -> None:
    rows = {row["scheme"]: row for row in await _rows(up, "roles")}

    counts = {scheme: row["count"] for scheme, row in rows.items()}
    assert counts == {"TSA": 6, "MAT": 9, "NLE": 17, "NSS": 17, "NLG": 4, "LLE": 23, "SLE": None}
    assert rows["MAT"]["schools_sponsored"] == 33
    assert rows["SLE"]["not_known_reason"]


# What must be found nowhere


async def test_no_personal_text_is_in_any_table(up: StackSettings, needles: Needles) -> None:
    found: dict[str, list[bytes]] = {}
    everything = b""
    for database in (*(described.name for described in DATABASES), "postgres"):
        connection = await _connect(up, database)
        for table, content in [dumped async for dumped in columns(connection)]:
            found |= {f"{database}: {table}": hits} if (hits := needles.found_in(content)) else {}
            everything += content
        await connection.close()

    assert not found
    assert b"sealed:" in everything
    assert CYCLES[0].name.encode() in everything  # the search would have seen what stands there in clear


async def test_no_personal_text_is_in_any_topic_and_handled_claims_are_gone(
    up: StackSettings, needles: Needles
) -> None:
    read: dict[str, bytes] = {}

    async def deleted() -> bool:
        """Handled claims are deleted when a service has nothing else to do."""
        read.update(await topics(up.kafka))
        return not _claims(read)

    await writer.until(deleted, seconds=30, why=lambda: f"claims can be read in {_claims(read)}")
    admitted = {topic.name for school in SCHOOLS for topic in topics_of_school(school.urn)}

    assert admitted <= read.keys()
    assert _claims(read) == set()
    ours = {name: content for name, content in read.items() if not name.startswith(_TOLD_IN_CLEAR)}
    assert {name: hits for name, content in ours.items() if (hits := needles.found_in(content))} == {}
    assert CYCLES[0].name.encode() in read["collaboration.events"]
    assert all(
        b'"outcome":"accepted"' in read[f"receipts.{school.urn}"] for school in SCHOOLS if school.door != "command"
    )


async def test_no_personal_text_is_in_any_file(up: StackSettings, needles: Needles) -> None:
    """Kafka's segments and the logs.

    Not `ingest.*`: what was handled cannot be read from there any more, but Kafka's file goes only when the segment
    is closed, a quarter of an hour later. The next test closes them at once. Nor what schools are told.
    """
    kept = ("ingest.", _TOLD_IN_CLEAR)
    segments = [p for p in (up.var / "kafka" / "data").glob("*/*.log") if not p.parent.name.startswith(kept)]
    logs = [path for path in (up.var / "log").rglob("*") if path.is_file()]

    assert {path.parent.name.rpartition("-")[0] for path in segments} >= {"talent.events", "collaboration.events"}
    assert {path.stem for path in logs} >= {"kafka", "postgres", "talent", "cpd", "collaboration", "reporting"}
    assert {str(path): hits for path in (*segments, *logs) if (hits := needles.found_in(path.read_bytes()))} == {}


async def test_once_its_segment_is_rolled_a_handled_claim_is_gone_from_the_disk(
    up: StackSettings, needles: Needles
) -> None:
    """Kafka closes a segment when a record comes that is later than its ten minutes, and removes what was handled."""
    topics = [topic.name for school in SCHOOLS for topic in topics_of_school(school.urn) if "ingest" in topic.name]
    later = int((time.time() + 11 * 60) * 1000)
    async with AIOKafkaProducer(bootstrap_servers=up.kafka) as producer:
        for topic in topics:
            await producer.send_and_wait(topic, b"", timestamp_ms=later)

    def in_clear() -> set[str]:
        segments = (up.var / "kafka" / "data").glob("ingest.*/*.log")
        try:
            return {path.parent.name for path in segments if needles.found_in(path.read_bytes())}
        except FileNotFoundError:  # Kafka removed one between the listing and the reading: look again
            return {"changing"}

    await until(lambda: not in_clear(), within_s=100)


def test_the_search_finds_what_is_there(needles: Needles) -> None:
    name = next(marker for marker in sorted(personal_markers(SEED)) if " " in marker).encode()
    trn = next(marker for marker in personal_markers(SEED) if marker.isdigit()).encode()

    assert needles.found_in(b"..." + name + b"...") == [name]
    assert needles.found_in(name.hex().encode()) == [name.hex().encode()]
    assert needles.found_in(b'"trn":"' + trn + b'"') == [trn]
    assert needles.found_in(b"a" + trn + b"0") == []


def _planned(plan: Plan) -> Counter[str]:
    """How often each event follows from the plan."""
    by_clock = {"FeedbackOverdue": len(plan.overdue()), "StatutoryTrainingLapsed": sum(m.lapsed for m in plan.moments)}
    followed = Counter(event for moment in plan.moments for _, event, count in moment.follows for _ in range(count))
    return sum((saying.events for saying in plan.taken()), Counter(by_clock) + followed)


def _key(said: Mapping[str, Any]) -> tuple[str, ...]:
    return said["item_id"], said["urn"], said["meeting_id"]


async def _rows(settings: StackSettings, model: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.reporting_port}", timeout=30) as client:
        found = (await client.get(f"/reports/{model}.json")).raise_for_status().json()
    rows: list[dict[str, Any]] = found["rows"]
    return rows


async def _connect(settings: StackSettings, database: str) -> asyncpg.Connection:
    password = settings.password(SUPERUSER)
    return await asyncpg.connect(postgres_dsn(SUPERUSER, database, settings.postgres_port, password=password))


def _claims(read: dict[str, bytes]) -> set[str]:
    """The topics where a claim can still be read."""
    return {name for name, content in read.items() if name.startswith("ingest.") and content}
