"""Doing what facts cause: they are kept in the transaction that hears them, and worked off at once afterwards.

Between the two nothing is lost, and what is done twice has one effect: its command is answered once. What cannot be
decided yet, and what fails, is tried again less and less often; after a day what still waits is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Counter

from shared.clock import Clock
from shared.consumer import Arrival
from shared.contracts import codec
from shared.contracts.bookkeeping import RecordVoided
from shared.contracts.envelope import Envelope
from shared.decider import Rejected
from shared.eventstore import Act, EventStore, Outcome, execute
from shared.reactions.reaction import Effect, Fact, Reaction, act_of
from shared.vault import Vault

log = structlog.get_logger()

longest_wait = timedelta(hours=24)
at_once = 200
poll_seconds = 0.5
_first_pause_s, _longest_pause_s = 0.5, 60.0


def schema(app_role: str) -> str:
    """The table of facts that something is to be done about, and what the application's role may do with it."""
    text = Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8")
    return text.replace("{app}", f'"{app_role}"')


def effects_index() -> str:
    """What finds the effects of a fact."""
    return Path(__file__).with_name("schema_2.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Due:
    """One fact that one reaction is to be done about."""

    fact_id: UUID
    reaction: str
    fact: Fact
    kept_at: datetime
    tries: int


class Reacting:
    """One service's reactions. It is a part: start() and stop().

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
        self._by_fact = _by_fact(reactions)
        self._refused = codec.event_class(f"uk.mat.{store.service}.ReactionRefused.v1")
        self._wake = wake
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def keep(self, connection: asyncpg.Connection, arrivals: Sequence[Arrival]) -> None:
        """Keep those of a batch that something is to be done about, in the transaction that hears them.

        Of what is voided meanwhile, nothing is done any more; what was done already is found by a reaction to that.
        """
        kept = [
            (found.envelope.id, name, found.meta, found.record)
            for arrival in arrivals
            if (found := arrival.delivered) is not None
            for name in self._by_fact.get(type(arrival.event), ())
        ]
        if kept:
            await connection.execute(
                """insert into fact_due (fact_id, reaction, meta, record)
                   select * from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[]) on conflict do nothing""",
                *([row[column] for row in kept] for column in range(4)),
            )
        if voided := [arrival.event.event_id for arrival in arrivals if isinstance(arrival.event, RecordVoided)]:
            await connection.execute("delete from fact_due where fact_id = any($1::uuid[])", voided)

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

    async def work_off(self) -> int:
        """Do what is due; how many facts were looked at."""
        due = await self._due()
        done: list[_Due] = []
        later: list[_Due] = []
        effects = [(one, effect) for one in due for effect in await self._effects(one, later)]
        acts = [self._act(one, effect) for one, effect in effects]
        outcomes = await self._execute(acts)
        for (one, _), outcome in zip(effects, outcomes, strict=True):
            self._tell(one, outcome)
            if outcome.status in ("parked", "conflict"):
                later.append(one)
        waiting = {(one.fact_id, one.reaction) for one in later}
        done = [one for one in due if (one.fact_id, one.reaction) not in waiting]
        await self._forget(done)
        await self._put_off(later)
        return len(due)

    async def _due(self) -> list[_Due]:
        rows = await self._store.pool.fetch(
            """select fact_id, reaction, meta, record, kept_at, tries from fact_due
               where due_at <= clock_timestamp() and reaction = any($1) order by due_at, fact_id limit $2""",
            list(self._reactions),
            at_once,
        )
        return [_read(row) for row in rows]

    async def _effects(self, one: _Due, later: list[_Due]) -> Sequence[Effect]:
        try:
            return await self._reactions[one.reaction].react(one.fact, self._store.pool)
        except Exception as error:  # noqa: BLE001  whatever is wrong with this one, the others go on
            log.warning("reaction_failed", reaction=one.reaction, fact=str(one.fact_id), error=type(error).__name__)
            later.append(one)
            return ()

    def _act(self, one: _Due, effect: Effect) -> Act:
        if datetime.now(one.kept_at.tzinfo) - one.kept_at > longest_wait:
            effect = Effect(effect.target, _given_up)
        return act_of(self._store.service, one.reaction, one.fact, effect, self._refused)

    async def _execute(self, acts: Sequence[Act]) -> list[Outcome]:
        """All of them together; where one of them breaks, each by itself."""
        if not acts:
            return []
        try:
            outcomes = await execute(self._store, self._vault, self._clock, acts)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise
        except Exception:  # noqa: BLE001  a decision's own fault: the others shall not suffer from it
            outcomes = [await self._alone(act) for act in acts]
        self._wake()
        return outcomes

    async def _alone(self, act: Act) -> Outcome:
        try:
            [outcome] = await execute(self._store, self._vault, self._clock, [act])
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001  its own alone
            log.warning("reaction_broke", source=act.context.key.source, error=type(error).__name__)
            return Outcome("conflict", code="broken")
        return outcome

    def _tell(self, one: _Due, outcome: Outcome) -> None:
        refused = next((stream for stream in outcome.streams if stream.startswith("reaction-")), None)
        status = "refused" if refused else outcome.status
        _answers.labels(self._store.service, one.reaction, status).inc()
        if status == "refused":
            log.info("reaction_refused", reaction=one.reaction, fact=str(one.fact_id), stream=refused)

    async def _forget(self, done: Sequence[_Due]) -> None:
        await self._store.pool.execute(
            """delete from fact_due f using unnest($1::uuid[], $2::text[]) d(fact_id, reaction)
               where (f.fact_id, f.reaction) = (d.fact_id, d.reaction)""",
            [one.fact_id for one in done],
            [one.reaction for one in done],
        )

    async def _put_off(self, later: Sequence[_Due]) -> None:
        await self._store.pool.execute(
            """update fact_due f set tries = f.tries + 1, due_at = clock_timestamp() + make_interval(secs => l.pause)
               from unnest($1::uuid[], $2::text[], $3::float8[]) l(fact_id, reaction, pause)
               where (f.fact_id, f.reaction) = (l.fact_id, l.reaction)""",
            [one.fact_id for one in later],
            [one.reaction for one in later],
            [min(_first_pause_s * 2**one.tries, _longest_pause_s) for one in later],
        )


def _by_fact(reactions: Sequence[Reaction]) -> Mapping[type[Any], Sequence[str]]:
    found: dict[type[Any], list[str]] = {}
    for reaction in reactions:
        for cls in reaction.on:
            found.setdefault(cls, []).append(reaction.name)
    return found


def _read(row: asyncpg.Record) -> _Due:
    envelope = Envelope.of_meta(row["meta"])
    fact = Fact(codec.decode(envelope.type, row["record"]), envelope)
    return _Due(row["fact_id"], row["reaction"], fact, row["kept_at"], row["tries"])


def _given_up(_: object) -> Act:
    raise Rejected("waited_too_long", "What this waited for did not come within 24 hours: do by hand what is missing.")


_answers = Counter("baton_reactions", "What reactions came to", ["service", "reaction", "outcome"])
