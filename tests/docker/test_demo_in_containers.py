"""`baton demo --external` plays on the stack in containers, once; what it left is audited and backed up there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from deploy.baton.demo import SEED
from deploy.demo.half_term import half_term
from deploy.description import CHECKPOINTS, SERVICES, WRITERS
from deploy.settings import ROOT
from tests.docker.conftest import Compose
from tests.stack import until
from tests.support.kafka import records

pytestmark = [pytest.mark.docker, pytest.mark.stack, pytest.mark.timeout(1_500)]


def test_the_demo_plays_and_a_second_one_is_refused(compose: Compose) -> None:
    said = json.loads(compose("run", "--rm", "-T", "demo", "--json").stdout.splitlines()[-1])
    again = compose("run", "--rm", "-T", "demo", "--json", check=False)

    page = f"http://127.0.0.1:{compose.settings.reporting_port}/"
    outcomes = half_term(SEED).outcomes()
    assert (said["schools"], said["parked"], said["dashboard"]) == (12, 1, page)
    assert said["refused"] == sum(n for (outcome, _), n in outcomes.items() if outcome == "refused")
    assert httpx.get(page, trust_env=False).status_code == httpx.codes.OK
    assert (again.returncode, again.stdout) == (1, "")
    assert "This stack holds data already" in again.stderr


def baton(compose: Compose, *arguments: str) -> str:
    """An operator's command, which did what it was asked for."""
    return compose("run", "--rm", "-T", "baton", *arguments).stdout


async def test_each_checkpoint_is_in_a_volume_and_on_the_topic(compose: Compose) -> None:
    for writer in WRITERS:
        unpublished = "select count(*) from checkpoint where not published"
        await until(lambda: compose.query(writer.database, unpublished) == [["0"]], within_s=60)  # noqa: B023 - awaited here
        stored = {int(size) for [size] in compose.query(writer.database, "select size from checkpoint")}
        notes = kept(compose, writer.name, "txt")
        told = [r.value for r in await records(compose.settings.kafka, CHECKPOINTS) if r.key == writer.name.encode()]

        assert stored
        assert {int(note.split("\n")[1]) for note in re.split(r"\n\n(?!— )", notes.strip("\n"))} >= stored
        assert {int((note or b"").split(b"\n")[1]) for note in told} >= stored


def kept(compose: Compose, service: str, kind: str) -> str:
    """What a writer left for auditors in its volume."""
    return compose("exec", "-T", service, "cat", f"/var/lib/baton/checkpoints/{service}.{kind}").stdout


def test_the_history_is_proven_inside_and_outside(compose: Compose, tmp_path: Path) -> None:
    checkpoints, keys, events = (tmp_path / name for name in ("checkpoints.txt", "keys.txt", "events.jsonl"))
    checkpoints.write_text("\n".join(kept(compose, writer.name, "txt") for writer in WRITERS))
    keys.write_text("".join(kept(compose, writer.name, "key") for writer in WRITERS))
    events.write_text(baton(compose, "events", "export"))
    verify = ["-m", "verifier", "verify", str(events), "--checkpoints", str(checkpoints), "--key", str(keys)]
    outside = subprocess.run([sys.executable, *verify], cwd=ROOT, capture_output=True, text=True, check=False)

    assert baton(compose, "audit", "verify").splitlines()[-1].startswith("WHOLE")
    assert outside.stdout.splitlines()[-1].startswith("WHOLE"), outside.stdout + outside.stderr


def test_what_was_shown_is_what_the_events_make(compose: Compose) -> None:
    said = baton(compose, "replay", "--as-of", "2026-11-22", "--from", "kafka", "--out", "replay.json")

    assert "EQUAL: what is shown of this moment is what these events make." in said
    assert "as it was signed" in baton(compose, "replay", "--check", "replay.json")


def test_a_person_is_given_what_is_held_about_them(compose: Compose) -> None:
    [person] = compose.query("talent", "select substr(name, 8) from stream where name like 'person-%' limit 1")
    baton(compose, "person", "export", *person, "--out", "given")
    given = compose("run", "--rm", "-T", "--entrypoint", "ls", "baton", "given").stdout.split()

    assert given == ["events.jsonl", "manifest.json", "read-me.html"]


def test_the_stores_are_backed_up_and_come_back(compose: Compose) -> None:
    services = [service.name for service in SERVICES]
    before = baton(compose, "events", "export")
    baton(compose, "backup", "now")
    compose("stop", *services)
    try:
        baton(compose, "restore", "now", "--replace", "--yes")
        assert baton(compose, "audit", "verify").splitlines()[-1].startswith("WHOLE")
    finally:
        compose("up", "--detach", "--no-deps", "--wait", *services)

    assert baton(compose, "events", "export") == before
