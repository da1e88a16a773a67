"""From command to events, in one place: read, fold, decide, append; again when somebody else was faster.

A command is answered once. Its answer is written in the transaction of its events or of its refusal, so a repeat gets
the remembered answer, whoever sends it again and whenever.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter
from uuid_utils.compat import uuid5

from shared.clock import Clock
from shared.contracts import codec
from shared.contracts.envelope import Envelope
from shared.decider import NotYet, Rejected
from shared.eventstore.commands import Act, Context, Decision, Outcome, States
from shared.eventstore.store import (
    Answer,
    CommandKey,
    EventStore,
    Known,
    NewEvent,
    Part,
    Stream,
    Write,
    Written,
)
from shared.vault import ErasedSubjectError, Keys, Vault

log = structlog.get_logger()

races_to_lose = 12
longest_wait_seconds = 0.05


async def execute(
    store: EventStore, vault: Vault, clock: Clock, acts: Sequence[Act], *, dry_run: bool = False
) -> list[Outcome]:
    """Answer a batch of commands: one read and one write round trip for all of them, in their order.

    A command that reads what an earlier one in the batch writes takes its turn in the next round. A command that lost
    a race to somebody else is decided again on what is true now; those of this process that lost queue up for it, since
    among many equals one would lose for ever.

    Args:
        dry_run: decide only: the answers are what they would be now, each on its own, and nothing is written. Only that
            an id comes again is seen among them.
    """
    outcomes: dict[int, Outcome] = {}
    waiting = list(range(len(acts)))
    races_lost = 0
    said: dict[CommandKey, Known] | None = {} if dry_run else None
    async with AsyncExitStack() as turns:
        while waiting:
            batch = _Batch(store, vault, clock, acts, said)
            outcomes |= await batch.answer(waiting)
            waiting = [number for number in waiting if number not in outcomes]
            if not batch.lost:
                continue
            races_lost += 1
            if races_lost == 1:
                for stream in sorted({stream for number in batch.lost for stream in acts[number].reads}):
                    await turns.enter_async_context(store.turn(stream))
            elif races_lost == races_to_lose:
                outcomes |= {number: _lost(written) for number, written in batch.lost.items()}
                waiting = [number for number in waiting if number not in outcomes]
            else:
                await asyncio.sleep(random.uniform(0, longest_wait_seconds))  # noqa: S311  spreads retries, no secret
    for number, act_ in enumerate(() if dry_run else acts):
        _tell(store.service, act_.context, outcomes[number])
    return [outcomes[number] for number in range(len(acts))]


def _tell(service: str, context: Context, outcome: Outcome) -> None:
    """Count the answer; a refusal is information for whoever asks why, never an error."""
    _answers.labels(service, outcome.status).inc()
    if outcome.status in ("refused", "parked"):
        log.info(
            "command_not_accepted",
            outcome=outcome.status,
            code=outcome.code,
            origin=context.key.origin,
            source=context.key.source,
            id=context.key.id,
            correlation_id=context.correlation_id,
            causation_id=context.causation_id,
        )


_answers = Counter("baton_commands", "Commands and claims decided", ["service", "outcome"])


class _Batch:
    """One round: what is read, decided and written together.

    Args:
        said: in a dry run the answers of its earlier rounds, in the place of what would be remembered of them.
    """

    def __init__(
        self,
        store: EventStore,
        vault: Vault,
        clock: Clock,
        acts: Sequence[Act],
        said: dict[CommandKey, Known] | None = None,
    ) -> None:
        self.said = said
        self.store = store
        self.vault = vault
        self.now = clock.now()
        self.acts = acts
        self.lost: dict[int, Written] = {}

    async def answer(self, waiting: Sequence[int]) -> dict[int, Outcome]:
        """The answers of those that could be answered in this round."""
        turn = self._turn(waiting)
        contexts = {number: self.acts[number].context for number in turn}
        loaded, known = await self.store.load(
            {stream for number in turn for stream in self.acts[number].reads},
            [context.key for context in contexts.values()],
        )
        outcomes: dict[int, Outcome] = {}
        decided: dict[int, _Decided] = {}
        for number, context in contexts.items():
            remembered = known.get(context.key) or (self.said or {}).get(context.key)
            if remembered is not None and _is_final(remembered, context):
                outcomes[number] = self._repeated(context, remembered)
                continue
            answer = _decide(self.acts[number], loaded, self.now)
            if isinstance(answer, Outcome) and answer.status == "conflict":
                outcomes[number] = answer
            else:
                decided[number] = _Decided(self.acts[number], answer, loaded)
        if self.said is not None:
            self.said |= {item.context.key: item.remembered(self.vault) for item in decided.values()}
            return outcomes | {number: item.outcome for number, item in decided.items()}
        written = await self._write(decided)
        for number, result in written.items():
            if result.outcome == "conflict":
                self.lost[number] = result
            elif result.known is not None and _is_final(result.known, contexts[number]):
                outcomes[number] = self._repeated(contexts[number], result.known)
            else:
                outcomes[number] = decided[number].outcome
        return outcomes

    def _turn(self, waiting: Sequence[int]) -> list[int]:
        """Those that neither read nor write what an earlier one may write, and whose key no earlier one has."""
        touched: set[str] = set()
        keys: set[CommandKey] = set()
        turn = []
        for number in waiting:
            act = self.acts[number]
            if touched.isdisjoint(act.reads) and act.context.key not in keys:
                turn.append(number)
            touched.update(act.reads.keys() if act.writes is None else act.writes)
            keys.add(act.context.key)
        return turn

    async def _write(self, decided: Mapping[int, _Decided]) -> dict[int, Written]:
        if not decided:
            return {}
        for item in decided.values():
            item.number_events(self.store.service, self.now)
        spoken_of = await self.vault.existing_keys({s for item in decided.values() for s in item.about})
        for item in decided.values():
            item.refuse_erased(item.about, spoken_of.erased)
        try:
            keys = await self.vault.keys({s for item in decided.values() for s in item.subjects()})
        except ErasedSubjectError:
            keys = await self.vault.existing_keys({s for item in decided.values() for s in item.subjects()})
            for item in decided.values():
                item.refuse_erased(item.subjects(), keys.erased)
        writes = [item.write(keys, self.vault, self.now) for item in decided.values()]
        return dict(zip(decided, await self.store.append(writes), strict=True))

    def _repeated(self, context: Context, known: Known) -> Outcome:
        """The remembered answer; or, where the same id now says something else, a refusal that is not remembered."""
        if known.fingerprint is not None and known.fingerprint != self.vault.fingerprint(context.claim):
            if self.said is None:
                log.error("command_id_reused", origin=context.key.origin, source=context.key.source, id=context.key.id)
            return Outcome(
                "refused",
                code="id_reused",
                message="This id was used before with other content. Send new content under a new id.",
            )
        answer = Outcome.of(known.receipt)
        return replace(answer, status="duplicate") if answer.status == "accepted" else answer


class _Decided:
    """A decided command on its way to the store."""

    def __init__(self, act: Act, answer: Outcome | Decision, loaded: Mapping[str, Stream]) -> None:
        self.context = act.context
        self.holds = act.holds
        self.about = act.about
        self.loaded = loaded
        self.events: list[tuple[Envelope, Any]] = []
        self.decision: Decision = {} if isinstance(answer, Outcome) else answer
        self.outcome = answer if isinstance(answer, Outcome) else Outcome("accepted", streams=self._versions())

    def number_events(self, service: str, now: datetime) -> None:
        """Give each new event its envelope; its id follows from the command and its place in the decision."""
        context, command_id = self.context, self.context.command_id
        for stream, events in self.decision.items():
            for version, event in enumerate(events, start=self._version(stream) + 1):
                envelope = Envelope(
                    id=uuid5(command_id, str(len(self.events))),
                    type=codec.type_name(event),
                    service=service,
                    stream=stream,
                    version=version,
                    time=now,
                    happened_at=context.happened_at or now,
                    trustuid=context.trustuid,
                    actor=context.actor,
                    correlation_id=context.correlation_id,
                    causation_id=context.causation_id,
                    urn=getattr(event, "urn", None),
                    chain_depth=context.chain_depth,
                )
                self.events.append((envelope, event))

    def subjects(self) -> set[str]:
        """Whose keys the events need: those that their texts are sealed with, and of a stream's whom it is about."""
        needed = {(e.stream, s) for e, event in self.events for s in codec.subjects(event, e.stream).values()}
        about = {self._about(stream) for stream, subject in needed if subject == f"stream:{stream}"}
        return {subject for _, subject in needed} | {f"person:{person_id}" for person_id in about if person_id}

    def _about(self, stream: str) -> Any:
        """The person whom a stream is about, where it begins with one: of whom was erased, it takes no text."""
        if stream in self.loaded and (told := self.loaded[stream].events):
            return told[0].about
        first = self.decision[stream][0]
        return codec.begins_with(lambda name: getattr(first, name, None))

    def refuse_erased(self, subjects: Collection[str], erased: frozenset[str]) -> None:
        """Refuse, if one of those that the events speak of was erased meanwhile."""
        if self.events and not erased.isdisjoint(subjects):
            self.events, self.decision = [], {}
            self.outcome = Outcome(
                "refused",
                code="person_erased",
                message="This person's data was erased; nothing more can be recorded about them under this id.",
            )

    def remembered(self, vault: Vault) -> Known:
        """What would be remembered of it."""
        return Known(vault.fingerprint(self.context.claim), self.outcome.status, self.outcome.receipt)

    def write(self, keys: Keys, vault: Vault, now: datetime) -> Write:
        """What goes to the store."""
        records = [
            NewEvent(e, codec.encode(event, stream=e.stream, event_id=str(e.id), sealer=keys))
            for e, event in self.events
        ]
        written = [stream for stream, events in self.decision.items() if events]
        held = sorted(self.holds.difference(written)) if written else []
        parts = [
            Part(stream, self._version(stream), [r for r in records if r.envelope.stream == stream])
            for stream in (*written, *held)
        ]
        erased = self.outcome.code == "person_erased"
        answer = Answer(
            self.context.key,
            None if erased else vault.fingerprint(self.context.claim),
            self.outcome.status,
            self.outcome.receipt,
            now,
            self.context.publish,
        )
        return Write(parts, answer)

    def _version(self, stream: str) -> int:
        return self.loaded[stream].version if stream in self.loaded else 0

    def _versions(self) -> dict[str, int]:
        return {stream: self._version(stream) + len(events) for stream, events in self.decision.items() if events}


def _decide(act: Act, loaded: Mapping[str, Stream], at: datetime) -> Outcome | Decision:
    """The decision, or the answer that stands in its place. Another trust's streams are as if there were none."""
    known = {s: loaded[s] for s in act.reads if s in loaded and _is_of_trust(loaded[s], act.context.trustuid)}
    for stream, expected in act.expected.items():
        current = known[stream].version if stream in known else 0
        if current != expected:
            return _conflict(current)
    try:
        return _of_one_trust(act.decide(States(at, act.reads, known)), known, loaded)
    except Rejected as refusal:
        field = None if refusal.field is None else act.context.fields_in + refusal.field
        return Outcome("refused", refusal.code, field, refusal.message)
    except NotYet as wait:
        return Outcome("parked", wait.code, message=wait.message, waits_for=wait.waits_for)


def _is_of_trust(stream: Stream, trustuid: str) -> bool:
    """A stream belongs to the trust that began it: to others it is unknown, whoever knows its id."""
    return not stream.events or stream.events[0].is_of(trustuid)


def _of_one_trust(decision: Decision, known: Mapping[str, Stream], loaded: Mapping[str, Stream]) -> Decision:
    """Nobody begins what another trust has begun already."""
    for stream, events in decision.items():
        if events and stream in loaded and stream not in known:
            raise Rejected("not_your_trust", "This belongs to another trust; name something of your own.")
    return decision


def _is_final(known: Known, context: Context) -> bool:
    """Whether an answer that is remembered stands; in a parked claim's second life, "parked" does not."""
    return not (context.redrive and known.outcome == "parked")


def _lost(written: Written) -> Outcome:
    return _conflict(written.current_version or 0)


def _conflict(current_version: int) -> Outcome:
    return Outcome(
        "conflict",
        code="version_conflict",
        message="Somebody else changed this meanwhile. Read it again, then decide whether to send the command again.",
        current_version=current_version,
    )
