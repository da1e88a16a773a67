"""Signing in with a provider: off and back again, whom it lets in, what is kept, and each way in which it fails."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.reporting.signing_in.provider import attempts
from services.reporting.signing_in.sessions import Person, Sessions
from services.reporting.web.provider_sign_in import TOLD
from services.reporting.web.site import COOKIE
from tests.stack import Stack, own_database
from tests.support import read_model
from tests.support.northmoor import NOW, northmoor
from tests.support.pages import Writers, app, browsing
from tests.support.read_model import HandClock
from tests.support.serving import serving
from tests.support.small_issuer import SmallIssuer
from tests.support.story import TRUST

HOME = "https://northmoor.example"


@pytest.fixture(scope="module")
async def filled(stack: Stack, read_models: str) -> AsyncIterator[asyncpg.Pool]:
    """A trust that every test here looks at, and none changes."""
    story = northmoor()
    story.becomes("900002", "900052", date(2026, 11, 1))
    story.joins("900052", "Birchfield Academy", date(2026, 11, 1))
    of_talent = [d for d in story.told if d.envelope.service == "talent"]
    async with own_database(stack, like=read_models) as dsn, read_model.telling(dsn, of_talent) as pool:
        yield pool


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[SmallIssuer]:
    issuer = SmallIssuer()
    async with serving(issuer.app(), issuer.port):
        yield issuer


@pytest.fixture(scope="module")
def writers() -> Writers:
    return Writers()


@pytest.fixture(scope="module")
def dashboard(filled: asyncpg.Pool, served: SmallIssuer, writers: Writers) -> FastAPI:
    return app(filled, HandClock(NOW), provider=served.provider(f"{HOME}/"), writers=writers)


@pytest.fixture
async def pool(filled: asyncpg.Pool) -> asyncpg.Pool:
    await filled.execute("delete from session")
    return filled


@pytest.fixture
def issuer(served: SmallIssuer) -> SmallIssuer:
    served.access, served.identity, served.says = leads(), {}, None
    served.asked.clear()
    served.came.clear()
    return served


@pytest.fixture
async def client(dashboard: FastAPI, issuer: SmallIssuer, pool: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(dashboard, HOME) as client:
        yield client


def leads(**changes: Any) -> dict[str, Any]:
    return {"roles": ["trust_leader"], "trustuid": TRUST, "urns": []} | changes


async def go(client: httpx.AsyncClient, then: str = "/", query: str = "") -> str:
    """Off to the provider and until it sends one back: where to."""
    asked = await client.get(f"/sign-in?then={then}{query}")
    assert asked.status_code == 303
    async with httpx.AsyncClient() as elsewhere:
        back = await elsewhere.get(asked.headers["location"])
    address: str = back.headers["location"]
    assert address.startswith(f"{HOME}/sign-in/callback?")
    return address.removeprefix(HOME)


async def sign_in(client: httpx.AsyncClient, then: str = "/") -> httpx.Response:
    return await client.get(await go(client, then))


def says(answer: httpx.Response, why: str) -> bool:
    return answer.status_code == TOLD[why].status and TOLD[why].heading in answer.text


async def signed_in(client: httpx.AsyncClient, dashboard: FastAPI) -> Person:
    """Whom the browser's secret stands for."""
    person: Person = await dashboard.state.sessions.of(client.cookies[COOKIE])
    return person


async def later(pool: asyncpg.Pool) -> None:
    """The access tokens have come to their end."""
    await pool.execute("update session set renew_at = clock_timestamp()")


async def test_somebody_signs_in_and_out(client: httpx.AsyncClient, issuer: SmallIssuer, pool: asyncpg.Pool) -> None:
    entered = await sign_in(client, "/capacity")

    assert (entered.status_code, entered.headers["location"]) == (303, "/capacity")
    [flags] = [said.split("; ") for said in entered.headers.get_list("set-cookie") if said.startswith(COOKIE)]
    assert {"HttpOnly", "SameSite=lax", "Secure"} <= set(flags)
    [came] = issuer.came
    assert (came["code_challenge_method"], came["response_type"], came["scope"]) == ("S256", "code", "openid")
    page = await client.get("/")
    assert "Leader of the trust" in page.text
    assert f"form-action 'self' http://127.0.0.1:{issuer.port}" in page.headers["content-security-policy"]

    left = await client.post("/sign-out")

    where = urlsplit(left.headers["location"])
    told = parse_qs(where.query)
    assert (where.path, told["post_logout_redirect_uri"]) == ("/realms/trust/leave", [f"{HOME}/"])
    assert told["id_token_hint"][0].count(".") == 2
    assert await pool.fetchval("select count(*) from session") == 0


async def test_what_a_provider_gave_stands_nowhere_in_clear(
    client: httpx.AsyncClient, dashboard: FastAPI, pool: asyncpg.Pool
) -> None:
    address = await go(client)
    attempt = dict(client.cookies)
    await client.get(address)
    person = await signed_in(client, dashboard)
    row = await pool.fetchval("select s::text from session s")

    assert person.token
    assert person.token not in repr(person)
    for secret in (person.token, person.token.encode().hex(), client.cookies[COOKIE]):
        assert secret not in row
    assert all("/" not in text and "openid" not in text for text in attempt.values())


@pytest.mark.parametrize(
    ("access", "called"),
    [
        (leads(), "Leader of the trust"),
        (leads(roles=["school_leader"], urns=["900052"]), "Leader of Birchfield Academy"),
        (leads(roles=["school_leader"], urns=["900002"]), "Leader of Birchfield Academy"),
        (leads(roles=["school_leader"], urns=["900001", "900052"]), "Leader of 2 schools"),
        (leads(roles=["school_leader", "trust_leader"], urns=["900001"]), "Leader of the trust"),
        (leads(roles=["school_leader", "hr"], urns=["999999"]), "Human resources"),
        (leads(roles=["auditor"]), "Auditor"),
        (leads(roles=["operator"]), "Operator"),
    ],
)
async def test_a_page_says_as_whom(
    access: dict[str, Any], called: str, client: httpx.AsyncClient, issuer: SmallIssuer
) -> None:
    issuer.access = access
    await sign_in(client)

    assert called in (await client.get("/")).text


async def test_a_leader_speaks_for_every_urn_of_their_schools_here_and_for_no_other(
    client: httpx.AsyncClient, dashboard: FastAPI, issuer: SmallIssuer
) -> None:
    issuer.access = leads(roles=["school_leader"], urns=["900002", "999999"])
    await sign_in(client)

    assert (await signed_in(client, dashboard)).principal.urns == {"900002", "900052"}


@pytest.mark.parametrize(
    ("access", "why"),
    [
        (leads(roles=None), "no_role"),
        (leads(roles=[]), "no_role"),
        (leads(roles=["king"]), "no_role"),
        (leads(roles=["school_system"]), "no_role"),
        (leads(trustuid=None), "no_role"),
        (leads(roles=["school_leader"]), "no_school"),
        (leads(roles=["school_leader"], urns=["999999"]), "no_school"),
        (leads(roles=["school_leader"], urns="900001"), "no_school"),
        (leads(trustuid="99002"), "another_trust"),
        (leads(aud="another-service"), "unfit"),
        (leads(iat=9_999_999_999), "clock"),
        (leads(exp=1_000_000_000), "unfit"),
    ],
)
async def test_who_may_not_come_in_is_told_why(
    access: dict[str, Any], why: str, client: httpx.AsyncClient, issuer: SmallIssuer, pool: asyncpg.Pool
) -> None:
    issuer.access = access

    answer = await sign_in(client)

    assert says(answer, why)
    assert COOKIE not in client.cookies
    assert re.findall(r'href="(/sign-in[^"]*)"', answer.text) == ["/sign-in?then=/"] * (TOLD[why].again is not None)
    assert await pool.fetchval("select count(*) from session") == 0


@pytest.mark.parametrize(
    ("role", "identity", "comes_in"),
    [
        ("trust_leader", {"amr": ["pwd"]}, False),
        ("trust_leader", {"amr": None}, False),
        ("trust_leader", {"amr": [{"mfa": True}]}, False),
        ("auditor", {"amr": ["pwd"]}, False),
        ("hr", {"amr": ["pwd"]}, False),
        ("operator", {"amr": ["pwd"]}, True),
        ("trust_leader", {"amr": ["pwd", "mfa"]}, True),
    ],
)
async def test_who_sees_judgements_shows_a_second_factor(
    role: str, identity: dict[str, Any], *, comes_in: bool, client: httpx.AsyncClient, issuer: SmallIssuer
) -> None:
    issuer.access, issuer.identity = leads(roles=[role]), identity

    answer = await sign_in(client, "/capacity")

    assert says(answer, "second_factor") is not comes_in
    if not comes_in:
        assert 'href="/sign-in?then=/capacity&amp;second_step=yes"' in answer.text
        await go(client, query="&second_step=yes")
        assert issuer.came[-1]["prompt"] == "login"


@pytest.mark.parametrize(
    ("identity"),
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["dashboard", "another"], "azp": "another"},
        {"at_hash": "wrong"},
        {"exp": 1_000_000_000},
        {"iss": "https://elsewhere.example"},
    ],
)
async def test_an_id_token_that_was_not_made_for_this_attempt_is_refused(
    identity: dict[str, Any], client: httpx.AsyncClient, issuer: SmallIssuer
) -> None:
    issuer.identity = identity

    assert says(await sign_in(client), "unfit")


async def test_an_answer_is_for_the_browser_and_the_attempt_that_asked_and_once(
    client: httpx.AsyncClient, dashboard: FastAPI
) -> None:
    address = await go(client)
    async with browsing(dashboard, HOME) as another:
        assert says(await another.get(address), "stale")
    other = await go(client)
    state, code = (parse_qs(urlsplit(at).query)[name][0] for at, name in ((address, "state"), (other, "code")))
    assert says(await client.get(f"/sign-in/callback?state={state}&code={code}"), "unfit")  # PKCE: another's code
    assert says(await client.get(address), "stale")
    another_state = (await go(client)).replace("&iss", "-&iss")
    assert says(await client.get(another_state), "stale")
    assert says(await client.get("/sign-in/callback"), "stale")
    assert says(await client.get(other.replace("code=", "no=")), "unfit")


async def test_two_tabs_do_not_disturb_each_other(client: httpx.AsyncClient) -> None:
    first, second = await go(client, "/capacity"), await go(client, "/network")

    assert [(await client.get(at)).headers["location"] for at in (first, second)] == ["/capacity", "/network"]


async def test_who_signs_in_again_leaves_no_session_behind(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await sign_in(client)
    before = client.cookies[COOKIE]

    await sign_in(client)

    assert client.cookies[COOKIE] != before
    assert await pool.fetchval("select count(*) from session") == 1


async def test_an_attempt_ends_after_ten_minutes(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "lasts", timedelta(seconds=-1))

    assert says(await sign_in(client), "stale")


async def test_whoever_stops_at_the_provider_is_told_so(client: httpx.AsyncClient) -> None:
    for error, why in (("access_denied", "cancelled"), ("server_error", "unfit")):
        state = parse_qs(urlsplit(await go(client, "/capacity")).query)["state"][0]

        answer = await client.get(f"/sign-in/callback?state={state}&error={error}")

        assert says(answer, why)
        assert 'href="/sign-in?then=/capacity"' in answer.text


async def test_an_answer_of_another_issuer_is_refused(client: httpx.AsyncClient) -> None:
    address = (await go(client)).partition("&iss=")[0]

    assert says(await client.get(f"{address}&iss=https://elsewhere.example"), "unfit")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ((500, "{}"), "unreachable"),
        ((200, "<html>"), "unfit"),
        ((200, '{"access_token": 7}'), "unfit"),
        ((200, '{"access_token": "x.y.z"}'), "unfit"),
        ((400, '{"error": "invalid_grant"}'), "unfit"),
    ],
)
async def test_what_a_provider_answers_is_not_believed_blindly(
    said: tuple[int, str], why: str, client: httpx.AsyncClient, issuer: SmallIssuer
) -> None:
    issuer.says = said

    assert says(await sign_in(client), why)


async def test_while_the_provider_is_down_the_page_says_so(pool: asyncpg.Pool) -> None:
    down = SmallIssuer()

    async with browsing(app(pool, HandClock(NOW), provider=down.provider(HOME)), HOME) as client:
        assert says(await client.get("/sign-in"), "unreachable")


async def test_nobody_is_led_elsewhere(client: httpx.AsyncClient) -> None:
    for elsewhere in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
        assert (await sign_in(client, elsewhere)).headers["location"] == "/"


async def test_when_the_token_ends_the_provider_is_asked_who_this_is_now(
    client: httpx.AsyncClient, issuer: SmallIssuer, pool: asyncpg.Pool
) -> None:
    await sign_in(client)
    issuer.access = leads(roles=["school_leader"], urns=["900001"])
    assert "Leader of the trust" in (await client.get("/")).text
    await later(pool)

    pages = await asyncio.gather(*(client.get("/") for _ in range(5)))

    assert all("Leader of Ashby Park" in page.text for page in pages)
    assert [form["grant_type"] for form in issuer.asked] == ["authorization_code", "refresh_token"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"access": leads(roles=None)}, "has no role here any more"),
        ({"access": leads(roles=["school_leader"])}, "does not name a school"),
        ({"access": leads(sub="somebody-else")}, "was closed or changed"),
        ({"says": (400, '{"error": "invalid_grant"}')}, "was closed or changed"),
    ],
)
async def test_who_may_not_be_here_any_more_is_signed_out_and_told(
    changed: dict[str, Any], said: str, client: httpx.AsyncClient, issuer: SmallIssuer, pool: asyncpg.Pool
) -> None:
    await sign_in(client)
    for name, content in changed.items():
        setattr(issuer, name, content)
    await later(pool)

    part = await client.get("/partials/loop", headers={"hx-request": "true"})
    page = await client.get("/")

    assert said not in part.text
    assert said in page.text
    assert "Leader of the trust" not in page.text
    assert await pool.fetchval("select count(*) from session") == 0
    assert said not in (await client.get("/")).text


@pytest.mark.parametrize("says", [(503, ""), (429, '{"error": "slow_down"}')])
async def test_while_the_provider_is_down_nobody_is_believed_and_nobody_signed_out(
    says: tuple[int, str], client: httpx.AsyncClient, issuer: SmallIssuer, pool: asyncpg.Pool
) -> None:
    await sign_in(client)
    issuer.says = says
    await later(pool)

    answer = await client.get("/", headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert "Your sign-in service does not answer" in answer.text

    issuer.says = None
    async with asyncio.timeout(5):
        assert "Leader of the trust" in (await client.get("/")).text


async def test_a_role_that_needs_a_second_factor_is_not_gained_without(
    client: httpx.AsyncClient, issuer: SmallIssuer, pool: asyncpg.Pool
) -> None:
    issuer.access, issuer.identity = leads(roles=["operator"]), {"amr": ["pwd"]}
    await sign_in(client)
    issuer.access, issuer.identity = leads(), {"amr": ["mfa"]}
    await later(pool)

    assert "needs a second step" in (await client.get("/")).text


async def test_a_command_goes_with_the_persons_own_token(
    client: httpx.AsyncClient, dashboard: FastAPI, writers: Writers, pool: asyncpg.Pool
) -> None:
    await sign_in(client)
    before = await signed_in(client, dashboard)
    await later(pool)
    starts, ends = ({f"{name}-day": day, f"{name}-month": "12", f"{name}-year": "2026"} for name, day in DAYS)
    form = {"form_id": str(uuid4()), "then": "/", "cycle": "2026/27-A2.6", **starts, **ends}

    await client.post("/do/open-cycle", data=form)

    token = (await signed_in(client, dashboard)).token
    assert [asked.headers["authorization"] for asked in writers.asked] == [f"Bearer {token}"]
    assert token != before.token


DAYS = (("starts_on", "1"), ("ends_on", "12"))


async def test_a_session_that_was_begun_by_another_way_in_is_none(
    client: httpx.AsyncClient, dashboard: FastAPI, pool: asyncpg.Pool
) -> None:
    await sign_in(client)
    chosen = await Sessions(pool).begin(replace(await signed_in(client, dashboard), token=None))

    assert await Sessions(pool).of(client.cookies[COOKIE]) is None
    client.cookies.set(COOKIE, chosen)
    assert "Leader of the trust" not in (await client.get("/")).text
