"""Every operation of every service, asked at random: nothing fails on our side, no answer that is not described.

The requests are made from the service's own description, some as it says and some otherwise, always the same ones.
Ids, schools and days come from a few, so that requests meet what earlier ones left.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import count, cycle
from typing import Any

import asyncpg
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.description import SERVICES, ServiceDescription
from shared.contracts.vocabulary import identifier
from tests.stack import Stack
from tests.support.writer import COLLABORATION, CPD, TRUST, Place, joined, outside, place

pytestmark = pytest.mark.timeout(300)  # a process that starts

REQUESTS = 8  # of each operation
KINDS = 50
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS = "/live"  # a stream; tests/integration/reporting/test_api.py reads its beginning
SCHOOLS = ["900001", "900002"]
IDS = [f"01900000-0000-7000-8000-00000000000{number}" for number in range(3)]
DAYS = ["2025-09-01", "2026-09-01", "2026-11-02", "0001-01-01", "9999-12-31"]
FEW: Mapping[str, list[str]] = {
    "uuid": IDS,
    "date": DAYS,
    "date-time": [f"{day}T16:10:00Z" for day in DAYS],
    "^[1-9][0-9]{5}$": SCHOOLS,
    "^[1-9][0-9]{3,4}$": [TRUST],
    "^[a-z0-9][a-z0-9_-]{0,60}$": ["mis", "teacher"],
    "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,60}$": ["S0", "S1"],
    "^[a-z0-9][a-z0-9_-]{0,60}:[A-Za-z0-9][A-Za-z0-9._:-]{0,60}$": ["mis:S0", "mis:S1"],
    r"^20[0-9][0-9]/[0-9][0-9]$": ["2026/27"],
    r"^20[0-9][0-9]/[0-9][0-9]-[A-Za-z0-9][A-Za-z0-9.-]{0,30}$": ["2026/27-A1"],
    '^"[0-9]{1,10}"$': ['"0"', '"1"'],
    f"^{identifier.pattern}$": ["a", "b"],
    f"^/*{identifier.pattern}$": ["a", "b"],
}
FEW_OF_REPORTS: Mapping[str, list[str]] = {
    "as_of": ["2026-11-02", "2026-11-02T16:10:00Z", "event:talent:0", "soon"],
    "school": [*SCHOOLS, "12"],
}
ANSWERS = ("Problem", "Receipt", "Answer")


# Others in this process use `random` while requests are made in a thread; Hypothesis cannot tell who it was.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_no_request_fails_and_each_answer_is_described(
    stack: Stack, roles: Mapping[str, str], service: ServiceDescription
) -> None:
    async with place(stack, service, kafka_runs=False) as here, outside(here) as running:
        if service in (CPD, COLLABORATION):
            await told_of_the_register(here)
        document = (await running.client.get("/openapi.json")).json()
        answered = await asyncio.to_thread(ask_everything, document, str(running.client.base_url), tokens(here))

    paths = document["paths"]
    asked = {operation for operation, _ in answered}
    assert asked == {f"{method.upper()} {path}" for path in paths if path != ENDLESS for method in paths[path]}
    assert {status for _, status in answered} >= ({200, 201, 202, 422} if service.is_writer else {200, 400, 404})


def tokens(here: Place) -> list[str]:
    """A trust's leader, a school's system, another service: each may do something that the others may not."""
    leader, system = here.token("trust_leader"), here.token("school_system", urns=(SCHOOLS[0],))
    return [leader, leader, system, here.token("service")]


async def told_of_the_register(here: Place) -> None:
    """What a service would have heard from talent: two schools, and who works at them."""
    connection = await asyncpg.connect(here.owner_dsn, timeout=10)
    try:
        await joined(connection, *SCHOOLS)
        await connection.executemany(
            "insert into person (person_id, trustuid) values ($1, $2)", [(i, TRUST) for i in IDS]
        )
        await connection.executemany(
            """insert into engagement (person_id, engagement_id, urn, kind, role, fte_hundredths, acting, started_on)
               values ($1, $1, $2, 'permanent', 'teacher', 100, false, '2020-09-01')""",
            [(i, SCHOOLS[0]) for i in IDS],
        )
        await connection.executemany(
            "insert into staff_reference (trustuid, source, staff_ref, person_id) values ($1, 'mis', $2, $3)",
            [(TRUST, f"S{number}", person_id) for number, person_id in enumerate(IDS)],
        )
    finally:
        await connection.close()


def ask_everything(document: dict[str, Any], url: str, tokens: Sequence[str]) -> Counter[tuple[str, int]]:
    """Send each operation some requests; how often it gave which status."""
    asked = deepcopy(document)
    narrow(asked["paths"])
    leave_some_kinds(asked["paths"])
    narrow({name: it for name, it in asked["components"]["schemas"].items() if not name.startswith(ANSWERS)})
    answered: Counter[tuple[str, int]] = Counter()
    keys, turns = count(), cycle(tokens)
    with requests.Session() as session:
        session.trust_env = False
        for found in schemathesis.openapi.from_dict(asked).get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            if operation.path != ENDLESS:
                answered.update(ask(operation, url, session, turns, keys))
    return answered


def ask(
    operation: APIOperation[Any, Any, Any, Any],
    url: str,
    session: requests.Session,
    tokens: Iterator[str],
    keys: Iterator[int],
) -> list[tuple[str, int]]:
    """Send one operation its requests, each under a token of its own and mostly under a new key."""
    answered: list[tuple[str, int]] = []

    @settings(
        max_examples=REQUESTS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)))
    def conforms(case: Case[Any]) -> None:
        if "Idempotency-Key" in case.headers and (key := next(keys)) % 4:
            case.headers["Idempotency-Key"] = f"key-{key}"
        response = case.call_and_validate(
            base_url=url, session=session, headers={"authorization": f"Bearer {next(tokens)}"}, checks=CHECKS
        )
        answered.append((operation.label, response.status_code))

    conforms()
    return answered


def leave_some_kinds(paths: dict[str, Any]) -> None:
    """Let no more kinds of claims be sent than the library can choose among; each is a typed command as well."""
    for content in paths.get("/events", {}).get("post", {}).get("requestBody", {}).get("content", {}).values():
        claim = content["schema"].get("items", content["schema"])
        if "anyOf" in claim:
            claim["anyOf"] = claim["anyOf"][-KINDS:]


def narrow(part: Any) -> None:
    """Let what is asked name a few ids, schools and days only."""
    if isinstance(part, dict):
        if part.get("in") == "query" and part["name"] in FEW_OF_REPORTS:
            part["schema"] = {"enum": FEW_OF_REPORTS[part["name"]]}
        few = FEW.get(part.get("format", "")) or FEW.get(part.get("pattern", ""))
        if few and isinstance(part.get("type"), str):
            part.pop("format", None)
            part.pop("pattern", None)
            part["enum"] = few
        for name, inner in part.items():
            if name != "responses":
                narrow(inner)
    elif isinstance(part, list):
        for inner in part:
            narrow(inner)
