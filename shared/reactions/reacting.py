"""Doing what facts cause: they are kept in the transaction that hears them, and worked off at once afterwards.

Between the two nothing is lost, and what is done twice has one effect: its command is answered once. What cannot be
decided yet, and what fails, is tried again less and less often; the others do not wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from prometheus_client import Counter

from shared.clock import Clock
from shared.consumer import Arrival
from shared.contracts import codec
from shared.contracts.bookkeeping import RecordVoided
from shared.contracts.envelope import Envelope
from shared.eventstore import Act, EventStore, Outcome, execute
from shared.reactions.due import Due, due_now, forget, forget_voided, keep, put_off
from shared.reactions.reaction import Effect, Fact, Reaction, act_of, refusal_of
from shared.vault import Vault

log = structlog.get_logger()

at_once = 200
poll_seconds = 0.5
_away = (OSError, TimeoutError, asyncpg.InterfaceError)  # the database is, for all alike
_broken = Outcome("conflict", code="broken")


@dataclass(frozen=True, slots=True)
class _Doing:
    """One effect under way."""

    due: Due
    fact: Fact
    effect: Effect
    act: Act


class Reacting:
    """One service's reactions. It is a part: start() and stop(). Several processes may do the same: it is done once.

    Args:
        reactions: all that it does about facts; a name is never given to another one.
        wake: called when something was appended.
    """

    def __init__(
        self, store: EventStore, vault: Vault, clock: Clock, reactions: Sequence[Reaction], wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._reactions: Mapping[str, Reaction] = {reaction.name: reaction for reaction in reactions}
        self._by_fact: Mapping[type[Any], Sequence[str]] = _by_fact(reactions)
        self._wake = wake
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        for name in self._reactions:
            _answers.labels(store.service, name, "accepted", "")  # shown from the start on, as nothing yet

    async def keep(self, connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
        """Keep those of a batch that something is to be done about, in the transaction that hears them.

        Of what is voided meanwhile, nothing is done any more; what was done already is found by a reaction to that.
        """
        await keep(
            connection,
            (
                (found.envelope.id, name, found.meta, found.record)
                for arrival in arrivals
                if (found := arrival.delivered) is not None
                for name in self._by_fact.get(type(arrival.event), ())
            ),
        )
        voided = [arrival.event.event_id for arrival in arrivals if isinstance(arrival.event, RecordVoided)]
        await forget_voided(connection, voided)

    def heard(self) -> None:
        """Facts may have been kept: look at once."""
        self._heard.set()

    async def start(self) -> None:
        """Begin, in the background."""
        if self._reactions:
            self._task = asyncio.create_task(self._run(), name="reactions")

    async def stop(self) -> None:
        """Stop at once: what was under way is found again."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._heard.wait(), poll_seconds)
            self._heard.clear()
            try:
                while await self.work_off() == at_once:
                    pass
            except Exception as error:  # noqa: BLE001  whatever it was: the next look may fare better
                log.warning("reacting_failed", error=type(error).__name__)
                await asyncio.sleep(poll_seconds)

    async def work_off(self) -> int:
        """Do what is due; how many facts were looked at. They are this process's meanwhile, and are then forgotten."""
        async with self._store.pool.acquire() as connection, connection.transaction():
            due = await due_now(connection, list(self._reactions), at_once)
            later = await self._do(due) if due else set()
            if later:
                await put_off(connection, list(later))
            if len(due) > len(later):
                await forget(connection, [fact for fact in due if fact not in later])
        return len(due)

    async def _do(self, due: Sequence[Due]) -> set[Due]:
        """Do what facts cause; those of them that something is still to be done about."""
        later: set[Due] = set()
        doing = [one for fact in due for one in await self._doing(fact, later)]
        answers = list(zip(doing, await self._execute([one.act for one in doing]), strict=True))
        later |= {one.due for one, outcome in answers if outcome.status in ("parked", "conflict")}
        later |= await self._record([(one, outcome) for one, outcome in answers if outcome.status == "refused"])
        for one, outcome in answers:
            if outcome.status != "refused":  # those are counted where they are recorded: once each
                self._count(one, outcome)
        return later

    async def _doing(self, due: Due, later: set[Due]) -> Sequence[_Doing]:
        """What a fact causes."""
        try:
            envelope = Envelope.of_meta(due.meta)
            fact = Fact(codec.decode(envelope.type, due.record), envelope)
            effects = await self._reactions[due.reaction].react(fact, self._store.pool)
            acts = [act_of(self._store.service, due.reaction, fact, effect, late=due.late) for effect in effects]
        except _away:
            raise
        except Exception as error:  # noqa: BLE001  whatever is wrong with this one, the others go on
            log.warning("reaction_broke", reaction=due.reaction, fact=str(due.fact_id), error=type(error).__name__)
            later.add(due)
            return ()
        return [_Doing(due, fact, effect, act) for effect, act in zip(effects, acts, strict=True)]

    async def _record(self, refused: Sequence[tuple[_Doing, Outcome]]) -> set[Due]:
        """Let refusals be seen; those that could not be recorded now."""
        service = self._store.service
        acts = [refusal_of(service, one.due.reaction, one.fact, one.effect, outcome) for one, outcome in refused]
        later: set[Due] = set()
        for (one, why), outcome in zip(refused, await self._execute(acts), strict=True):
            if outcome.status == "conflict":
                later.add(one.due)
            elif outcome.status == "accepted":  # and not a repeat
                self._count(one, why)
                log.info(
                    "reaction_refused",
                    reaction=one.due.reaction,
                    fact=str(one.due.fact_id),
                    code=why.code,
                    target=one.effect.target,
                )
        return later

    def _count(self, one: _Doing, outcome: Outcome) -> None:
        _answers.labels(self._store.service, one.due.reaction, outcome.status, outcome.code or "").inc()

    async def _execute(self, acts: Sequence[Act]) -> list[Outcome]:
        """All of them together; where one of them breaks, each by itself."""
        if not acts:
            return []
        try:
            outcomes = await execute(self._store, self._vault, self._clock, acts)
        except _away:
            raise
        except Exception:  # noqa: BLE001  one's own fault: the others shall not suffer from it
            outcomes = [await self._alone(act) for act in acts]
        self._wake()
        return outcomes

    async def _alone(self, act: Act) -> Outcome:
        try:
            [outcome] = await execute(self._store, self._vault, self._clock, [act])
        except _away:
            raise
        except Exception as error:  # noqa: BLE001  it is tried again
            log.warning("reaction_broke", command=act.context.key.id, by=act.context.actor, error=type(error).__name__)
            return _broken
        return outcome


def _by_fact(reactions: Sequence[Reaction]) -> Mapping[type[Any], Sequence[str]]:
    found: dict[type[Any], list[str]] = defaultdict(list)
    for reaction in reactions:
        for cls in reaction.on:
            found[cls].append(reaction.name)
    return found


_answers = Counter("baton_reactions", "Commands that facts caused", ["service", "reaction", "outcome", "code"])
