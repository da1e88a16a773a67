"""What the stories of reactions begin with, and how they wait for what a fact causes in another service."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from shared.clock import SystemClock
from shared.decider import Decider
from shared.eventstore import Act, CommandKey, Context, EventStore, execute
from shared.runtime import Resources
from tests.integration.stories.conftest import TODAY
from tests.support.writer import TRUST, Place

NEXT_YEAR = TODAY.year + 1
_facts: Decider[Any, None, Any] = Decider(None, lambda fact, _: [fact], lambda *_: None)


async def publishes(place: Place, stream: str, fact: Any) -> UUID:
    """A service records a fact by itself, which its own sequencer publishes; the fact's id."""
    resources = Resources.of(place.settings, by_key=True)
    await resources.start()
    try:
        store, id_ = EventStore(place.service.name, resources.pool), str(uuid4())
        context = Context(CommandKey("tester", "/test", id_), TRUST, "tester", b"", id_)
        act = Act(context, {stream: _facts}, lambda states: {stream: _facts.decide(fact, states[stream])})
        [outcome] = await execute(store, resources.vault, SystemClock(), [act])
        assert outcome.status == "accepted"
    finally:
        await resources.stop()
    return context.command_id
