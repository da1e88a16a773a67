"""Proofs of events: what leads from an event to a signed checkpoint, checked before it is handed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from deploy.auditing.logs import Log
from deploy.databases import connected
from deploy.description import WRITERS
from deploy.errors import Unmet
from deploy.exporting.history import as_line, one_event
from shared.sealing.stored import Missing, Tree
from shared.sealing.tree import inclusion
from verifier.checkpoint import Checkpoint
from verifier.line import Event, read
from verifier.note import Key
from verifier.proof import Proof


@dataclass(frozen=True, slots=True)
class Proven:
    """An event's line, its proof, and the key that the checkpoint is signed with."""

    service: str
    logindex: int
    line: bytes
    proof: Proof
    key: Key


async def prove(event_id: UUID, logs: Mapping[str, Log], kept: Sequence[Checkpoint], keys: Sequence[Key]) -> Proven:
    """The proof of an event against the auditor's newest checkpoint that covers it, else the service's newest.

    Args:
        keys: those that may have signed it; the service's own word is taken where there are none.

    Raises:
        Unmet: there is no such event, it is not sealed yet, or the proof that the service gives is none.
    """
    service, line = await _found(event_id)
    event = read(line)
    if service not in logs:
        raise Unmet(f"The event is of {service}, whose address is not among those that were named.", "Name it, too.")
    log = logs[service]
    covering = [one for one in kept if one.service == service and one.size > event.logindex]
    checkpoint = max(covering, key=lambda one: one.size) if covering else await log.latest()
    if checkpoint is None or checkpoint.size <= event.logindex:
        raise Unmet(f"Event {event.logindex} of {service} is not sealed yet.", "Try again in some seconds.")
    key = next((one for one in keys if one.name == checkpoint.origin), None) or await log.key()
    proof = await log.inclusion(event.logindex, checkpoint)
    if fault := proof.fault(event, [key]):
        raise Unmet(f"{service} gave no proof: {fault}.", "Run `baton audit verify`.")
    return Proven(service, event.logindex, line, proof, key)


async def proofs(
    store: asyncpg.Connection, checkpoint: Checkpoint | None, key: Key, events: Sequence[Event]
) -> list[Proof]:
    """The proofs of some events of one service, from its store itself, in one query.

    Raises:
        Unmet: one is not sealed yet, or is not proven by what is stored.
    """
    last = events[-1]
    if checkpoint is None or last.logindex >= checkpoint.size:
        raise Unmet(
            f"Event {last.logindex} of {last.service} is covered by no checkpoint yet.",
            "Try again in some seconds; where you gave checkpoints, with newer ones.",
        )
    paths = [inclusion(event.logindex, checkpoint.size) for event in events]
    parts = list(dict.fromkeys(part for path in paths for part in path))
    try:
        roots = dict(zip(parts, await Tree(store).roots(parts), strict=True))
    except Missing as missing:
        raise _unproven(last.service, f"the log is not whole any more: {missing}") from None
    found = []
    for event, path in zip(events, paths, strict=True):
        proof = Proof(event.logindex, tuple(roots[part] for part in path), checkpoint)
        if fault := proof.fault(event, [key]):
            raise _unproven(event.service, f"event {event.logindex}: {fault}")
        found.append(proof)
    return found


def _unproven(service: str, why: str) -> Unmet:
    return Unmet(f"What {service} has stored cannot be proven: {why}.", "Run `baton audit verify`.")


async def _found(event_id: UUID) -> tuple[str, bytes]:
    """The service of an event, and its line."""
    for writer in WRITERS:
        async with connected(writer.database) as store:
            logindex = await store.fetchval(
                "select logindex from log join event using (position) where id = $1", event_id
            )
            event = None if logindex is None else await one_event(store, logindex)
        if event is not None:
            return writer.name, as_line(event)
    raise Unmet(f"No service's log has the event {event_id}.", "`baton events export` shows the ids.")
