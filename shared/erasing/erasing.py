"""What a writer does when it hears that somebody is to be erased, in an order in which each step may be repeated.

The keys are destroyed first, and are fenced for ever. Others may go on with keys that they remember, for a minute and
as long as a statement takes, and may begin a stream meanwhile. After that what there is now is fenced, what is held in
clear or under the service's own keys is cleared, and only then does the service say that it holds nothing any more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import orjson

from shared.contracts import codec
from shared.contracts.talent.personal_data import ErasureDecided
from shared.decider import NotYet, whatever_stood
from shared.erasing.about import About, about, own_streams, subjects
from shared.eventstore import Act, Context, Decision, EventStore, States
from shared.reactions import Effect, Fact, Reaction
from shared.vault import Vault

Clear = Callable[[About], Awaitable[int]]
"""Empties or removes what is held about a person whose keys are gone; how many records that were."""


def erasure_stream(person_id: object) -> str:
    return f"erasure-{person_id}"


def erase_person(service: str, vault: Vault, clear: Sequence[Clear]) -> Reaction:
    """The reaction to the decision that somebody is erased."""
    person_erased = codec.event_class(f"uk.mat.{service}.PersonErased.v1")

    async def react(fact: Fact, pool: asyncpg.Pool) -> Sequence[Effect]:
        decided: ErasureDecided = fact.event
        person = await about(pool, str(decided.person_id))
        fenced = await vault.erase(person.subjects, decided.ground)
        cleared = 0
        if fenced.forgotten:
            await vault.erase([_mark(service, decided.person_id)], decided.ground)
            cleared = sum([await clearing(person) for clearing in clear])
        stream = erasure_stream(decided.person_id)

        def decide(states: States) -> Decision:
            if not fenced.forgotten:
                raise NotYet("keys_remembered", "Some may go on with keys that they remember, for a minute.")
            if states.recorded(stream):
                return {}
            erased = person_erased(
                person_id=decided.person_id, erasure_id=decided.erasure_id, keys=fenced.keys, cleared=cleared
            )
            return {stream: [erased]}

        def act(context: Context) -> Act:
            return Act(context, {stream: whatever_stood}, decide)

        return [Effect(stream, act)]

    return Reaction("erase_person", (ErasureDecided,), react)


def _mark(service: str, person_id: object) -> str:
    """A fence of no key: it stands in the vault once all that a service had to fence of a person is fenced there."""
    return f"erasure:{service}:{person_id}"


class Fences:
    """Before a service serves, whom it has erased is erased in the vault: a vault's backup may be older than that.

    A vault that has the mark of an erasure has all of its fences. Only for the others the history is looked through.
    """

    def __init__(self, store: EventStore, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def start(self) -> None:
        """Destroy again the keys of those whom the history knows as erased, and the vault does not."""
        service, pool = self._store.service, self._store.pool
        person_erased = codec.event_class(f"uk.mat.{service}.PersonErased.v1")
        rows = await pool.fetch(_erasures, codec.type_names_of(person_erased))
        marks = {(person := orjson.loads(row["record"])["person_id"]): _mark(service, person) for row in rows}
        known = await self._vault.existing_keys(marks.values())
        people = [person for person, mark in marks.items() if mark not in known.erased]
        if people:
            streams = await own_streams(pool, people)
            every = {s for person in people for s in (*subjects(person, streams.get(person, ())), marks[person])}
            await self._vault.erase(every, "erased_before")

    async def stop(self) -> None:
        """Nothing runs."""


_erasures = """
select e.record from stream s join event e on e.stream = s.name and e.version = 1
where s.name like 'erasure-%' and e.type = any($1)
"""
