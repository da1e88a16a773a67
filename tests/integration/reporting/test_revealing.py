"""An auditor is shown sealed texts once, for a reason that the event's own service has recorded; else they see none."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import asyncpg
import httpx
import pytest

from shared.contracts.collaboration.bookkeeping import PersonalDataRevealed
from shared.contracts.talent.bookkeeping import PersonalDataRevealed as RevealedByTalent
from shared.identity import Principal, Role
from shared.messaging import Delivered
from tests.support import form_filling, read_model
from tests.support.key_ring import KeyRing
from tests.support.northmoor import NOW, northmoor
from tests.support.own_issuer import OwnIssuer
from tests.support.pages import Writers, app, browsing
from tests.support.read_model import HandClock
from tests.support.staffing import Staffing
from tests.support.story import TRUST, Story, named

DENE, ANA = "900004", named("Ana")
COMMENT = "Two classes are below 80%."
CONTROL = "Show this text"
REASON = "A complaint about how attendance was counted."

Looking = Callable[..., dict[str, str]]


@pytest.fixture
def told(ring: KeyRing) -> Story:
    story = northmoor(ring)
    staffing = Staffing(story)
    staffing.enters("Ana")
    staffing.starts("Ana", "headship", DENE, "headteacher", date(2020, 9, 1))
    return story


@pytest.fixture
def issuer(tmp_path: Path) -> OwnIssuer:
    return OwnIssuer(tmp_path)


@pytest.fixture
def looking(issuer: OwnIssuer) -> Looking:
    """The header that somebody of a role proves themselves with."""

    def header(role: Role, trust: str = TRUST, urns: tuple[str, ...] = ()) -> dict[str, str]:
        return issuer.proof(Principal(f"{role}-1", frozenset({role}), trust, frozenset(urns)))

    return header


@pytest.fixture
async def client(
    pool: asyncpg.Pool, ring: KeyRing, issuer: OwnIssuer, told: Story, writers: Writers
) -> AsyncIterator[httpx.AsyncClient]:
    await read_model.receive(pool, told.told)
    async with browsing(app(pool, HandClock(NOW), ring=ring, writers=writers, verifier=issuer.verifier)) as client:
        yield client


def answer_of(told: Story) -> Delivered:
    return next(d for d in told.told if b'"needs_help":true' in d.record and d.envelope.urn == DENE)


def address_of(told: Story) -> str:
    return f"/events/{answer_of(told).envelope.id}"


def given(status: int, **content: object) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, json=content)


async def fill(
    client: httpx.AsyncClient, address: str, headers: dict[str, str], reason: str = REASON
) -> form_filling.Fields:
    """The form, filled in."""
    page = await client.get(f"{address}/reveal?field=comment", headers=headers)
    assert page.status_code == 200, page.text
    return form_filling.read(page.text) | {"reason": [reason]}


async def test_a_control_is_for_who_does_not_read_texts_anyway(
    client: httpx.AsyncClient, told: Story, looking: Looking
) -> None:
    address = address_of(told)
    who = {
        "auditor": looking("auditor"),
        "trust_leader": looking("trust_leader"),
        "school_leader": looking("school_leader", urns=(DENE,)),
    }
    pages = {role: (await client.get(address, headers=headers)).text for role, headers in who.items()}
    found = {role: (COMMENT in page, CONTROL in page) for role, page in pages.items()}
    earlier = await client.get(f"{address}?as_of=2026-11-20", headers=who["auditor"])

    assert found == {"auditor": (False, True), "trust_leader": (True, False), "school_leader": (True, False)}
    assert "a text, kept sealed" in earlier.text
    assert CONTROL not in earlier.text
    for role in ("trust_leader", "school_leader"):
        assert (await client.get(f"{address}/reveal", headers=who[role])).status_code == 403
    assert (await client.get(f"{address}/reveal", headers=looking("auditor", "99002"))).status_code == 404


async def test_it_is_recorded_first_and_shown_once(
    client: httpx.AsyncClient, told: Story, writers: Writers, looking: Looking
) -> None:
    address, auditor = address_of(told), looking("auditor")
    form = await fill(client, address, auditor)

    shown = await client.post(f"{address}/reveal", data=form, headers=auditor)
    asked = writers.asked[-1]

    assert (shown.status_code, COMMENT in shown.text) == (200, True)
    assert shown.headers["cache-control"] == "no-store"
    assert (asked.url.host, asked.url.path) == ("collaboration", "/reveals")
    assert writers.body == {
        "event_id": str(answer_of(told).envelope.id),
        "fields": ["comment"],
        "reason": REASON,
    }
    assert asked.headers["idempotency-key"] == form["form_id"][0]
    writers.answer = given(200, outcome="duplicate", streams={})
    again = await client.post(f"{address}/reveal", data=form, headers=auditor)
    assert (again.status_code, COMMENT in again.text) == (409, False)
    assert form_filling.read(again.text)["form_id"] != form["form_id"]


async def test_unless_it_was_recorded_nothing_is_opened(
    client: httpx.AsyncClient, told: Story, writers: Writers, looking: Looking, ring: KeyRing
) -> None:
    address, auditor = address_of(told), looking("auditor")
    form = await fill(client, address, auditor)
    opened = len(ring.asked)

    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody is there")

    found = {}
    for name, play in {
        "away": away,
        "broken": given(500, code="unexpected"),
        "wordless": given(200),
        "refused": given(422, code="text_unknown", detail="There is no such text.", errors=[]),
        "not theirs": given(403, code="auditors_only", detail="Only auditors.", errors=[]),
    }.items():
        writers.answer = play
        answer = await client.post(f"{address}/reveal", data=form, headers=auditor)
        assert COMMENT not in answer.text, name
        assert REASON in answer.text, name
        found[name] = answer.status_code
    writers.asked.clear()
    for name, changed in {"no reason": {"reason": [" "]}, "no text": {"field": ["rag"]}}.items():
        answer = await client.post(f"{address}/reveal", data=form | changed, headers=auditor)
        assert "There is a problem" in answer.text
        found[name] = answer.status_code
    elsewhere = {**auditor, "sec-fetch-site": "cross-site"}

    assert found == {
        "away": 503,
        "broken": 503,
        "wordless": 503,
        "refused": 422,
        "not theirs": 422,
        "no reason": 422,
        "no text": 422,
    }
    assert (await client.post(f"{address}/reveal", data=form, headers=elsewhere)).status_code == 403
    assert (await client.post(f"{address}/reveal", data=form, headers=looking("trust_leader"))).status_code == 403
    assert writers.asked == []
    assert len(ring.asked) == opened


async def test_what_is_a_persons_is_shown_too_and_what_was_erased_says_so(
    client: httpx.AsyncClient, told: Story, looking: Looking, ring: KeyRing
) -> None:
    [registered] = [d for d in told.told if "PersonRegistered" in d.envelope.type]
    address, auditor = f"/events/{registered.envelope.id}", looking("auditor")
    form = form_filling.read((await client.get(f"{address}/reveal", headers=auditor)).text)
    sent = {**form, "field": ["name"], "reason": [REASON]}

    shown = await client.post(f"{address}/reveal", data=sent, headers=auditor)
    ring.erase(f"person:{ANA}")
    erased = await client.post(f"{address}/reveal", data=sent, headers=auditor)

    assert "<blockquote>Ana" in shown.text
    assert "<blockquote>This text was erased.</blockquote>" in erased.text


async def test_that_it_was_shown_is_in_the_history_of_the_event_and_of_whoever_it_is_about(
    pool: asyncpg.Pool, client: httpx.AsyncClient, told: Story, looking: Looking
) -> None:
    [registered] = [d for d in told.told if "PersonRegistered" in d.envelope.type]
    before, auditor = len(told.told), looking("auditor")
    of, answer = registered.envelope.id, answer_of(told).envelope.id
    seen = told.tell(RevealedByTalent(of=of, fields=("name",), reason=REASON), f"reveals-{of}")
    told.tell(
        RevealedByTalent(of=seen.envelope.id, fields=("reason",), reason="The yearly audit."),
        f"reveals-{seen.envelope.id}",
    )
    told.tell(PersonalDataRevealed(of=answer, fields=("comment",), reason=REASON), f"reveals-{answer}")
    await read_model.receive(pool, told.told[before:])

    pages = {
        path: (await client.get(path, headers=auditor)).text
        for path in (f"/events/{of}", f"/people/{ANA}/history", f"/schools/{DENE}/history?page=1", f"/events/{answer}")
    }
    rows = (await client.get(f"/reports/history.json?about={ANA}", headers=auditor)).json()["rows"]
    revealed = [row for row in rows if row["kind"] == "Personal data revealed"]

    link = re.compile(r'<a href="/events/[0-9a-f-]{36}">Personal data revealed<')
    shown = {path: page.partition("Who was shown its sealed texts")[2] for path, page in pages.items()}
    assert [len(link.findall(shown[path].partition("</section>")[0] or pages[path])) for path in pages] == [1, 2, 1, 1]
    assert [(row["says"]["reason"], row["about"][0]) for row in revealed] == [("sealed", str(ANA))] * 2
    assert REASON not in "".join(pages.values())
