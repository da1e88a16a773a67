"""What somebody signed in and got post by is cleared when they are erased, by whatever name that was."""

from __future__ import annotations

import asyncpg

from services.reporting.erasing import erasures
from services.reporting.post.kind import Content, Occasion
from services.reporting.post.letters import Letter, Letters
from services.reporting.post.subscriptions import Subscriptions
from services.reporting.signing_in.sessions import Person, Sessions
from shared.contracts.collaboration import bookkeeping as collaboration
from shared.contracts.talent import bookkeeping as talent
from shared.identity import Principal
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.northmoor import NOW
from tests.support.story import TRUST, Story, named

ADA = named("Ada")
BY_ID, BY_ISSUER, SOMEBODY = str(ADA), "issuers-own-7", "issuers-own-8"
_POST = "select subject from subscription join letter using (subscription_id)"


async def _signs_in(pool: asyncpg.Pool, subject: str) -> None:
    """Somebody has a session, and post, and was sent a letter."""
    who = Principal(subject, frozenset({"trust_leader"}), TRUST)
    await Sessions(pool).begin(Person(who, "Leader of the trust"))
    subscriptions = Subscriptions(pool, KeyRing())
    await subscriptions.ask(who, {"digest"}, "ada@school.example")
    subscription = await subscriptions.of(who)
    assert subscription is not None
    assert await Letters(pool).claim(Letter(subscription, "digest", Occasion("2026", "2026")), Content("", {}))


async def _left(pool: asyncpg.Pool) -> dict[str, list[str]]:
    return {
        "sessions": [row["subject"] for row in await pool.fetch("select subject from session")],
        "post": [
            r["subject"]
            for r in await pool.fetch("select subject from subscription join letter using (subscription_id)")
        ],
        "names": [row["subject"] for row in await pool.fetch("select subject from signs_in_as")],
    }


async def test_sessions_and_post_go_under_every_name_that_was_told_and_the_receipt_counts_them(database: str) -> None:
    story = Story(NOW)
    erasure = named("erasure")
    for bookkeeping in (talent, collaboration):
        erased = bookkeeping.PersonErased(person_id=ADA, erasure_id=erasure, keys=1, cleared=0)
        story.tell(erased, f"erasure-{ADA}")
    async with read_model.telling(database, ()) as pool:
        for subject in (BY_ID, BY_ISSUER, SOMEBODY):
            await _signs_in(pool, subject)
        await pool.execute("insert into signs_in_as values ($1, $2)", ADA, BY_ISSUER)

        await read_model.receive(pool, story.told)

        assert await _left(pool) == {"sessions": [SOMEBODY], "post": [SOMEBODY], "names": []}
        receipt = "select cleared from erasure_applied where erasure_id = $1 and service = 'reporting'"
        assert await pool.fetchval(receipt, erasure) == 6

        await pool.execute("insert into signs_in_as values ($1, $2)", ADA, SOMEBODY)
        assert await erasures.clear_more(pool, ADA, erasure) == 3
        assert await pool.fetchval(receipt, erasure) == 9
        assert await _left(pool) == {"sessions": [], "post": [], "names": []}
