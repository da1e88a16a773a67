"""Reactions on a real Postgres: each fact has its effects once, whatever breaks, waits, is refused or comes again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

import asyncpg
import pytest
from aiokafka import TopicPartition
from prometheus_client import REGISTRY

from shared import reactions
from shared.consumer import Arrival
from shared.contracts.talent.bookkeeping import RecordVoided
from shared.contracts.talent.register import SchoolJoinedTrust, TrustRegistered
from shared.decider import Decider, NotYet, Rejected
from shared.eventstore import Act, CommandKey, Context, NewEvent, Recorded, act
from shared.messaging import Delivered
from shared.reactions import Effect, Fact, Reacting, Reaction
from shared.reactions.reaction import deepest_chain
from shared.runtime import read_due
from tests.stack import Stack
from tests.support.history import APP, History, context, history, new, people, person, write
from tests.support.writer import until

pytestmark = pytest.mark.timeout(60)

HEARD = TopicPartition("talent.events", 0)
NOTE = TrustRegistered(trustuid="99001", trust_ref="TR99001", name="Noted")
notes: Decider[TrustRegistered, int, Any] = Decider(0, lambda note, _: [note], lambda count, _: count + 1)
"""Each time that it is asked a note is written: what is done twice shows."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A writer's history with its reactions, of which each test has its own."""

    history: History

    def reacting(self, *known: Reaction) -> Reacting:
        """A process that does this."""
        of = self.history
        return Reacting(of.store, of.vault, of.clock, known, lambda: None)

    async def hears(self, process: Reacting, *facts: NewEvent) -> None:
        await self._hears(process, [arrival(fact) for fact in facts])

    async def hears_void(self, process: Reacting, fact: NewEvent) -> None:
        of = fact.envelope
        voided = RecordVoided(event_id=of.id, event_type=of.type, version=of.version, reason="sealed:x")
        await self._hears(process, [replace(arrival(new(of.stream, of.version + 1)), event=voided)])

    async def _hears(self, process: Reacting, arrivals: Sequence[Arrival]) -> None:
        async with self.history.pool.acquire() as connection, connection.transaction():
            await process.keep(cast("asyncpg.Connection", connection), arrivals)

    async def does(self, known: Reaction, *facts: NewEvent) -> Reacting:
        """A process hears facts and does once what it should."""
        process = self.reacting(known)
        await self.hears(process, *facts)
        await process.work_off()
        return process

    async def again(self, process: Reacting) -> None:
        """What was put off is tried again, without waiting for its time."""
        await self.as_owner("update fact_due set due_at = now()")
        await process.work_off()

    async def due(self) -> list[UUID]:
        return [row["fact_id"] for row in await self.history.pool.fetch("select fact_id from fact_due")]

    async def happened(self, stream: str) -> list[Any]:
        return [recorded.event() for recorded in await self.history.events(stream)]

    async def refusals(self) -> list[Any]:
        rows = await self.history.pool.fetch("select distinct stream from event where stream like 'reaction-%'")
        return [event for row in rows for event in await self.happened(row["stream"])]

    async def as_owner(self, statement: str) -> None:
        owner = await asyncpg.connect(self.history.owner_dsn, timeout=10)
        try:
            await owner.execute(statement)
        finally:
            await owner.close()


@pytest.fixture
async def writer(stack: Stack, roles: Mapping[str, str], database: str) -> AsyncIterator[Writer]:
    async with history(stack, database) as made:
        here = Writer(made)
        await here.as_owner(reactions.schema(APP))
        yield here


@asynccontextmanager
async def running(process: Reacting) -> AsyncIterator[None]:
    await process.start()
    try:
        yield
    finally:
        await process.stop()


def arrival(fact: NewEvent) -> Arrival:
    raw: Any = None
    event = Recorded(fact.envelope.type, fact.envelope.meta(), fact.record, b"").event()
    delivered = Delivered(fact.envelope.meta(), 0, fact.record)
    return Arrival(HEARD, 0, "talent", fact.envelope.stream, raw, delivered, event)


def reaction(*effects: Effect) -> Reaction:
    """Whatever trust is registered, this is done."""

    async def react(_fact: Fact, _pool: asyncpg.Pool) -> Sequence[Effect]:
        return effects

    return Reaction("note_a_trust", (TrustRegistered,), react)


def noting(target: str) -> Effect:
    return Effect(target, lambda context: act(notes, target, NOTE, context))


def answering(target: str, answer: Callable[[], Exception | None]) -> Effect:
    """A note, unless there is something to say against it when it is decided."""

    def make(context: Context) -> Act:
        noted = act(notes, target, NOTE, context)

        def decide(states: Any) -> Any:
            if error := answer():
                raise error
            return noted.decide(states)

        return replace(noted, decide=decide)

    return Effect(target, make)


def counted(outcome: str, code: str = "") -> float:
    labels = {"service": "talent", "reaction": "note_a_trust", "outcome": outcome, "code": code}
    return REGISTRY.get_sample_value("baton_reactions_total", labels) or 0


# Once


async def test_a_fact_causes_what_it_should_and_the_effect_names_it(writer: Writer) -> None:
    fact = new("trust-99001", 1)

    await writer.does(reaction(noting("a"), noting("b")), fact)

    for stream in ("a", "b"):
        [note] = await writer.history.events(stream)
        said = note.envelope
        assert (said.causation_id, said.correlation_id, said.trustuid) == (str(fact.envelope.id), "test", "99001")
        assert (said.actor, said.chain_depth) == ("reaction/note_a_trust", 1)
    assert await writer.due() == []


async def test_what_is_heard_again_changes_nothing(writer: Writer) -> None:
    fact, known = new("trust-99001", 1), reaction(noting("a"))

    process = await writer.does(known, fact, fact)
    await writer.hears(process, fact)
    await process.work_off()
    await writer.does(known, fact)

    assert await writer.happened("a") == [NOTE]
    assert await writer.due() == []


async def test_two_processes_do_it_once(writer: Writer) -> None:
    known = reaction(noting("a"))
    one, other = writer.reacting(known), writer.reacting(known)
    await writer.hears(one, *(new(f"trust-{n}", 1) for n in range(50)))

    await asyncio.gather(one.work_off(), other.work_off())
    await writer.again(one)

    assert await writer.happened("a") == [NOTE] * 50
    assert await writer.due() == []


async def test_what_was_done_and_not_yet_forgotten_is_not_done_again(writer: Writer) -> None:
    known = reaction(noting("a"))
    process = writer.reacting(known)
    await writer.hears(process, new("trust-99001", 1))
    await writer.as_owner("revoke delete on fact_due from talent_app")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # as if it died here
        await process.work_off()
    await writer.as_owner("grant delete on fact_due to talent_app")
    await process.work_off()

    assert await writer.happened("a") == [NOTE]
    assert await writer.due() == []


async def test_who_hears_that_a_fact_is_void_waits_for_who_is_doing_it(writer: Writer) -> None:
    """Or what is being made would not be found by who looks for what followed."""
    fact, begun, go_on = new("trust-99001", 1), asyncio.Event(), asyncio.Event()

    async def react(_fact: Fact, _pool: asyncpg.Pool) -> Sequence[Effect]:
        begun.set()
        await go_on.wait()
        return [noting("a")]

    process = writer.reacting(Reaction("note_a_trust", (TrustRegistered,), react))
    await writer.hears(process, fact)

    async def waits() -> Any:
        return await writer.history.pool.fetchval(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )

    async def hears_that_it_is_void() -> list[Any]:
        await writer.hears_void(process, fact)
        return await writer.happened("a")

    doing = asyncio.create_task(process.work_off())
    await begun.wait()
    hearing = asyncio.create_task(hears_that_it_is_void())
    await until(waits)
    go_on.set()
    await doing

    assert await hearing == [NOTE]


async def test_what_is_void_before_it_was_done_is_not_done(writer: Writer) -> None:
    fact = new("trust-99001", 1)
    process = writer.reacting(reaction(noting("a")))
    await writer.hears(process, fact)
    await writer.hears_void(process, fact)

    await process.work_off()

    assert await writer.happened("a") == []


async def test_what_nothing_is_done_about_is_not_kept(writer: Writer) -> None:
    async def nothing(_fact: Fact, _pool: asyncpg.Pool) -> Sequence[Effect]:
        raise AssertionError

    process = writer.reacting(Reaction("welcome_a_school", (SchoolJoinedTrust,), nothing))

    await writer.hears(process, new("trust-99001", 1))

    assert await writer.due() == []


async def test_more_than_is_taken_at_once_is_all_done(writer: Writer) -> None:
    process = writer.reacting(reaction(noting("a")))
    await writer.hears(process, *(new(f"trust-{n}", 1) for n in range(450)))

    async with running(process):
        process.heard()

        async def done() -> bool:
            return await writer.due() == []

        await until(done)
    assert len(await writer.happened("a")) == 450


# Refused


async def test_a_refusal_is_seen_once_and_the_other_effects_happen(writer: Writer) -> None:
    fact = new("trust-99001", 1)
    no = Rejected("not_today", "Ask again tomorrow.")
    known, before = reaction(answering("a", lambda: no), noting("b")), counted("refused", "not_today")

    await writer.does(known, fact)
    await writer.does(known, fact)

    assert (await writer.happened("a"), await writer.happened("b")) == ([], [NOTE])
    [refusal] = await writer.refusals()
    assert (refusal.reaction, refusal.target, refusal.code) == ("note_a_trust", "a", "not_today")
    assert (refusal.fact_id, refusal.fact_type) == (fact.envelope.id, fact.envelope.type)
    assert refusal.message == "Ask again tomorrow."
    assert await writer.due() == []
    assert counted("refused", "not_today") == before + 1


async def test_what_is_refused_while_it_is_made_is_seen_too(writer: Writer) -> None:
    def no(_: Context) -> Act:
        raise Rejected("not_today", "Ask again tomorrow.")

    await writer.does(reaction(Effect("a", no)), new("trust-99001", 1))

    assert [refusal.code for refusal in await writer.refusals()] == ["not_today"]


async def test_another_trusts_stream_is_refused_and_that_is_seen(writer: Writer) -> None:
    await writer.history.store.append([write("a", 0)])
    fact = new("trust-99002", 1)
    others = replace(fact, envelope=replace(fact.envelope, trustuid="99002"))

    await writer.does(reaction(noting("a")), others)

    assert [refusal.code for refusal in await writer.refusals()] == ["not_your_trust"]
    assert len(await writer.happened("a")) == 1


async def test_what_speaks_of_somebody_who_was_erased_is_refused_and_that_is_seen(writer: Writer) -> None:
    somebody = person("gone")
    await writer.history.execute(act(people, "person-gone", somebody, context("registered")))
    await writer.as_owner("update subject_key set wrapped = null, erased_at = now()")
    writer.history.vault._cache.clear()
    effect = Effect("person-gone", lambda context: act(people, "person-gone", somebody, context))

    await writer.does(reaction(effect), new("trust-99001", 1))

    assert [refusal.code for refusal in await writer.refusals()] == ["person_erased"]
    assert await writer.due() == []


# Waiting


async def test_what_cannot_be_decided_yet_is_done_when_it_can(writer: Writer) -> None:
    waits: list[Exception] = [NotYet("no_pen_yet", "There is no pen.")]
    fact = new("trust-99001", 1)

    process = await writer.does(reaction(answering("a", lambda: next(iter(waits), None)), noting("b")), fact)
    assert (await writer.happened("a"), await writer.happened("b")) == ([], [NOTE])
    await writer.again(process)
    assert await writer.due() == [fact.envelope.id]
    waits.clear()
    await writer.again(process)

    assert (await writer.happened("a"), await writer.happened("b")) == ([NOTE], [NOTE])
    assert (await writer.due(), await writer.refusals()) == ([], [])


async def test_what_waits_is_tried_again_less_and_less_often_and_by_itself(writer: Writer) -> None:
    waits: list[Exception] = [NotYet("no_pen_yet", "There is no pen.")]
    process = await writer.does(reaction(answering("a", lambda: next(iter(waits), None))), new("trust-99001", 1))
    pauses = []
    for _ in range(8):
        pauses.append(await writer.history.pool.fetchval("select extract(epoch from due_at - now()) from fact_due"))
        await writer.again(process)

    assert [round(float(pause), 1) for pause in pauses] == [0.5, 1, 2, 4, 8, 15, 15, 15]
    waits.clear()
    await writer.as_owner("update fact_due set due_at = now()")
    async with running(process):

        async def noted() -> bool:
            return await writer.happened("a") == [NOTE]

        await until(noted)


async def test_it_is_shown_what_waits_and_since_when(writer: Writer) -> None:
    async def shown() -> tuple[float | None, float | None]:
        await read_due("talent", writer.history.pool)
        labels = {"service": "talent"}
        facts = REGISTRY.get_sample_value("baton_facts_due", labels)
        return facts, REGISTRY.get_sample_value("baton_facts_due_seconds", labels)

    assert await shown() == (0, 0)
    await writer.does(reaction(answering("a", lambda: NotYet("no_pen_yet", "There is no pen."))), new("trust-99001", 1))
    await writer.as_owner("update fact_due set kept_at = now() - interval '2 hours'")

    facts, seconds = await shown()
    assert (facts, round((seconds or 0) / 3600)) == (1, 2)


async def test_what_still_waits_after_a_day_is_refused(writer: Writer) -> None:
    known = reaction(answering("a", lambda: NotYet("no_pen_yet", "There is no pen.")))

    process = await writer.does(known, new("trust-99001", 1))
    await writer.as_owner("update fact_due set kept_at = now() - interval '25 hours'")
    await writer.again(process)

    assert [refusal.code for refusal in await writer.refusals()] == ["waited_too_long"]
    assert await writer.due() == []


async def test_what_was_kept_for_more_than_a_day_and_need_not_wait_is_done(writer: Writer) -> None:
    process = writer.reacting(reaction(noting("a")))
    await writer.hears(process, new("trust-99001", 1))
    await writer.as_owner("update fact_due set kept_at = now() - interval '25 hours'")

    await process.work_off()

    assert (await writer.happened("a"), await writer.refusals()) == ([NOTE], [])


# Broken


def _broken(_: Context) -> Act:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "bad", [Effect("bad", _broken), answering("bad", ZeroDivisionError)], ids=["being made", "being decided"]
)
async def test_an_effect_that_breaks_holds_no_other_back_and_waits_to_be_mended(writer: Writer, bad: Effect) -> None:
    fact, other = new("trust-1", 1), new("trust-2", 1)

    async def react(heard: Fact, _: asyncpg.Pool) -> Sequence[Effect]:
        return [bad] if heard.envelope.id == fact.envelope.id else [noting("good")]

    await writer.does(Reaction("note_a_trust", (TrustRegistered,), react), fact, other)
    assert (await writer.due(), await writer.happened("good")) == ([fact.envelope.id], [NOTE])

    await writer.again(writer.reacting(reaction(noting("bad"))))
    assert (await writer.due(), await writer.happened("bad")) == ([], [NOTE])


async def test_a_reaction_that_breaks_holds_no_other_back(writer: Writer) -> None:
    async def breaks(_fact: Fact, _pool: asyncpg.Pool) -> Sequence[Effect]:
        raise ZeroDivisionError

    fact = new("trust-1", 1)
    process = writer.reacting(Reaction("break", (TrustRegistered,), breaks), reaction(noting("a")))
    await writer.hears(process, fact)

    await process.work_off()

    assert (await writer.due(), await writer.happened("a")) == ([fact.envelope.id], [NOTE])


async def test_what_cannot_be_read_any_more_holds_no_other_back(writer: Writer) -> None:
    fact, other = new("trust-1", 1), new("trust-2", 1)
    process = writer.reacting(reaction(noting("a")))
    await writer.hears(process, fact, other)
    await writer.as_owner(f"update fact_due set record = 'x' where fact_id = '{fact.envelope.id}'")

    await process.work_off()

    assert (await writer.due(), await writer.happened("a")) == ([fact.envelope.id], [NOTE])


async def test_what_the_database_does_not_take_for_a_while_is_done_afterwards(writer: Writer) -> None:
    process = writer.reacting(reaction(noting("a")))
    await writer.hears(process, *(new(f"trust-{n}", 1) for n in range(3)))
    await writer.as_owner("revoke select on stream from talent_app; revoke select on event from talent_app")

    await process.work_off()
    assert len(await writer.due()) == 3
    await writer.as_owner("grant select on stream to talent_app; grant select on event to talent_app")
    await writer.again(process)

    assert (await writer.happened("a"), await writer.due()) == ([NOTE] * 3, [])


# Chains


async def test_reactions_that_cause_each_other_come_to_an_end_that_is_seen(writer: Writer) -> None:
    async def react(fact: Fact, _: asyncpg.Pool) -> Sequence[Effect]:
        return [noting(f"echo-{fact.envelope.chain_depth + 1}")]

    process = writer.reacting(Reaction("note_a_trust", (TrustRegistered,), react))
    heard: list[NewEvent] = [new("trust-99001", 1)]
    for depth in range(1, deepest_chain + 3):
        await writer.hears(process, *heard)
        await process.work_off()
        said = await writer.history.events(f"echo-{depth}")
        heard = [NewEvent(recorded.envelope, recorded.record) for recorded in said]
        assert [event.envelope.chain_depth for event in heard] == ([depth] if depth <= deepest_chain else [])

    [refusal] = await writer.refusals()
    assert (refusal.code, refusal.target) == ("chain_too_deep", f"echo-{deepest_chain + 1}")


async def test_the_key_of_an_effect_is_the_services_own(writer: Writer) -> None:
    """Nobody's claim can take it: its origin is the service."""
    await writer.does(reaction(noting("a")), new("trust-99001", 1))

    rows = await writer.history.pool.fetch("select origin, source, id from command")
    [key] = [CommandKey(*row) for row in rows]
    assert (key.origin, key.source, UUID(key.id).version) == ("talent", "reaction/note_a_trust", 5)
