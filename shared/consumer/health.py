"""What is known of a subscription, without asking anybody."""

from __future__ import annotations

import time
from dataclasses import dataclass

from shared.consumer.receiving import receive_wait_s


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a subscription.

    Attributes:
        polled_s_ago: since Kafka was last asked for records; None before the first time.
        lag_records, lag_seconds: not a number where that is not known.
        failing_s: how long batches have been failing, 0 when they do not.
        error: the last thing that went wrong, by its name alone.
    """

    group: str
    running: bool
    polled_s_ago: float | None
    partitions: int
    lag_records: float
    lag_seconds: float
    failing_s: float
    error: str | None

    @property
    def alive(self) -> bool:
        """Whether it does what it can: a broker that is away is not our fault, a loop that stands still is."""
        return self.running and (self.polled_s_ago is None or self.polled_s_ago < 2 * receive_wait_s)


@dataclass(slots=True)
class Faults:
    """What has gone wrong since a batch was last taken.

    Attributes:
        since: when it began, by the monotonic clock; None: nothing has.
        times: how often.
        last: the last of it, by its name alone.
    """

    since: float | None = None
    times: int = 0
    last: str | None = None

    def add(self, event: str, fault: BaseException) -> None:
        self.times += 1
        self.since = self.since or time.monotonic()
        self.last = f"{event}: {type(fault).__name__}"
