"""A person's rights, carried out by an operator on the demo's trust: given, put right, kept long enough and erased."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.baton.demo import SEED
from deploy.demo.half_term import personal_markers
from deploy.demo.trust import UID
from deploy.description import SERVICES, SUPERUSER
from deploy.settings import StackSettings
from deploy.tokens import development_token, trust_token
from shared.identity import Principal
from tests.e2e.conftest import Baton
from tests.support.writer import until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
TALENT, *_, REPORTING = SERVICES
AS_LEADER = {"who": "trust", "then": "/"}
FIRST, SECOND, WHY = "Ada First-Marker", "Ada Second-Marker", "To answer a complaint about Ada First-Marker."


def done(ran: subprocess.CompletedProcess[str]) -> Any:
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture
async def talent(lived_in: StackSettings) -> Any:
    token = trust_token(lived_in, UID, "test", lasts=timedelta(hours=1))
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=lived_in.url(TALENT), headers=headers, trust_env=False) as client:
        yield client


async def much_is_held_about(settings: StackSettings) -> str:
    """The person whom most events name; their id."""
    password = settings.password(SUPERUSER)
    assert password
    ledger = await asyncpg.connect(settings.dsn(SUPERUSER, "reporting", password))
    try:
        found: str = await ledger.fetchval(
            """select name from ledger, unnest(about) as name where trustuid = $1 and name like '%-%'
               group by name order by count(distinct service) desc, count(*) desc, name limit 1""",
            UID,
        )
    finally:
        await ledger.close()
    return found


async def are_equal_but_for_markers(baton: Baton, directory: Path) -> None:
    """People as they are now, from everywhere; from each the same texts are markers."""

    async def are_equal() -> bool:
        asked = ("replay", "people", "--as-of", "2999-01-01", "--json")
        runs = [
            baton(*asked, "--from", source, "--out", str(directory / f"{source}-{uuid4()}"))
            for source in ("ledger", "store", "kafka")
        ]
        found = [json.loads(ran.stdout) for ran in runs]
        tables = [[one["models"], one["erased"]] for one in found]
        return {one["outcome"] for one in found} == {"equal"} and tables[0][1] != [] and tables.count(tables[0]) == 3

    await until(are_equal, seconds=60)  # reporting may not have heard yet what was said a moment ago


async def test_a_person_is_given_what_is_held_about_them(
    lived_in: StackSettings, baton: Baton, talent: httpx.AsyncClient, tmp_path: Path
) -> None:
    person_id, out = await much_is_held_about(lived_in), tmp_path / "package"

    said = done(baton("person", "export", person_id, "--out", str(out), "--json"))

    files = {path.name: path for path in out.iterdir()}
    assert files.keys() == {"events.jsonl", "read-me.html", "manifest.json"}
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    manifest = json.loads(files["manifest.json"].read_bytes())
    assert manifest["files"] == {
        name: sha256(path.read_bytes()).hexdigest() for name, path in files.items() if name in manifest["files"]
    }
    given = [json.loads(line) for line in files["events.jsonl"].read_bytes().splitlines()]
    assert len(given) == said["events"] > 10
    assert len({line["service"] for line in given}) > 1
    names = {marker for marker in personal_markers(SEED) if marker in files["events.jsonl"].read_text()}
    [registered] = [line for line in given if line["type"].endswith("PersonRegistered.v1")]
    assert registered["data"]["name"] in names
    assert "sealed:" not in files["events.jsonl"].read_text() + files["read-me.html"].read_text()

    recorded = (await talent.get(f"/people/{person_id}/personal-data")).json()["access"][-1]
    assert (
        recorded["package_sha256"] == said["package_sha256"] == sha256(files["manifest.json"].read_bytes()).hexdigest()
    )
    assert (recorded["events"], recorded["withheld"]) == (said["events"], said["withheld"])
    again = baton("person", "export", person_id, "--out", str(out))
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
    nobody = baton("person", "export", str(uuid4()), "--out", str(tmp_path / "nobody"))
    assert (nobody.returncode, "Nobody is known here" in nobody.stderr) == (1, True)


async def test_a_name_is_put_right(lived_in: StackSettings, baton: Baton, tmp_path: Path) -> None:
    person_id = await much_is_held_about(lived_in)

    said = done(baton("person", "correct", person_id, "--json", stdin='{"name": "Zebedee Right-Marker"}'))

    assert said["corrected"] == ["name"]

    async def is_given() -> bool:
        out = tmp_path / str(uuid4())
        done(baton("person", "export", person_id, "--out", str(out), "--json"))
        return "Zebedee Right-Marker" in (out / "read-me.html").read_text()

    await until(is_given)


@dataclass(frozen=True, slots=True)
class Twice:
    """Somebody who stands in the register twice: the second entry was merged into the first, which has the address."""

    first: str
    second: str
    address: str

    async def is_registered(self, talent: httpx.AsyncClient) -> None:
        def entry(person_id: str, name: str, **more: str) -> dict[str, str]:
            return {
                "person_id": person_id,
                "trustuid": UID,
                "source": "hr",
                "staff_ref": person_id,
                "name": name,
            } | more

        merger = {"into_person_id": self.first, "reason": "registered_twice"}
        for path, body in (
            ("/persons", entry(self.first, FIRST, email=self.address)),
            ("/persons", entry(self.second, SECOND)),
            (f"/persons/{self.second}/merge", merger),
        ):
            await does(talent, path, body)


async def does(talent: httpx.AsyncClient, path: str, body: Mapping[str, Any], **headers: str) -> None:
    answer = await talent.post(path, json=dict(body), headers={"idempotency-key": str(uuid4())} | headers)
    assert answer.status_code == httpx.codes.CREATED, answer.text


@pytest.fixture
async def pages(lived_in: StackSettings) -> Any:
    """The pages, to whoever signs in as the trust's leader."""
    async with httpx.AsyncClient(
        base_url=lived_in.url(REPORTING), headers={"sec-fetch-site": "same-origin"}, trust_env=False
    ) as client:
        await client.post("/sign-in", data=AS_LEADER)
        yield client


async def test_who_is_in_the_register_twice_is_given_and_erased_whole_by_one_command(
    lived_in: StackSettings, baton: Baton, talent: httpx.AsyncClient, pages: httpx.AsyncClient, tmp_path: Path
) -> None:
    twice = Twice(str(uuid4()), str(uuid4()), "ada.first-marker@school.example")
    await twice.is_registered(talent)
    concerned = [json.loads(line) for line in baton("events", "export", "--person", twice.second).stdout.splitlines()]
    assert {line["stream"] for line in concerned} >= {f"person-{twice.first}", f"person-{twice.second}"}
    [registered] = [line for line in concerned if line["stream"] == f"person-{twice.first}" and line["version"] == 1]
    auditor = development_token(lived_in, Principal("auditor", frozenset({"auditor"}), UID), lasts=timedelta(hours=1))
    shown = {"event_id": registered["id"], "fields": ["name"], "reason": WHY}
    await does(talent, "/reveals", shown, authorization=f"Bearer {auditor}")
    await pages.post("/post", data={"kinds": ["digest"], "address": twice.address.upper()})
    assert (await pages.get("/post")).status_code == httpx.codes.OK

    async def is_given() -> list[dict[str, Any]]:
        out = tmp_path / str(uuid4())
        done(baton("person", "export", twice.second, "--out", str(out), "--json"))
        given = [json.loads(line) for line in (out / "events.jsonl").read_bytes().splitlines()]
        return given if any(line["type"].endswith("PersonalDataRevealed.v1") for line in given) else []

    given = [line["data"] for line in await until(is_given, seconds=60)]
    assert {one.get("name") for one in given} >= {FIRST, SECOND}
    assert [one["reason"] for one in given if "of" in one] == [WHY]

    said = done(baton("person", "erase", twice.second, "--yes", "--json"))

    assert said["erasures"].keys() == {twice.first, twice.second}
    assert said["receipts"].keys() == {service.name for service in SERVICES}
    assert said["receipts"]["talent"]["keys"] == 3  # of both entries, and of why the name was shown
    assert said["receipts"]["reporting"]["cleared"] >= 2  # the session, the subscription, and a letter if one was due
    assert (await pages.get("/post")).status_code == httpx.codes.SEE_OTHER
    await pages.post("/sign-in", data=AS_LEADER)
    name = f"local-trust-leader-{UID}"
    again = done(baton("person", "erase", twice.first, "--signs-in-as", name, "--yes", "--json"))
    said["receipts"]["reporting"]["cleared"] += 1
    assert (again["erasures"], again["receipts"]) == (said["erasures"], said["receipts"])
    assert (await pages.get("/post")).status_code == httpx.codes.SEE_OTHER
    nothing = baton("person", "export", twice.second, "--out", "/nowhere/at/all")
    assert (nothing.returncode, "person_erased" in nothing.stderr) == (1, True)


async def test_who_was_kept_long_enough_is_told_and_then_erased(
    lived_in: StackSettings, baton: Baton, talent: httpx.AsyncClient, tmp_path: Path
) -> None:
    person_id, engagement_id = str(uuid4()), str(uuid4())
    who = {"person_id": person_id, "trustuid": UID, "source": "hr", "staff_ref": f"L-{person_id[:8]}", "name": "Gone"}
    engaged = {"engagement_id": engagement_id, "kind": "supply", "role": "teacher", "fte_hundredths": 100}
    for path, body in (
        ("/persons", who),
        (f"/persons/{person_id}/engagements", {**engaged, "started_on": "2010-09-01"}),
        (f"/persons/{person_id}/engagements/{engagement_id}/end", {"ended_on": "2012-07-20"}),
    ):
        answer = await talent.post(path, json=body, headers={"idempotency-key": str(uuid4())})
        assert answer.status_code == httpx.codes.CREATED, answer.text

    before = done(baton("retention", "report", "--trust", UID, "--json"))
    unasked = baton("retention", "apply", "--trust", UID)
    applied = done(baton("retention", "apply", "--trust", UID, "--yes", "--json"))
    again = done(baton("retention", "apply", "--trust", UID, "--yes", "--json"))

    due = {"person_id": person_id, "kept_until": "2018-07-20", "kinds": ["supply"]}
    assert before["due"] == [due]
    assert unasked.returncode == 2
    assert (applied["erased"], applied["kept"]) == ([person_id], {})
    assert again["erased"] == []
    await are_equal_but_for_markers(baton, tmp_path)
    given = baton("person", "export", person_id, "--out", "/nowhere/at/all")
    assert (given.returncode, "person_erased" in given.stderr) == (1, True)
    waited = baton("person", "erase", person_id, "--ground", "retention_over", "--yes", "--wait", "0")
    assert (waited.returncode, "these have not said yet that it is done" in waited.stderr) == (1, True), waited.stderr
    kept = baton("person", "erase", await much_is_held_about(lived_in), "--yes")
    assert (kept.returncode, "is refused, and that is recorded: a retention rule keeps" in kept.stderr) == (1, True), (
        kept.stderr
    )
