"""An erasure's steps, one by one: each may be repeated, and a crash between any two converges."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.contracts import codec
from shared.contracts.envelope import Envelope
from shared.contracts.talent.bookkeeping import PersonalDataRevealed
from shared.contracts.talent.deployments import DeploymentEnded
from shared.contracts.talent.personal_data import ErasureDecided
from shared.contracts.talent.register import PersonRegistered
from shared.erasing import About, Fences, about, erase_person, erasing
from shared.eventstore import Outcome, execute
from shared.intake import Admission, revealing
from shared.intake.revealing import Reveal
from shared.reactions import Fact
from shared.reactions.reaction import act_of
from shared.vault import ErasedSubjectError, LostKeyError, MasterKeyError, Vault, keys
from tests.support.process import Process, context, facts, opened, place_of
from tests.support.writer import TALENT, TRUST, Place

MARKER = "Zebedee Quixote-Marker"
DAY = date(2026, 11, 2)
here = place_of(TALENT)


class Crash(Exception):
    """The process dies here."""


@dataclass
class Somebody:
    """A person of whom there is a name, under their key, and how a deployment went, under its stream's."""

    talent: Process
    person_id: UUID = field(default_factory=uuid4)
    cleared: list[About] = field(default_factory=list)
    dies: bool = False

    @property
    def stream(self) -> str:
        return f"person-{self.person_id}"

    async def is_known(self) -> None:
        registered = PersonRegistered(
            person_id=self.person_id, trustuid=TRUST, source="mis", staff_ref=self.person_id.hex, name=MARKER
        )
        await self.talent.says(facts(self.stream, registered))
        assert await self.ends_deployment() == ("accepted", None)

    async def ends_deployment(self, deployment_id: UUID | None = None) -> tuple[str, str | None]:
        """A deployment ends, one of its own if nothing is said; how that was answered."""
        ended = DeploymentEnded(
            deployment_id=deployment_id or uuid4(),
            person_id=self.person_id,
            ended_on=DAY,
            outcome="green",
            impact=MARKER,
        )
        said = facts(f"deployment-{ended.deployment_id}", ended)
        [outcome] = await execute(self.talent.store, self.talent.vault, self.talent.clock, [said])
        return outcome.status, outcome.code

    async def shows(self, of: UUID, field: str) -> tuple[str, str | None]:
        """An auditor is shown a text for a reason that names somebody; how that was answered."""
        asked, within = Reveal(event_id=of, fields=(field,), reason=MARKER), context()
        found = await revealing.look_up(self.talent.store, self.talent.clock, asked, within)
        act = self.reveals.to_act(found, within)
        [outcome] = await execute(self.talent.store, self.talent.vault, self.talent.clock, [act])
        return outcome.status, outcome.code

    @property
    def reveals(self) -> Admission:
        return revealing.commands(PersonalDataRevealed)["/reveals"]

    async def reasons(self) -> list[str]:
        """Why texts were shown, as far as that can be read by a process which has just started."""
        asked = "select stream, id, type, record from event where stream like 'reveals-%'"
        return [text async for text in self._opened(await self.talent.store.pool.fetch(asked))]

    async def ids(self) -> list[UUID]:
        """Their events that have texts: the name, and how the deployment went."""
        asked = "select id from event where position($1::bytea in record) > 0 order by position"
        return [row["id"] for row in await self.talent.store.pool.fetch(asked, str(self.person_id).encode())]

    async def erased(self) -> Outcome:
        """What comes of it once that the decision is heard."""
        decided = ErasureDecided(person_id=self.person_id, erasure_id=uuid4(), ground="request", requested_on=DAY)
        fact = Fact(decided, self._envelope())
        reaction = erase_person("talent", self.talent.vault, [self._clear])
        [effect] = await reaction.react(fact, self.talent.store.pool)
        act = act_of("talent", reaction.name, fact, effect, late=False)
        [outcome] = await execute(self.talent.store, self.talent.vault, self.talent.clock, [act])
        return outcome

    async def readable(self) -> list[str]:
        """The texts that a process which has just started opens."""
        rows = await self.talent.store.pool.fetch(
            "select stream, id, type, record from event where position($1::bytea in record) > 0",
            str(self.person_id).encode(),
        )
        return [text async for text in self._opened(rows)]

    async def _opened(self, rows: Sequence[asyncpg.Record]) -> AsyncIterator[str]:
        for row in rows:
            event = codec.decode(row["type"], row["record"])
            subjects = codec.subjects(event, row["stream"])
            known = await self.talent.vault.existing_keys(subjects.values())
            for name, subject in subjects.items():
                if subject not in known.erased:
                    yield known.open(subject, getattr(event, name), codec.place(row["stream"], str(row["id"]), name))

    async def receipts(self) -> int:
        asked = "select count(*) from event where stream = $1"
        count: int = await self.talent.store.pool.fetchval(asked, f"erasure-{self.person_id}")
        return count

    async def _clear(self, person: About) -> int:
        self.cleared.append(person)
        if self.dies:
            raise Crash
        return 3

    def _envelope(self) -> Envelope:
        now = self.talent.clock.now()
        return Envelope(
            id=self.person_id,
            type="uk.mat.talent.ErasureDecided.v1",
            service="talent",
            stream=f"personal-data-{self.person_id}",
            version=1,
            time=now,
            happened_at=now,
            trustuid=TRUST,
            actor="tester",
            correlation_id="test",
        )


@pytest.fixture
async def talent(here: Place) -> AsyncIterator[Process]:
    async with opened(here) as process:
        yield process


@pytest.fixture
async def somebody(talent: Process) -> Somebody:
    made = Somebody(talent)
    await made.is_known()
    return made


def forgets_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(keys, "cached_seconds", 0.0)
    patch.setattr(keys, "under_way_seconds", 0.0)


async def test_what_died_between_two_steps_is_done_again_and_said_once(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgets_at_once(monkeypatch)
    somebody.dies = True
    with pytest.raises(Crash):
        await somebody.erased()
    assert await somebody.readable() == []
    assert await somebody.receipts() == 0

    somebody.dies = False
    assert [(await somebody.erased()).status for _ in range(2)] == ["accepted", "duplicate"]

    assert await somebody.receipts() == 1
    [one, *_] = somebody.cleared
    assert one.references == {("mis", somebody.person_id.hex)}
    assert len(one.own) == 2


async def test_nothing_is_said_while_a_process_may_remember_a_key(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await somebody.erased()
    assert (first.status, first.code, somebody.cleared) == ("parked", "keys_remembered", [])
    assert await somebody.readable() == []

    forgets_at_once(monkeypatch)
    assert (await somebody.erased()).status == "accepted"


async def test_a_stream_about_somebody_erased_takes_no_text_though_its_own_key_is_another(somebody: Somebody) -> None:
    begun, new = uuid4(), uuid4()
    assert await somebody.ends_deployment(begun) == ("accepted", None)
    await somebody.talent.vault.erase([f"person:{somebody.person_id}"], "request")

    assert [await somebody.ends_deployment(one) for one in (begun, new)] == [("refused", "person_erased")] * 2


async def test_why_a_text_was_shown_goes_with_the_text_and_that_it_was_stays(
    here: Place, somebody: Somebody, talent: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Somebody(talent)
    await other.is_known()
    await somebody.ends_deployment()
    [name, impact, not_shown], [others_name, _] = await somebody.ids(), await other.ids()
    for shown in ((name, "name"), (impact, "impact"), (others_name, "name")):
        assert await somebody.shows(*shown) == ("accepted", None)
    reveals = "select id from event where stream = $1"
    [why] = await talent.store.pool.fetch(reveals, f"reveals-{impact}")
    assert await somebody.shows(why["id"], "reason") == ("accepted", None)
    await as_owner(here, "create table before_reveals as table subject_key")

    forgets_at_once(monkeypatch)
    await somebody.erased()

    assert await somebody.reasons() == [MARKER]
    assert len(await talent.store.pool.fetch(reveals, f"reveals-{name}")) == 1
    for lost in ((name, "name"), (impact, "impact"), (not_shown, "impact"), (why["id"], "reason")):
        assert await somebody.shows(*lost) == ("refused", "person_erased")
    assert await somebody.shows(others_name, "name") == ("accepted", None)

    await as_owner(here, "delete from subject_key")
    await as_owner(here, "insert into subject_key table before_reveals")
    async with opened(here) as process:
        started = Somebody(process, somebody.person_id)
        assert await started.reasons() == [MARKER] * 5
        await Fences(process.store, process.vault).start()
        assert await started.reasons() == [MARKER] * 2


@pytest.mark.parametrize("in_its_midst", [False, True])
async def test_a_vault_of_before_knows_of_the_erasure_before_the_service_serves(
    here: Place, somebody: Somebody, monkeypatch: pytest.MonkeyPatch, *, in_its_midst: bool
) -> None:
    """Also one of its midst, when somebody's key was destroyed and a process that remembered it began a stream."""
    async with opened(here) as remembering:
        late = Somebody(remembering, somebody.person_id)
        assert await late.ends_deployment() == ("accepted", None)
        if in_its_midst:
            assert (await somebody.erased()).code == "keys_remembered"
            assert await late.ends_deployment() == ("accepted", None)
        await as_owner(here, "drop table if exists before")
        await as_owner(here, "create table before as table subject_key")
    forgets_at_once(monkeypatch)
    assert (await somebody.erased()).status == "accepted"
    await as_owner(here, "delete from subject_key")
    await as_owner(here, "insert into subject_key table before")

    async with opened(here) as process:
        started = Somebody(process, somebody.person_id)
        assert MARKER in await started.readable()
        await Fences(process.store, process.vault).start()
        assert await started.readable() == []


async def test_a_start_looks_through_the_history_for_nobody_whom_the_vault_knows(
    here: Place, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgets_at_once(monkeypatch)
    await somebody.erased()
    asked = list[Collection[str]]()

    async def looked_for(pool: asyncpg.Pool, people: Collection[str]) -> Mapping[str, Collection[str]]:
        asked.append(people)
        return await about.own_streams(pool, people)

    monkeypatch.setattr(erasing, "own_streams", looked_for)
    fences = Fences(somebody.talent.store, somebody.talent.vault)
    await fences.start()
    assert asked == []

    await as_owner(here, "delete from subject_key")
    async with opened(here) as process:
        for _ in range(2):
            await Fences(process.store, process.vault).start()
    [people] = asked
    assert str(somebody.person_id) in people


async def test_a_wrong_master_key_a_lost_key_and_an_erased_key_are_three_conditions(
    here: Place, talent: Process
) -> None:
    made = await talent.vault.keys(["person:lost", "person:erased"])
    tokens = {subject: made.seal(subject, MARKER, "place") for subject in made.by_subject}
    await as_owner(here, "delete from subject_key where subject = 'person:lost'")
    await talent.vault.erase(["person:erased", "person:never_there"], "request")

    async with opened(here) as process:
        found = await process.vault.existing_keys([*tokens, "person:never_there"])
        with pytest.raises(LostKeyError):
            found.open("person:lost", tokens["person:lost"], "place")
        with pytest.raises(ErasedSubjectError):
            found.open("person:erased", tokens["person:erased"], "place")
        with pytest.raises(ErasedSubjectError):
            await process.vault.keys(["person:never_there"])
        with pytest.raises(MasterKeyError, match="does not open this vault"):
            await Vault("talent", process.vault._pool, bytes(32)).start()


async def test_a_writers_role_destroys_keys_and_changes_nothing_else_in_the_vault(here: Place, talent: Process) -> None:
    await talent.vault.keys(["person:there"])
    for change in ("update subject_key set wrapped = null, erased_at = now()", "delete from subject_key"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await talent.vault._pool.execute(change)

    first = await talent.vault.erase(["person:there", "person:no_key"], "request")
    again = await talent.vault.erase(["person:there", "person:no_key"], "another")

    assert (first.keys, again.keys, again.forgotten) == (1, 1, False)
    asked = "select array_agg(distinct reason) from subject_key where subject in ('person:there', 'person:no_key')"
    assert await as_owner(here, asked) == ["request"]


async def as_owner(here: Place, statement: str) -> object:
    """Ask, or change, the vault as whoever keeps it."""
    connection = await asyncpg.connect(here.vault_owner_dsn, timeout=10)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()
