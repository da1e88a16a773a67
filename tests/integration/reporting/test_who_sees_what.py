"""Every address of reporting, asked by everybody: who is let in, and that nothing of another school is in any answer.

First as it is; then without what the queries themselves leave out, so that only Postgres holds; and then without one
table's policies, to see that these tests would tell.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import product
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from services.reporting.read_models import live
from services.reporting.reports import reports
from services.reporting.seeing import access
from services.reporting.seeing.scope import Scope
from services.reporting.web import sheet
from services.reporting.web.forms import forms
from shared.contracts import codec
from shared.contracts.collaboration.capacity import CapacityRequested
from shared.contracts.collaboration.loop import ActionAgreed, AgendaItemFeedbackGiven
from shared.contracts.cpd.programmes import SessionScheduled
from shared.identity import Principal, Role, reach
from tests.integration.reporting.three_groups import Asked, Platform, shared_platform
from tests.integration.reporting.world import migrate
from tests.stack import Stack
from tests.support.neighbours import Group
from tests.support.own_issuer import OwnIssuer

HTML = {"accept": "text/html"}
A_FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
async def platform(
    stack: Stack, roles: Mapping[str, str], database_of_module: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Platform]:
    assert roles
    await migrate(database_of_module)
    dsn = stack.dsn("reporting_app", urlsplit(database_of_module).path[1:])
    async with shared_platform(dsn, OwnIssuer(tmp_path_factory.mktemp("keys"))) as platform:
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
        if path in access.ANYBODY:
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


def of_others(platform: Platform) -> Iterator[tuple[Principal, Asked]]:
    """Objects of somebody else, by every address that names one: who asks, and for what."""
    head, other = platform.principal("school_leader"), platform.principal("trust_leader", platform.elsewhere)
    auditor = platform.principal("auditor", platform.elsewhere)
    whose = (
        (auditor, platform.ours, "trust"),
        (head, platform.next_door, "trust"),
        (head, platform.elsewhere, "other"),
        (other, platform.ours, "trust"),
        (platform.principal("trust_leader"), platform.elsewhere, "other"),
    )
    for (who, group, code), (method, path) in product(whose, operations(platform.made)):
        named = any(part in path for part in ("{urn}", "{event_id}", "{person_id}", "{code}"))
        if method == "GET" and named and all(reach(who, deed) for deed in access.deeds_of(path, "focus", reports)):
            yield who, ("GET", filled(path, platform, group, code))
    for who, group, code in whose:
        event = next(d for d in group.told if d.envelope.urn == group.urns[0])
        moments = f"receipt:{platform.codes[code]}", f"event:{event.envelope.service}:{event.logindex}"
        yield from ((who, ("GET", f"/reports/roles.json?as_of={moment}")) for moment in moments)
        yield from ((who, ("POST", f"/receipts/{page}?urn={group.urns[0]}")) for page in (sheet.SCHOOL, sheet.YOU_SAID))
        if who.has("school_leader"):
            school = f"school={group.urns[0]}"
            reported = (f"/reports/{model}.json?{school}" for model in ("focus", "compliance", "history"))
            yield from (
                (who, ("GET", path)) for path in (*reported, f"/reports/focus?{school}", f"/calendar.ics?{school}")
            )


async def test_what_is_somebody_elses_is_not_there(platform: Platform) -> None:
    found = {(who.subject, asked): await platform.ask(who, asked) for who, asked in of_others(platform)}

    assert {name: answer.status_code for name, answer in found.items() if answer.status_code != 404} == {}


def looked_at(platform: Platform, *, thoroughly: bool) -> Iterator[str]:
    """What somebody may look at who asks for nothing special: every report and every page."""
    for model in reports:
        yield f"/reports/{model}.json"
        if thoroughly:
            yield f"/reports/{model}"
    for method, path in operations(platform.made):
        named = "{" in path.replace("{urn}", "").replace("{event_id}", "").replace("{person_id}", "")
        if method == "GET" and not named and path not in access.ANYBODY and path != "/history":
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


def chosen(group: Group) -> dict[str, str]:
    """What a form is given in an address, and sent: objects of a group."""
    said = {type(event): event for d in group.told if (event := codec.decode(d.envelope.type, d.record))}
    urn, answer, action = group.urns[0], said[AgendaItemFeedbackGiven], said[ActionAgreed]
    objects = {
        **dict.fromkeys(("urn", "taker_urn", "giver_urn"), urn),
        "answer": f"{answer.item_id}/{answer.urn}/{answer.meeting_id}",
        "action": f"{action.action_id}/{action.item_id}/{action.urn}",
        "person": f"{min(group.people)}/{urn}",
        "session_id": str(said[SessionScheduled].session_id) if SessionScheduled in said else "",
        "request_id": str(said[CapacityRequested].request_id),
    }
    return {name: text for name, text in objects.items() if text}


async def test_no_form_shows_what_is_somebody_elses_or_asks_for_it_in_another_name(platform: Platform) -> None:
    """A form offers what its reader sees; what it is sent all the same, the writer decides, asked in their own name."""
    head, other = platform.principal("school_leader"), platform.principal("trust_leader", platform.elsewhere)
    found, asked, own = {}, [], 0
    for name, (who, group) in product(forms, ((head, platform.next_door), (other, platform.ours))):
        given = chosen(group)
        marks = group.marks - set("/".join(given.values()).split("/"))
        platform.writers.asked.clear()
        opened = await platform.ask(who, ("GET", f"/do/{name}?{urlencode(given)}"))
        sent = await platform.ask(who, ("POST", f"/do/{name}"), form=given)
        asked += [request.headers["authorization"] == f"Bearer {who.subject}" for request in platform.writers.asked]
        if seen := sorted(mark for mark in marks if mark in opened.text + sent.text):
            found[who.subject, name] = seen[:3]
        own += any(urn in opened.text for urn in (platform.ours if who is head else platform.elsewhere).urns)
        assert {opened.status_code, sent.status_code} <= {200, 303, 403, 422}, (who.subject, name)

    assert found == {}
    assert own > len(forms) / 2
    assert asked
    assert all(asked)


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
