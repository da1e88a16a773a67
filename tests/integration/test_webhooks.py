"""Webhooks to real receivers that fail in every way: what is posted is signed, tried again, and given up in the end."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from cryptography.exceptions import InvalidSignature

from deploy.settings import ROOT
from services.collaboration.telling.webhooks import posting
from services.collaboration.telling.webhooks.delivering import Webhooks
from services.collaboration.telling.webhooks.posting import Poster
from services.collaboration.telling.webhooks.signing import Signer
from tests.support.process import place_of
from tests.support.receiver import (
    BODY_BROKEN_OFF,
    BROKEN_OFF,
    ENDLESS_BODY,
    SILENT,
    certified,
    receiving,
)
from tests.support.told import MARKER, Service, service, some_urn
from tests.support.writer import COLLABORATION, Place


class Hooked:
    """The service's webhooks, which do what they do when they are told to."""

    def __init__(self, trust: Service, webhooks: Webhooks, owner: asyncpg.Connection) -> None:
        self.trust, self.webhooks, self.owner = trust, webhooks, owner

    async def adds(self, url: str) -> str:
        """A school that is told at this URL; its URN."""
        urn = some_urn()
        await self.owner.execute("insert into webhook (id, urn, url) values ($1, $2, $3)", uuid4(), urn, url)
        return urn

    async def posts(self) -> None:
        """What is due is posted."""
        await self.webhooks.turn()
        await asyncio.gather(*self.webhooks._posting.values())

    async def rows(self) -> list[asyncpg.Record]:
        return await self.owner.fetch(
            "select *, due_at - clock_timestamp() as wait from webhook_delivery order by logindex"
        )

    async def passes(self, hours: float) -> None:
        """Time passes for everything that waits."""
        await self.owner.execute(
            "update webhook_delivery set queued_at = queued_at - $1 * interval '1 hour', due_at = clock_timestamp()",
            hours,
        )


here = place_of(COLLABORATION)


@asynccontextmanager
async def running(here: Place, **how: Any) -> AsyncIterator[Hooked]:
    async with service(here) as trust:
        poster = Poster(trust.resources.vault, **{"loopback": True, **how})
        await poster.start()
        owner = await asyncpg.connect(here.owner_dsn, timeout=10)
        try:
            yield Hooked(trust, Webhooks(trust.feed, trust.sequencer, poster), owner)
        finally:
            await owner.execute("delete from webhook")
            await owner.close()
            await poster.stop()


@pytest.fixture
async def hooked(here: Place) -> AsyncIterator[Hooked]:
    async with running(here) as made:
        yield made


async def test_a_school_is_posted_what_is_for_it_with_its_texts_in_clear(hooked: Hooked) -> None:
    async with receiving() as receiver:
        urn = await hooked.adds(receiver.url())
        await hooked.posts()
        await hooked.trust.asks(urn)
        await hooked.trust.answers(urn)
        await hooked.trust.answers(some_urn())
        await hooked.posts()
        await hooked.posts()

    assert receiver.types == [
        *("CycleOpened", "FocusAreaSet", "StandardAgendaItemIssued"),
        *("TrustAcknowledged", "TrustResponseGiven"),
    ]
    last = receiver.got[-1]
    assert (last.method, last.target) == ("POST", "/hooks?school=1")
    assert (last.headers["content-type"], last.headers["host"]) == (
        "application/cloudevents+json",
        f"localhost:{receiver.port}",
    )
    assert (last.event["toschool"], last.event["data"]["response"]) == (urn, MARKER)
    assert await hooked.rows() == []


async def test_no_text_stands_in_clear_while_it_waits(hooked: Hooked) -> None:
    async with receiving(500) as receiver:
        urn = await hooked.adds(receiver.url())
        await hooked.posts()
        await hooked.trust.answers(urn)
        await hooked.posts()

    rows = await hooked.rows()
    assert len(rows) == 2
    assert MARKER not in str(rows)


def _guides_own() -> Callable[..., None]:
    """What docs/to-school.md gives integrators to check signatures with."""
    code = re.findall(r"```python\n(.+?)```", (ROOT / "docs" / "to-school.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec("\n".join(code), names)  # noqa: S102  the guide's own words
    verify: Callable[..., None] = names["verify"]
    return verify


async def test_a_receiver_verifies_who_posted_without_our_library(hooked: Hooked) -> None:
    async with receiving() as receiver:
        urn = await hooked.adds(receiver.url())
        await hooked.posts()
        await hooked.trust.answers(urn)
        await hooked.posts()

    keys = (await Signer.of(hooked.trust.resources.vault)).public_keys()
    assert "d" not in keys["keys"][0]
    verify, got = _guides_own(), receiver.got[0]
    verify(got.method, receiver.url(), got.headers, got.body, keys)
    for other in (
        {"url": "https://elsewhere.example/hooks"},
        {"method": "PUT"},
        {"headers": {**got.headers, "content-type": "text/plain"}},
        {
            "headers": {
                **got.headers,
                "signature-input": got.headers["signature-input"].replace("created=1", "created=2"),
            }
        },
        {"body": got.body.replace(b"99001", b"99002")},
    ):
        asked: dict[str, Any] = {"method": got.method, "url": receiver.url(), "headers": got.headers, "body": got.body}
        with pytest.raises((InvalidSignature, AssertionError)):
            verify(**{**asked, **other}, jwks=keys)


@pytest.mark.parametrize(
    ("fails", "says"),
    [
        (500, "its receiver answered 500"),
        (404, "its receiver answered 404"),
        (302, "its receiver sends us elsewhere (302), where we do not go"),
        (SILENT, "its receiver did not answer within 0 seconds"),
        (BROKEN_OFF, "its receiver broke off, or answered what is not HTTP"),
    ],
)
async def test_who_fails_is_asked_again(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch, fails: int | str, says: str
) -> None:
    monkeypatch.setattr(posting, "patience_seconds", 0.3)
    async with receiving(fails) as receiver:
        urn = await hooked.adds(receiver.url())
        await hooked.posts()
        await hooked.trust.answers(urn)

        await hooked.posts()
        [seen, later] = await hooked.rows()
        assert (seen["attempts"], seen["problem"], later["attempts"]) == (1, says, 0)
        assert 15 <= seen["wait"].total_seconds() <= 45
        await hooked.posts()
        assert len(receiver.got) == 1  # it is not due, and what comes after it in its stream waits

        await hooked.passes(0)
        await hooked.posts()
        await hooked.posts()

    assert receiver.types == ["TrustAcknowledged", "TrustAcknowledged", "TrustResponseGiven"]
    assert receiver.got[0].event["id"] == receiver.got[1].event["id"]
    assert await hooked.rows() == []


@pytest.mark.parametrize("body", [BODY_BROKEN_OFF, ENDLESS_BODY])
async def test_what_comes_after_the_status_is_not_waited_for(hooked: Hooked, body: str) -> None:
    async with receiving(body) as receiver:
        urn = await hooked.adds(receiver.url())
        await hooked.posts()
        await hooked.trust.answers(urn)
        async with asyncio.timeout(2):
            await hooked.posts()
            await hooked.posts()

    assert receiver.types == ["TrustAcknowledged", "TrustResponseGiven"]


async def test_where_nobody_listens_it_is_tried_for_a_day_and_then_given_up(hooked: Hooked) -> None:
    urn = await hooked.adds("http://localhost:1/")
    await hooked.posts()
    await hooked.trust.answers(urn)
    for hours in (0, 1, 22.9):
        await hooked.passes(hours)
        await hooked.posts()

    [first, _] = await hooked.rows()
    assert (first["attempts"], first["given_up_at"]) == (3, None)
    assert first["problem"] == "its receiver cannot be connected to"
    assert first["wait"].total_seconds() <= 361  # the last time is when the day is over

    await hooked.passes(0.2)
    await hooked.posts()
    [first, second] = await hooked.rows()
    assert first["given_up_at"] is not None
    await hooked.owner.execute("update webhook_delivery set queued_at = clock_timestamp() where given_up_at is null")
    await hooked.posts()
    [_, second] = await hooked.rows()
    assert (second["attempts"], second["given_up_at"]) == (1, None)  # its own day has only begun


async def test_one_stream_that_is_refused_holds_back_no_other(hooked: Hooked) -> None:
    async with receiving(422) as receiver:
        urn = await hooked.adds(receiver.url())
        await hooked.posts()
        refused = await hooked.trust.answers(urn)
        await hooked.trust.answers(urn)
        for _ in range(3):
            await hooked.posts()

    assert {row["stream"] for row in await hooked.rows()} == {refused}
    assert receiver.types == ["TrustAcknowledged", "TrustAcknowledged", "TrustResponseGiven"]


async def test_one_receiver_that_is_silent_holds_back_no_other(hooked: Hooked) -> None:
    async with receiving(SILENT) as silent, receiving() as receiver:
        first, second = await hooked.adds(silent.url()), await hooked.adds(receiver.url())
        await hooked.posts()
        await hooked.trust.answers(first)
        await hooked.trust.answers(second)

        for _ in range(2):
            await hooked.webhooks.turn()
            await asyncio.sleep(0.2)

        assert receiver.types == ["TrustAcknowledged", "TrustResponseGiven"]
        assert silent.types == ["TrustAcknowledged"]
        await hooked.posts()


async def test_who_says_gone_is_not_asked_again(hooked: Hooked) -> None:
    async with receiving(410) as receiver:
        urn = await hooked.adds(receiver.url())
        await hooked.posts()
        await hooked.trust.answers(urn)
        await hooked.trust.answers(urn)
        await hooked.posts()
        await hooked.trust.answers(urn)
        await hooked.posts()

    assert len(receiver.got) == 1
    assert await hooked.rows() == []
    assert await hooked.owner.fetchval("select gone_at is not null from webhook")


async def test_a_restart_goes_on_where_it_was(hooked: Hooked, here: Place) -> None:
    async with receiving(503) as receiver:
        urn = await hooked.adds(receiver.url())
        await hooked.posts()
        await hooked.trust.answers(urn)
        await hooked.posts()
        await hooked.passes(0)

        async with running(here) as again:
            await again.posts()
            await again.posts()

    assert receiver.types == ["TrustAcknowledged", "TrustAcknowledged", "TrustResponseGiven"]


async def test_over_tls_the_name_is_what_the_certificate_is_for(here: Place, tmp_path: Path) -> None:
    mine, trusted = certified("localhost", tmp_path)
    async with running(here, trusted=trusted) as hooked, receiving(tls=mine) as receiver:
        urn = await hooked.adds(receiver.url("https"))
        await hooked.adds(receiver.url("https", "127.0.0.1"))
        await hooked.posts()
        await hooked.trust.answers(urn)
        await hooked.posts()
        assert await hooked.webhooks._poster.post(receiver.url("https", "127.0.0.1"), "text/plain", b"") == (
            "its receiver cannot be connected to"
        )

    assert receiver.types == ["TrustAcknowledged"]


class Names:
    """What names resolve to, one answer after another; everything else as it is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, ...]) -> None:
        self.left, self.real = [*answers], socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self.resolve)

    def resolve(self, host: Any, port: Any, *more: Any, **named: Any) -> list[Any]:
        addresses = self.left.pop(0) if host == "mis.example" else (host,)
        return [found for address in addresses for found in self.real(address, port, *more, **named)]


async def test_a_name_is_asked_for_once_and_called_where_it_was_found(
    here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, trusted = certified("mis.example", tmp_path)
    names = Names(monkeypatch, ("127.0.0.1",), ("10.0.0.1",))
    async with running(here, trusted=trusted) as hooked, receiving(tls=mine) as receiver:
        url = receiver.url("https", "mis.example")
        assert await hooked.webhooks._poster.post(url, "text/plain", b"") is None

    assert names.left == [("10.0.0.1",)]
    assert receiver.got[0].headers["host"] == f"mis.example:{receiver.port}"


async def test_one_address_that_is_not_public_is_enough(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch, ("127.0.0.1", "10.0.0.1"))
    async with running(here) as hooked, receiving() as receiver:
        said = await hooked.webhooks._poster.post(receiver.url("https", "mis.example"), "text/plain", b"")

    assert (said, receiver.got) == ("its name leads to an address that is not public", [])


async def test_in_production_a_name_that_leads_inside_is_not_called(here: Place) -> None:
    async with running(here, loopback=False) as hooked, receiving() as receiver:
        urn = await hooked.adds(receiver.url("https"))
        await hooked.posts()
        await hooked.trust.answers(urn)
        await hooked.posts()

        [first, _] = await hooked.rows()
        assert first["problem"] == "its name leads to an address that is not public"
        assert await hooked.webhooks._poster.post(receiver.url(), "text/plain", b"") == (
            "it has to begin with https://, so that nobody on the way reads along"
        )

    assert receiver.got == []
