"""Where people sign in: who is let in, who is led elsewhere, and whose rows they are shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from services.reporting.read_models import rebuild
from shared.identity import Principal, Role
from tests.integration.reporting.world import migrate
from tests.stack import Stack
from tests.support import form_filling, read_model
from tests.support.forging import FORGED, UNSENDABLE
from tests.support.northmoor import CYCLE, NOW, northmoor
from tests.support.own_issuer import OwnIssuer
from tests.support.pages import app, browsing
from tests.support.read_model import HandClock
from tests.support.serving import serving
from tests.support.small_issuer import SmallIssuer
from tests.support.story import TRUST, named

DENE, FOREST, ELMWOOD = "900004", "900006", "900005"

Token = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
async def pool(stack: Stack, roles: Mapping[str, str], database_of_module: str) -> AsyncIterator[asyncpg.Pool]:
    """Northmoor, in a database that was migrated, read and written as the role that the service logs in with."""
    story = northmoor()
    story.becomes(ELMWOOD, "900055", date(2026, 11, 1))
    story.joins("900055", "Elmwood Academy", date(2026, 11, 1))
    assert roles
    await migrate(database_of_module)
    dsn = stack.dsn("reporting_app", urlsplit(database_of_module).path[1:])
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        await rebuild.prepare(pool, read_model.ALL)
        await read_model.receive(pool, story.told)
        yield pool


@pytest.fixture
def issuer(tmp_path: Path) -> OwnIssuer:
    return OwnIssuer(tmp_path)


@pytest.fixture
async def client(pool: asyncpg.Pool, issuer: OwnIssuer) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(app(pool, HandClock(NOW), verifier=issuer.verifier)) as client:
        yield client


@pytest.fixture
def token(issuer: OwnIssuer) -> Token:
    """The header that a program proves itself with."""

    def header(*roles: Role, trust: str = TRUST, urns: tuple[str, ...] = ()) -> dict[str, str]:
        return issuer.proof(Principal("program", frozenset(roles), trust, frozenset(urns)))

    return header


async def test_a_page_leads_to_the_sign_in_and_back(client: httpx.AsyncClient) -> None:
    page = await client.get("/reports/focus?school=900004", headers={"accept": "text/html"})
    link = await client.get("/reports/focus.csv", headers={"accept": "text/html"})
    asked = await client.get("/sign-in")

    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?then=%2Freports%2Ffocus%3Fschool%3D900004")
    assert link.status_code == 303
    assert "Dene Valley High" in asked.text
    assert "<nav" not in asked.text
    assert 'href="/sign-in' not in asked.text
    assert (await client.get("/static/app.css")).status_code == 200


async def test_a_part_of_a_page_lets_the_page_lead_to_the_sign_in(client: httpx.AsyncClient) -> None:
    part = await client.get("/partials/loop", headers={"accept": "text/html", "hx-request": "true"})

    assert (part.status_code, part.headers["hx-refresh"], part.content) == (204, "true", b"")


async def test_whose_session_ends_at_a_form_keeps_what_they_typed_and_sees_nothing(client: httpx.AsyncClient) -> None:
    await client.post("/sign-in", data={"who": DENE})
    form = form_filling.fill((await client.get("/do/answer")).text)
    await client.post("/sign-out")
    html = {"accept": "text/html"}

    sent, receipt = await client.post("/do/answer", data=form), await client.post("/receipts/focus", headers=html)

    assert (sent.status_code, receipt.status_code) == (401, 401)
    assert form_filling.read(sent.text) == form
    assert all("You are signed out." in answer.text for answer in (sent, receipt))
    assert "Dene Valley High" not in sent.text
    assert "Year 9 curriculum in maths" not in sent.text
    await client.post("/sign-in", data={"who": DENE})
    assert (await client.post("/do/answer", data=form_filling.read(sent.text))).status_code == 303


@pytest.mark.parametrize("path", ["/reports/focus.json", "/reports/focus.csv", "/live", "/calendar.ics"])
async def test_a_program_without_a_token_is_told_so(client: httpx.AsyncClient, path: str) -> None:
    without, forged = await client.get(path), await client.get(path, headers={"authorization": "Bearer e30.e30."})

    assert [(answer.status_code, answer.json()["code"]) for answer in (without, forged)] == [
        (401, "not_authenticated")
    ] * 2


async def test_whatever_is_forged_is_refused_at_every_kind_of_address(
    client: httpx.AsyncClient, issuer: OwnIssuer
) -> None:
    forge = issuer.forge()
    paths = ["/reports/focus.json", f"/events/{named('answer')}.json", "/live", "/calendar.ics"]
    tokens = [make(forge) for wrong, make in FORGED.items() if wrong not in UNSENDABLE]

    async def asked(path: str, token: str) -> int:
        return (await client.get(path, headers={"authorization": f"Bearer {token}"})).status_code

    assert await asked(paths[0], forge.token()) == 200
    assert {await asked(path, token) for path in paths for token in tokens} == {401}


async def test_a_school_leader_sees_the_own_school_and_what_is_shared(client: httpx.AsyncClient) -> None:
    await client.post("/sign-in", data={"who": DENE})

    first, own = await client.get("/"), await client.get(f"/schools/{DENE}")
    rows = (await client.get("/reports/focus.json")).json()["rows"]

    assert {row["urn"] for row in rows} == {DENE}
    assert "You see your own schools" in first.text
    assert "Dene Valley High waits for the trust: Attendance below 90%" in first.text
    assert "Two classes are below 80%." not in first.text
    assert (own.status_code, "Dene Valley High" in own.text) == (200, True)
    assert "Forest Way" not in first.text + own.text


async def test_who_has_one_school_is_not_offered_all_schools(client: httpx.AsyncClient, token: Token) -> None:
    one, two = (token("school_leader", urns=urns) for urns in ((DENE,), (DENE, FOREST)))
    paths = ("/", "/events", "/intake")

    of_one, of_two, of_trust = [
        [(await client.get(path, headers=who)).text for path in paths] for who in (one, two, token("trust_leader"))
    ]

    assert not any("All schools" in page or "ll your schools" in page or "Every school" in page for page in of_one)
    assert ["Your schools" in of_two[0], *("All your schools" in page for page in of_two[1:])] == [True] * 3
    assert ["All schools" in of_trust[0], *("Every school" in page for page in of_trust[1:])] == [True] * 3
    assert not any("All schools" in page or "Every school" in page for page in of_two)


@pytest.mark.parametrize(
    "path",
    [
        f"/schools/{FOREST}",
        f"/schools/{FOREST}/agenda",
        f"/schools/{FOREST}/history",
        f"/reports/focus?school={FOREST}",
        f"/reports/focus.json?school={FOREST}",
        f"/reports/focus.csv?school={FOREST}&as_of=2026-11-18",
        f"/reports/focus/behind.json?school={FOREST}&figure=answered",
        f"/calendar.ics?school={FOREST}",
        f"/events/{named('answer')}",
    ],
)
async def test_what_is_another_schools_is_not_there(client: httpx.AsyncClient, path: str) -> None:
    await client.post("/sign-in", data={"who": DENE})

    assert (await client.get(path)).status_code == 404


async def test_an_event_of_another_school_is_not_there_and_no_moment(
    client: httpx.AsyncClient, pool: asyncpg.Pool, token: Token
) -> None:
    [row] = await pool.fetch("select id, logindex from ledger where urn = $1 order by logindex limit 1", FOREST)
    addresses = [
        f"/events/{row['id']}",
        f"/events/{row['id']}.json",
        f"/reports/focus.json?as_of=event:talent:{row['logindex']}",
    ]
    asked = [await client.get(path, headers=token("school_leader", urns=(DENE,))) for path in addresses]
    trusts = [await client.get(path, headers=token("trust_leader")) for path in addresses]

    assert [answer.status_code for answer in asked] == [404] * 3
    assert [answer.status_code for answer in trusts] == [200] * 3


async def test_a_school_is_seen_under_all_its_urns(client: httpx.AsyncClient, token: Token) -> None:
    mine = token("school_leader", urns=("900055",))

    rows = (await client.get("/reports/focus.json", headers=mine)).json()["rows"]

    assert {row["urn"] for row in rows} == {ELMWOOD}
    assert (await client.get(f"/schools/{ELMWOOD}", headers=mine)).status_code == 200


async def test_what_went_to_many_schools_names_the_own_one_alone(
    client: httpx.AsyncClient, pool: asyncpg.Pool, token: Token
) -> None:
    issued = await pool.fetchval("select id from ledger where type like '%ItemIssued%' limit 1")
    mine = token("school_leader", urns=(DENE,))

    page = await client.get(f"/events/{issued}", headers=mine)
    file = (await client.get(f"/events/{issued}.json", headers=mine)).json()

    assert FOREST not in page.text
    assert (file["about"], file["says"]["applies_to"]) == ([DENE], [DENE])


async def test_a_receipt_is_for_who_sees_what_it_is_of(client: httpx.AsyncClient, token: Token) -> None:
    dene, forest = (token("school_leader", urns=(urn,)) for urn in (DENE, FOREST))
    trust = token("trust_leader")
    code = (await client.get("/reports/focus.json", headers=dene)).json()["receipt"]
    whole = (await client.get("/reports/focus.json", headers=trust)).json()["receipt"]

    asked = [(code, dene), (code, trust), (code, forest), (whole, dene)]
    answers = [await client.get(f"/verify/{one}", headers=who) for one, who in asked]

    assert [answer.status_code for answer in answers] == [200, 200, 404, 404]
    assert "Forest Way" not in answers[1].text
    assert (await client.get(f"/verify/{whole}", headers=token("hr"))).status_code == 404
    moment = f"/reports/focus.json?as_of=receipt:{code}"
    assert [(await client.get(moment, headers=who)).status_code for who in (dene, forest)] == [200, 404]


async def test_a_calendar_is_subscribed_to_by_a_link_of_its_own(
    client: httpx.AsyncClient, pool: asyncpg.Pool, issuer: OwnIssuer
) -> None:
    await client.post("/sign-in", data={"who": DENE})
    page = await client.get("/reports/calendar")
    [link] = [part.split('"')[0].replace("&amp;", "&") for part in page.text.split('href="') if "calendar.ics" in part]
    client.cookies.clear()

    opened, changed = await client.get(link), await client.get(link[:-3] + "abc")
    elsewhere = await client.get(link.replace("/calendar.ics", "/reports/focus.json"))
    other = await client.get(f"{link}&school={FOREST}")

    assert [answer.status_code for answer in (opened, changed, elsewhere, other)] == [200, 401, 401, 404]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("trust_leader", [200, 200, 200, 200, 200]),
        ("auditor", [200, 200, 200, 200, 200]),
        ("hr", [403, 200, 403, 200, 200]),
        ("operator", [403, 403, 403, 403, 403]),
        ("school_system", [403, 403, 403, 403, 403]),
        ("service", [403, 403, 403, 403, 403]),
    ],
)
async def test_what_each_role_may_look_at(client: httpx.AsyncClient, token: Token, role: Role, seen: list[int]) -> None:
    paths = ("/reports/focus.json", "/reports/compliance.json", "/events", "/people", "/verify")
    mine = token(role, urns=(DENE,))

    assert [(await client.get(path, headers=mine)).status_code for path in paths] == seen


async def test_a_token_from_elsewhere_says_of_a_second_factor_too(pool: asyncpg.Pool) -> None:
    issuer = SmallIssuer()
    async with serving(issuer.app(), issuer.port):
        made = app(pool, HandClock(NOW), provider=issuer.provider("http://reporting"), verifier=issuer.verifier())
        program = browsing(made)

        async def asked(role: Role, **claims: Any) -> tuple[int, str | None]:
            issuer.access = {"roles": [role], "trustuid": TRUST, "urns": []} | claims
            proof = {"authorization": f"Bearer {issuer.access_token()}"}
            answer = await program.get("/reports/bench.json", headers=proof)
            return answer.status_code, answer.json().get("code")

        async with program:
            found = [await asked("auditor"), await asked("auditor", amr=["pwd"]), await asked("operator")]

            assert found == [(403, "second_factor_missing")] * 2 + [(403, "not_yours_to_see")]
            assert await asked("auditor", amr=["pwd", "mfa"]) == (200, None)


async def test_hr_begins_where_people_are_told_of(client: httpx.AsyncClient, token: Token) -> None:
    first, people = await client.get("/", headers=token("hr")), await client.get("/people", headers=token("hr"))

    assert (first.status_code, first.headers["location"]) == (303, "/people")
    assert 'href="/capacity"' not in people.text


async def test_another_trusts_leader_sees_nothing_of_this_one(client: httpx.AsyncClient, token: Token) -> None:
    theirs = token("trust_leader", trust="99002")

    rows = (await client.get("/reports/focus.json", headers=theirs)).json()["rows"]
    page = await client.get("/", headers=theirs)

    assert (rows, "Northmoor" in page.text, CYCLE in page.text) == ([], False, False)
    assert (await client.get(f"/schools/{DENE}", headers=theirs)).status_code == 404
