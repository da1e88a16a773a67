"""`baton publish` on a real writer: each line once, whoever is killed in between; what was refused is named."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.doors import Doors, doors
from deploy.errors import Unmet
from deploy.school_exports.publishing import publish
from deploy.settings import ROOT
from tests.stack import Stack
from tests.support.tables import contents
from tests.support.writer import Place, Process, claim, outside, person, place

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("running")]

SCHOOL = "900001"
FRACTION = "This cannot be read: a number has a fraction or an exponent; amounts are whole numbers in the unit's name."


@pytest.fixture(scope="module")
async def talent(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Place]:
    """Talent's place, without a Kafka."""
    async with place(stack, kafka_runs=False) as here:
        yield here


@pytest.fixture(scope="module")
async def running(talent: Place) -> AsyncIterator[Process]:
    """Talent itself, which may be killed."""
    async with outside(talent) as process:
        yield process


def written(path: Path, events: Sequence[Mapping[str, Any] | str]) -> Path:
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in events))
    return path


def answers(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.with_name(f"{file.name}.receipts.jsonl").read_text().splitlines()]


async def published(here: Place, file: Path, *options: str) -> tuple[int, str, str]:
    token = here.token("school_system", urns=(SCHOOL,))
    return await here.baton("publish", str(file), *options, BATON_TOKEN=token)


async def test_where_answers_cannot_be_kept_nothing_is_sent(tmp_path: Path) -> None:
    file = written(tmp_path / "events.jsonl", [claim("PersonRegistered", person())])
    file.with_name("events.jsonl.receipts.jsonl").mkdir()

    with pytest.raises(Unmet, match=r"receipts\.jsonl cannot be written"):
        await publish(file, Doors({}), print)


async def test_what_is_refused_is_named_by_its_line(talent: Place, tmp_path: Path) -> None:
    fraction = json.dumps(claim("PersonRegistered", person(), "told-5")).replace('"data": {', '"data": {"age": 4.5, ')
    file = written(
        tmp_path / "mixed.jsonl",
        [
            claim("PersonRegistered", person(), "told-1"),
            "",
            claim("PersonRegistered", person(shoe_size="42"), "told-3"),
            claim("OfTomorrow", {}, "told-4"),
            fraction,
            claim("OfNobody", {}, "told-6") | {"type": "com.vendor.Something"},
            "{not json",
        ],
    )

    ended, out, _ = await published(talent, file)
    assert ended == 1
    assert out.splitlines() == [
        "mixed.jsonl:3: /data/shoe_size: Unexpected keyword argument (invalid)",
        f"mixed.jsonl:5: /data/age: {FRACTION} (not_json)",
        "mixed.jsonl:6: /type: No service takes this type: docs/events.md has all there are. (unknown_type)",
        "mixed.jsonl:7: This cannot be read: not JSON at column 2. (not_json)",
        "6 events: 1 accepted, 1 parked, 4 refused.",
    ]
    assert [(a["line"], a["event_id"], a["outcome"]) for a in answers(file)][:3] == [
        (1, "told-1", "accepted"),
        (3, "told-3", "refused"),
        (4, "told-4", "parked"),
    ]

    ended, out, err = await published(talent, file, "--json")
    again = json.loads(out)
    assert (ended, again["outcomes"]) == (1, {"accepted": 1, "parked": 1, "refused": 4})
    assert "Going on after line 7" in err

    ended, out, _ = await published(talent, file, "--from-start", "--json")
    assert json.loads(out)["outcomes"] == {"duplicate": 1, "parked": 1, "refused": 4}


async def test_a_file_that_grew_goes_on_and_one_that_changed_is_noticed(talent: Place, tmp_path: Path) -> None:
    people = [claim("PersonRegistered", person(), f"grows-{number}") for number in range(3)]
    file = tmp_path / "grows.jsonl"
    proof = {"authorization": f"Bearer {talent.token('school_system', urns=(SCHOOL,))}"}

    async with doors([talent.stack.url(talent.service)], proof, print) as found:
        await publish(written(file, people[:2]), found, print)
        assert (await publish(written(file, people), found, print)).outcomes == {"accepted": 3}

        with pytest.raises(Unmet, match="has changed in its first 3 lines, which were sent"):
            await publish(written(file, [people[1], people[0], people[2]]), found, print)


async def test_answers_that_the_position_does_not_know_of_are_written_anew(talent: Place, tmp_path: Path) -> None:
    people = [claim("PersonRegistered", person(), f"cut-{number}") for number in range(3)]
    file, position = tmp_path / "cut.jsonl", tmp_path / "cut.jsonl.position"
    proof = {"authorization": f"Bearer {talent.token('school_system', urns=(SCHOOL,))}"}

    async with doors([talent.stack.url(talent.service)], proof, print) as found:
        await publish(written(file, people[:2]), found, print)
        before = position.read_bytes()
        await publish(written(file, people), found, print)
        position.write_bytes(before)  # as if it had died before it kept the newer one
        assert (await publish(file, found, print)).outcomes == {"accepted": 2, "duplicate": 1}

    assert [answer["line"] for answer in answers(file)] == [1, 2, 3]


async def test_a_last_line_that_is_written_on_has_changed(talent: Place, tmp_path: Path) -> None:
    file = tmp_path / "unfinished.jsonl"
    proof = {"authorization": f"Bearer {talent.token('school_system', urns=(SCHOOL,))}"}

    async with doors([talent.stack.url(talent.service)], proof, print) as found:
        file.write_text(json.dumps(claim("PersonRegistered", person())))
        assert (await publish(file, found, print)).outcomes == {"accepted": 1}
        file.write_text(file.read_text() + " ")
        with pytest.raises(Unmet, match="has changed"):
            await publish(file, found, print)


async def test_who_comes_without_a_token_is_told_so(talent: Place, tmp_path: Path) -> None:
    file = written(tmp_path / "one.jsonl", [claim("PersonRegistered", person())])

    assert (await talent.baton("publish", str(file)))[0] == 2
    ended, _, err = await talent.baton("publish", str(file), "--token", "nonsense")
    assert ended == 1
    assert "Talent refused this: This token is not one that this platform takes" in err


async def test_an_export_is_held_against_what_the_service_knows(talent: Place, tmp_path: Path) -> None:
    known, fresh = person(), person()
    token, address = talent.token("school_system", urns=(SCHOOL,)), talent.stack.url(talent.service)
    async with doors([address], {"authorization": f"Bearer {token}"}, print) as found:
        await publish(written(tmp_path / "known.jsonl", [claim("PersonRegistered", known)]), found, print)
    before = await contents(talent.owner_dsn)
    export = [
        claim("PersonRegistered", {**known, "staff_ref": "other"}),
        claim("EngagementStarted", _engagement(fresh)),
        claim("PersonRegistered", fresh),
        claim("EngagementStarted", _engagement(fresh)),
    ]

    file = written(tmp_path / "export.jsonl", export)
    ended, out, _ = await talent.baton("conformance", str(file), "--against", address, "--token", token, "--json")

    told = json.loads(out)
    assert (ended, told["refused"], told["rest_on_others"]) == (1, 1, 1)
    assert [(f["line"], f["weight"], f["code"]) for f in told["findings"]] == [
        (1, "refused", "person_exists"),
        (2, "remark", "too_early"),
        (2, "remark", "person_unknown"),
    ]
    assert await contents(talent.owner_dsn) == before


def _engagement(whose: Mapping[str, Any]) -> dict[str, Any]:
    by = {"source": whose["source"], "staff_ref": whose["staff_ref"]}
    engagement = {"person_id": by, "engagement_id": str(uuid4()), "urn": SCHOOL, "kind": "permanent", "role": "teacher"}
    return {**engagement, "fte_hundredths": 100, "started_on": "2026-09-01"}


async def test_whoever_is_killed_nothing_is_lost_and_nothing_is_there_twice(
    running: Process, talent: Place, tmp_path: Path
) -> None:
    before = await talent.fetchval("select count(*) from event where type like '%PersonRegistered%'")
    people = [claim("PersonRegistered", person(), f"run-{number}") for number in range(3_000)]
    file = written(tmp_path / "people.jsonl", people)

    first = await _started(talent, file)
    await _lines_until(first, "is answered")
    first.kill()
    await first.wait()
    second = await _started(talent, file)
    await _lines_until(second, "Going on after line")
    running.process.kill()
    await running.process.wait()
    await _lines_until(second, "Talent cannot be asked")
    async with outside(talent):
        assert await asyncio.wait_for(second.wait(), 60) == 0

    assert [answer["line"] for answer in answers(file)] == list(range(1, 3_001))
    assert {answer["outcome"] for answer in answers(file)} <= {"accepted", "duplicate"}
    after = await talent.fetchval("select count(*) from event where type like '%PersonRegistered%'")
    assert after - before == 3_000


async def _started(here: Place, file: Path) -> asyncio.subprocess.Process:
    """`baton publish` as a process, which may be killed."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from deploy.baton.cli import main; main()", "publish", str(file)),
        cwd=ROOT,
        env={
            **os.environ,
            "BATON_VAR": str(here.stack.var),
            "BATON_TALENT_PORT": str(here.stack.talent_port),
            "BATON_TOKEN": here.token("school_system", urns=(SCHOOL,)),
        },
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


async def _lines_until(process: asyncio.subprocess.Process, text: str) -> list[str]:
    assert process.stderr
    lines: list[str] = []
    while line := (await asyncio.wait_for(process.stderr.readline(), 30)).decode():
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(lines)
