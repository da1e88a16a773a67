"""What the services would not refuse, by asking them: a command goes through its decider, and what happens is told."""

from __future__ import annotations

from typing import Any

from shared.contracts import codec
from shared.decider import AnyDecider, Rejected
from tests.support.teller import Teller


def state_of(teller: Teller, decider: AnyDecider, stream: str) -> Any:
    """Where an aggregate stands."""
    return decider.fold(codec.decode(d.envelope.type, d.record) for d in teller.stream(stream))


def say(teller: Teller, decider: AnyDecider, stream: str, command: Any) -> None:
    """Give a command; nothing happens where it is refused."""
    try:
        happened = decider.decide(command, state_of(teller, decider, stream))
    except Rejected:
        return
    for event in happened:
        teller.story.tell(event, stream)
