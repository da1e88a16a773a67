"""What happens to people by a service's own rules: what would be refused does not happen."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from shared.contracts import codec
from shared.decider import AnyDecider, Rejected
from tests.support.chapters.people import People


class Deciding(People):
    """Chapters whose acts are commands begin with it."""

    def happens(self, decider: AnyDecider, stream: str, command: Any) -> bool:
        """What is decided on what stands in a stream; whether it is anything."""
        told = len(self.story.told)
        with suppress(Rejected):
            for event in decider.decide(command, self.state(decider, stream)):
                self.story.tell(event, stream)
        return len(self.story.told) > told

    def state(self, decider: AnyDecider, stream: str) -> Any:
        """What stands in a stream comes to this."""
        return decider.fold(codec.decode(d.envelope.type, d.record) for d in self.story.stream(stream))
