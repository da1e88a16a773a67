"""Every address of reporting, asked by everybody: who is let in, and that nothing of another school is in any answer.

First as it is; then without what the queries themselves leave out, so that only Postgres holds; and then without one
table's policies, to see that these tests would tell.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.reporting import access, live, rebuild
from services.reporting.live import Live
from services.reporting.reports import reports
from services.reporting.scope import Scope
from shared.identity import Principal, Role, reach
from tests.integration.reporting.world import migrate
from tests.stack import Stack
from tests.support import read_model
from tests.support.neighbours import Group, neighbours
from tests.support.own_issuer import OwnIssuer
from tests.support.pages import app, browsing
from tests.support.read_model import ALL, HandClock

NOW = datetime(2027, 10, 1, 12, tzinfo=UTC)
"""After all that is told."""
HTML = {"accept": "text/html"}
A_FORM = {"content-type": "application/x-www-form-urlencoded"}

Asked = tuple[str, str]
"""A method and an address."""


@dataclass(slots=True)
class Platform:
    """Three groups of schools in one reporting service.

    Attributes:
        codes: of a receipt of our own head's, of our trust's and of the other trust's.
    """

    client: httpx.AsyncClient
    pool: asyncpg.Pool
    made: FastAPI
    issuer: OwnIssuer
    ours: Group
    next_door: Group
    elsewhere: Group
    codes: dict[str, str] = field(default_factory=dict)

    def principal(self, role: Role, of: Group | None = None) -> Principal:
        group = of or self.ours
        urns = group.urns if role in ("school_leader", "school_system") else ()
        return Principal(f"{role}-{group.urns[0]}", frozenset({role}), group.trust, frozenset(urns))

    async def ask(self, who: Principal | None, asked: Asked, headers: Mapping[str, str] = {}) -> httpx.Response:
        proof = {} if who is None else self.issuer.proof(who)
        return await self.client.request(*asked, headers={**headers, **proof})


@pytest.fixture(scope="module")
async def platform(
    stack: Stack, roles: Mapping[str, str], database_of_module: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Platform]:
    assert roles
    await migrate(database_of_module)
    issuer = OwnIssuer(tmp_path_factory.mktemp("keys"))
    dsn = stack.dsn("reporting_app", urlsplit(database_of_module).path[1:])
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        await rebuild.prepare(pool, ALL)
        groups = neighbours()
        async with pool.acquire() as conn, conn.transaction():
            told = [read_model.arrival(delivered) for group in groups for delivered in group.told]
            await Live({p.name: p for p in ALL}, HandClock(NOW)).apply(conn, told)
        made = app(pool, HandClock(NOW), verifier=issuer.verifier)
        async with browsing(made) as client:
            platform = Platform(client, pool, made, issuer, *groups)
            for name, who in {
                "head": platform.principal("school_leader"),
                "trust": platform.principal("trust_leader"),
                "other": platform.principal("trust_leader", platform.elsewhere),
            }.items():
                answer = await platform.ask(who, ("GET", "/reports/focus.json"))
                platform.codes[name] = answer.json()["receipt"]
            yield platform


def operations(made: FastAPI) -> list[tuple[str, str]]:
    """Every method and path: those of the OpenAPI document, and the pages, which stand in none."""
    documented = {(method.upper(), path) for path, of in made.openapi()["paths"].items() for method in of}
    return sorted(documented | made.state.operations)


def filled(path: str, platform: Platform, group: Group, code: str, model: str = "focus") -> str:
    """A path, with what it names filled in: an object of a group."""
    event, person = group.events(group.urns[0])[0], min(group.people)
    named = {"model": model, "urn": group.urns[0], "event_id": event, "person_id": person, "code": platform.codes[code]}
    others = {"token": "nothing", "name": "offer-capacity", "area": "people"}
    query = "?figure=answered" if "behind" in path else "?on=2026-12-20T16:00" if path.endswith("agenda.ics") else ""
    return path.format_map(named | others) + query


async def test_every_address_asks_for_something(platform: Platform) -> None:
    """And whoever has the right is let in, and nobody else: as the one table says."""
    found: dict[tuple[str, str, str], int] = {}
    wanted: dict[tuple[str, str, str], str] = {}
    everybody: Sequence[Role] = (
        "trust_leader",
        "school_leader",
        "auditor",
        "hr",
        "operator",
        "school_system",
        "service",
    )
    for (method, path), role in product(operations(platform.made), (None, *everybody)):
        if path in access.ANYBODY or path == "/live":
            continue
        who = platform.principal(role) if role else None
        code = "head" if role == "school_leader" else "trust"
        answer = await platform.ask(who, (method, filled(path, platform, platform.ours, code)), A_FORM)
        deeds = access.deeds_of(path, "focus", reports)
        if path == "/verify/{code}":  # the receipt is one of this report
            deeds = (*deeds, *access.deeds_of_report(reports["focus"], "focus"))
        assert deeds, f"{method} {path} is in no table"
        let_in = who is not None and all(reach(who, deed) for deed in deeds)
        name = (method, path, role or "nobody")
        found[name] = answer.status_code
        wanted[name] = "in" if let_in else "out"
    wrong = {name: found[name] for name, told in wanted.items() if (found[name] in _out(name)) is (told == "in")}

    assert not wrong


def _out(name: tuple[str, str, str]) -> tuple[int, ...]:
    """How somebody is told that this is not theirs; at the first page's address some are led to where theirs begins."""
    _, path, who = name
    if who == "nobody" or (path, who) == ("/", "hr"):
        return 401, 403, 303
    return (401, 403, 404) if path == "/verify/{code}" else (401, 403)


def of_others(platform: Platform) -> Iterator[tuple[Principal, str]]:
    """Objects of somebody else, by every address that names one: who asks, and for what."""
    head, other = platform.principal("school_leader"), platform.principal("trust_leader", platform.elsewhere)
    whose = (
        (head, platform.next_door, "trust"),
        (head, platform.elsewhere, "other"),
        (other, platform.ours, "trust"),
        (platform.principal("trust_leader"), platform.elsewhere, "other"),
    )
    for (who, group, code), (method, path) in product(whose, operations(platform.made)):
        if method == "GET" and any(part in path for part in ("{urn}", "{event_id}", "{person_id}", "{code}")):
            yield who, filled(path, platform, group, code)
    for who, group, code in whose:
        event = next(d for d in group.told if d.envelope.urn == group.urns[0])
        moments = f"receipt:{platform.codes[code]}", f"event:{event.envelope.service}:{event.logindex}"
        yield from ((who, f"/reports/roles.json?as_of={moment}") for moment in moments)
        if who.has("school_leader"):
            school = f"school={group.urns[0]}"
            yield from ((who, f"/reports/{model}.json?{school}") for model in ("focus", "compliance", "history"))
            yield from ((who, path) for path in (f"/reports/focus?{school}", f"/calendar.ics?{school}"))


async def test_what_is_somebody_elses_is_not_there(platform: Platform) -> None:
    found = {(who.subject, path): await platform.ask(who, ("GET", path)) for who, path in of_others(platform)}

    assert {name: answer.status_code for name, answer in found.items() if answer.status_code != 404} == {}


def looked_at(platform: Platform, *, thoroughly: bool) -> Iterator[str]:
    """What somebody may look at who asks for nothing special: every report and every page."""
    for model in reports:
        yield f"/reports/{model}.json"
        if thoroughly:
            yield f"/reports/{model}"
    for method, path in operations(platform.made):
        named = "{" in path.replace("{urn}", "").replace("{event_id}", "").replace("{person_id}", "")
        if method == "GET" and not named and path not in access.ANYBODY and path not in ("/live", "/history"):
            yield filled(path, platform, platform.ours, "head")
    yield "/reports/focus/behind?figure=answered"
    yield "/reports/loop.csv"
    yield "/reports/bench.json?as_of=2026-11-20"


async def leaks(platform: Platform, *, only: str | None = None) -> dict[tuple[str, str], list[str]]:
    """What anybody finds of somebody else's, by who found it and where; at `only` one address, or at all."""
    found = {}
    head, trust = platform.principal("school_leader"), platform.principal("trust_leader")
    hr, other = platform.principal("hr"), platform.principal("trust_leader", platform.elsewhere)
    not_ours = platform.elsewhere.marks
    ours = platform.ours.marks | platform.next_door.marks
    for who, marks, thoroughly in (
        (head, not_ours | platform.next_door.marks, True),
        (trust, not_ours, False),
        (hr, not_ours, False),
        (other, ours, False),
    ):
        for path in [only] if only else looked_at(platform, thoroughly=thoroughly):
            answer = await platform.ask(who, ("GET", path), HTML)
            asked_for = set(urlsplit(path).path.split("/")) | {path.rpartition("=")[2]}
            if seen := sorted(mark for mark in marks - asked_for if mark in answer.text):
                found[who.subject, path] = seen[:3]
            assert answer.status_code < 500, (who.subject, path)
    return found


async def test_nothing_of_another_school_is_in_any_answer(platform: Platform) -> None:
    own = await platform.ask(platform.principal("school_leader"), ("GET", "/reports/focus.json"))

    assert {row["urn"] for row in own.json()["rows"]} <= set(platform.ours.urns)
    assert own.json()["rows"]
    assert await leaks(platform) == {}


@pytest.fixture
def unfiltered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queries leave nothing out of themselves."""
    monkeypatch.setattr(Scope, "narrowed", lambda _, urns: None if urns is None else list(urns))
    monkeypatch.setattr(Scope, "trust", lambda _, wanted: wanted)
    monkeypatch.setattr(Scope, "shows", lambda *_: True)


@pytest.mark.usefixtures("unfiltered")
async def test_postgres_alone_lets_nothing_through_either(platform: Platform) -> None:
    assert await leaks(platform) == {}


@pytest.mark.usefixtures("unfiltered")
async def test_a_table_without_its_policies_would_be_found(platform: Platform) -> None:
    schema = (await live.schemas(platform.pool, ("support",)))["support"]
    await platform.pool.execute(f'alter table "{schema}".support_request disable row level security')
    found = await leaks(platform, only="/reports/support.json")
    await platform.pool.execute(f'alter table "{schema}".support_request enable row level security')

    assert {who for who, _ in found} == {"school_leader-910001", "trust_leader-910001", "trust_leader-930001"}


async def test_what_is_shared_is_seen_by_every_school(platform: Platform) -> None:
    """Templates, findings, programmes and the like: the schools next door see what ours share."""
    neighbour, ours = platform.principal("school_leader", platform.next_door), platform.ours.told

    def rows(answer: httpx.Response) -> list[Any]:
        found: list[Any] = answer.json()["rows"]
        return found

    calendar = rows(await platform.ask(neighbour, ("GET", "/reports/calendar.json")))

    assert {row["scope"] for row in calendar} >= {"trust"}
    assert any(d.envelope.type.endswith("SessionScheduled.v1") for d in ours)
