"""What a school asks: its agenda in a cycle, what it has answered, and what the trust said to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import asyncpg

from services.collaboration.domain.answer import answer_stream
from shared.clock import Clock
from shared.contracts import codec
from shared.contracts.collaboration.loop import (
    AgendaItemFeedbackGiven,
    FeedbackCorrected,
    ResponseRead,
    TrustAcknowledged,
    TrustResponseGiven,
)
from shared.eventstore import EventStore, Recorded
from shared.problems import Problem
from shared.vault import ErasedSubjectError, Keys, LostKeyError, Vault


class Agenda:
    """A school's agenda, read from this service's view and, for what was said, from the answers' own streams."""

    def __init__(self, store: EventStore, vault: Vault, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    async def of(self, trustuid: str, urn: str, cycle: str | None) -> dict[str, Any]:
        """The items that a school is asked in a cycle, the current one unless it is named; each with its answer.

        Raises:
            Problem: `cycle_unknown`.
        """
        period = await self._cycle(trustuid, cycle)
        items = await self._store.pool.fetch(
            """select a.item_id, a.due_by, f.focus_id, f.title, f.question
               from asked a join focus_area f using (focus_id)
               where a.trustuid = $1 and a.urn = $2 and a.cycle = $3 order by f.title, a.item_id""",
            trustuid,
            urn,
            period["cycle"],
        )
        streams = [answer_stream(item["item_id"], urn) for item in items]
        said, _ = await self._store.load(streams)
        keys = await self._vault.existing_keys(f"stream:{stream}" for stream in streams)
        return {
            "urn": urn,
            "cycle": period["cycle"],
            "starts_on": period["starts_on"],
            "ends_on": period["ends_on"],
            "items": [
                {**dict(item), **_conversation(said[stream].standing if stream in said else (), keys)}
                for item, stream in zip(items, streams, strict=True)
            ],
        }

    async def _cycle(self, trustuid: str, cycle: str | None) -> Mapping[str, Any]:
        period: asyncpg.Record | None = await self._store.pool.fetchrow(
            """select cycle, starts_on, ends_on from cycle
               where trustuid = $1 and (cycle = $2 or ($2 is null and starts_on <= $3))
               order by starts_on desc limit 1""",
            trustuid,
            cycle,
            self._clock.now().date(),
        )
        if period is None:
            raise Problem(404, "cycle_unknown", "Your trust has opened no such cycle.")
        return dict(period)


def _conversation(events: Sequence[Recorded], keys: Keys) -> dict[str, Any]:
    """What the school answered last, and how far the trust has come with it."""
    said: dict[str, Any] = {"answer": None, "acknowledged": False, "response": None, "response_read": False}
    for recorded in events:
        match event := recorded.event():
            case AgendaItemFeedbackGiven() | FeedbackCorrected():
                answer = {"meeting_id": event.meeting_id, "rag": event.rag, "needs_help": event.needs_help}
                said["answer"] = {"id": recorded.envelope.id, **answer}
            case TrustAcknowledged():
                said["acknowledged"] = True
            case TrustResponseGiven():
                said["response"] = _opened(recorded, "response", keys)
                said["response_read"] = False
            case ResponseRead():
                said["response_read"] = True
            case _:
                pass
    return said


def _opened(recorded: Recorded, field: str, keys: Keys) -> str | None:
    """A sealed text for somebody who may read it; None where it was erased, or its key is lost."""
    stream = recorded.envelope.stream
    place = codec.place(stream, str(recorded.envelope.id), field)
    with suppress(ErasedSubjectError, LostKeyError):
        return keys.open(f"stream:{stream}", getattr(recorded.event(), field), place)
    return None
