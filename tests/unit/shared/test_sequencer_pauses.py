"""How long a sequencer waits after a failure: longer each time, and shortly again once a turn has worked."""

from __future__ import annotations

from typing import Any, cast

from shared.eventstore import EventStore
from shared.messaging import Cluster
from shared.sequencer import Sequencer, longest_pause_seconds, poll_seconds


class Tried(Sequencer):
    """Fails each time it leads; before some of its failures a turn works."""

    def __init__(self, worked: list[bool]) -> None:
        super().__init__(EventStore("talent", cast("Any", None)), Cluster("127.0.0.1:9"))
        self.worked = worked
        self.paused: list[float] = []

    async def _lead(self) -> None:
        if self.worked.pop(0):
            self.state.last_error = None
        raise ConnectionResetError

    async def _pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self._stopping = not self.worked


async def test_the_pause_grows_from_failure_to_failure_and_is_short_again_after_a_turn_that_worked() -> None:
    sequencer = Tried([*[False] * 8, True, False])

    await sequencer._run()

    longest = [seconds / 1.5 for seconds in sequencer.paused]  # each is spread by half
    assert longest[0] <= poll_seconds
    assert max(longest) <= longest_pause_seconds
    assert sequencer.paused[7] > 10 * poll_seconds
    assert longest[8] <= poll_seconds
    assert longest[9] <= 2 * poll_seconds
