"""Every form, opened and filled in: what it sends is what its writer takes, and who may use it is who may do it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module

import asyncpg
import httpx
import pytest

from services.reporting.signing_in.sessions import Person, Sessions
from services.reporting.web.forms import forms
from services.reporting.web.forms.form import Form
from services.reporting.web.site import COOKIE
from shared.identity import Principal
from shared.identity.rights import RIGHTS
from shared.intake.people import of_path
from tests.support import form_filling, read_model
from tests.support.busy import DENE, KINGSMEAD, busy
from tests.support.key_ring import KeyRing
from tests.support.northmoor import CYCLE, NOW
from tests.support.pages import Writers, app, browsing
from tests.support.read_model import HandClock
from tests.support.story import TRUST

TYPED = {
    "cycle": CYCLE,
    "quantity": "3",
    "specialism": "early-reading",
    "owner": "head",
    "academic_year": "2026/27",
    "closures": "4 1 2027",
}
PLACE = {"book-a-place": f"?urn={DENE}", "vote": f"?urn={DENE}"}  # where somebody works is chosen first
CHOICES = {  # of these forms somebody chooses something that is there
    "acknowledge": "Langley CE Primary: Reading for disadvantaged pupils, off track on",
    "respond": "Dene Valley High: Attendance below 90%, off track on",
    "mark-read": "Kingsmead Junior: Reading for disadvantaged pupils, off track on",
    "agree-action": "Dene Valley High: Attendance below 90%, off track on",
    "close-action": "Kingsmead Junior: Reading for disadvantaged pupils, head, due 4 December 2026",
    "review-effect": "Kingsmead Junior: Reading for disadvantaged pupils, head, closed, on track",
    "issue-agenda-item": "Year 9 curriculum in maths",
    "confirm-request": "Dene Valley High: people",
    "allocate": "Birchfield Academy: 6 half-days of people, 20 November to 18 December 2026 left",
    "book-a-place": "Ann Lee, head at Dene Valley High",
    "vote": "Fewer meetings",
    "answer-support": "Dene Valley High: Site, 14:30 today",
}


@pytest.fixture(scope="module")
def writers() -> Writers:
    return Writers()


@pytest.fixture
async def client(database: str, ring: KeyRing, writers: Writers) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        read_model.telling(database, busy(ring).told) as pool,
        browsing(app(pool, HandClock(NOW), ring=ring, writers=writers)) as client,
    ):
        yield client


def writer_takes(form: Form, request: httpx.Request, body: dict[str, object]) -> None:
    """As the writer's own door would check it; what stands in the path as well."""
    commands = import_module(f"services.{form.service}.intake").commands
    admission = commands[form.path]
    parts = zip(form.path.split("/"), request.url.path.split("/"), strict=True)
    in_path = {name.strip("{}"): text for name, text in parts if name.startswith("{")}
    admission.check({**body, **of_path(in_path, admission.shape)})


async def test_each_sends_what_its_writer_takes(client: httpx.AsyncClient, writers: Writers) -> None:
    for form in forms.values():
        who = "trust" if "trust_leader" in RIGHTS[form.who] else KINGSMEAD
        await client.post("/sign-in", data={"who": who})
        page = await client.get(f"/do/{form.name}{PLACE.get(form.name, '')}")
        assert page.status_code == 200, form.name
        assert CHOICES.get(form.name, "") in page.text, form.name

        sent = await client.post(f"/do/{form.name}", data=form_filling.fill(page.text, **TYPED))

        assert (sent.status_code, form.name) == (303, form.name), sent.text
        writer_takes(form, writers.asked[-1], writers.body)
    assert len(writers.asked) == len(forms)


def test_each_is_for_those_whose_word_its_writer_takes() -> None:
    for form in forms.values():
        admission = import_module(f"services.{form.service}.intake").commands[form.path]
        assert ("school_leader" not in RIGHTS[form.who]) >= admission.trust_only, form.name


async def test_a_school_leader_chooses_among_what_is_their_own(client: httpx.AsyncClient) -> None:
    """Of one school it need not be said which."""
    await client.post("/sign-in", data={"who": KINGSMEAD})

    pages = {
        name: (await client.get(f"/do/{name}")).text
        for name in ("close-action", "request-capacity", "ask-for-support", "agree-action", "book-a-place", "answer")
    }

    everybodys = {f"9000{number:02}" for number in range(1, 13)}
    assert {(name, urn) for name, page in pages.items() for urn in everybodys - {KINGSMEAD} if urn in page} == set()
    assert "Ann Lee" not in pages["book-a-place"]


class TestWhatComesFirst:
    """People are asked for by where they work, and an agenda by its school, where somebody has the choice."""

    async def test_a_leader_of_the_trust_says_first_where_somebody_works(self, client: httpx.AsyncClient) -> None:
        await client.post("/sign-in", data={"who": "trust"})
        session = form_filling.fill((await client.get(f"/do/book-a-place?urn={DENE}")).text)["session_id"][0]

        asked = (await client.get(f"/do/book-a-place?session_id={session}")).text
        elsewhere = (await client.get(f"/do/book-a-place?urn={KINGSMEAD}")).text
        of_the_trust = (await client.get("/do/book-a-place?urn=none")).text

        assert "Where do they work?" in asked
        assert f'<input type="hidden" name="session_id" value="{session}">' in asked
        assert {"Ann Lee" in page for page in (asked, elsewhere, of_the_trust)} == {False}

    async def test_what_was_said_first_stays_when_the_form_comes_back(self, client: httpx.AsyncClient) -> None:
        await client.post("/sign-in", data={"who": "trust"})
        form = form_filling.fill((await client.get(f"/do/book-a-place?urn={DENE}")).text)

        again = await client.post("/do/book-a-place", data=form | {"person": [""]})

        assert again.status_code == 422
        assert "Ann Lee" in again.text

    async def test_a_place_that_is_none_of_theirs_is_asked_for_again(self, client: httpx.AsyncClient) -> None:
        await client.post("/sign-in", data={"who": KINGSMEAD})

        page = (await client.get(f"/do/book-a-place?urn={DENE}")).text

        assert "Ann Lee" not in page
        assert f'name="urn" value="{KINGSMEAD}"' in page  # there is one place only

    async def test_a_leader_of_two_schools_says_first_for_which_they_answer(
        self, client: httpx.AsyncClient, database: str
    ) -> None:
        both = Principal("head", frozenset({"school_leader"}), TRUST, frozenset({DENE, KINGSMEAD}))
        async with asyncpg.create_pool(database, min_size=1, max_size=1) as pool:
            client.cookies.set(COOKIE, await Sessions(pool).begin(Person(both, "Head of both")))

        asked = (await client.get("/do/answer")).text
        [of_dene, of_another] = [(await client.get(f"/do/answer?urn={urn}")).text for urn in (DENE, "900001")]

        assert "For which school?" in asked
        assert "Ashby Park Primary" not in asked
        assert "Year 9 curriculum in maths" in of_dene
        assert "For which school?" in of_another
