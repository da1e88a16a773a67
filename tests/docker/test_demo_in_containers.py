"""`baton demo --external` plays on the stack in containers, once."""

from __future__ import annotations

import json

import httpx
import pytest

from deploy.baton.demo import SEED
from deploy.demo.half_term import half_term
from tests.docker.conftest import Compose

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
