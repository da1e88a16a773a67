"""Crash points: places between two steps where a fault test lets the process die, or stand still.

`BATON_CRASHPOINT=<name>[:<n>[:stop]]` is read with the settings, which refuse it in production. The process that comes
there for the n-th time is killed as `kill -9` would (`stop`: it stands still until it is sent SIGCONT, and goes on then
as if nothing had happened). Not armed, a point is one comparison.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

points = frozenset(
    {
        "append.after_commit",  # the events are committed, nobody was answered
        "relay.before_send",  # a batch was read from the log, nothing of it was sent
        "relay.after_ack",  # Kafka has acknowledged the batch, the cursor has not moved
        "seal.after_sign",  # a checkpoint is signed and stored, nobody else has it
        "seal.after_file",  # it stands in the file as well, and not on the topic
        "seal.after_ack",  # it is on the topic, which the store does not know yet
        "proj.before_batch",  # a batch came from Kafka, its transaction has not begun
        "proj.before_commit",  # everything of a batch is written, nothing is committed
        "proj.after_commit",  # a batch is committed, nobody knows it
    }
)


@dataclass(slots=True)
class _Armed:
    name: str
    left: int
    signal: signal.Signals


def parse(text: str) -> tuple[str, int, signal.Signals]:
    """The point, the how many-th time, and the signal.

    Raises:
        ValueError: there is no such point, or the rest is not what it should be.
    """
    name, _, rest = text.partition(":")
    times, _, how = rest.partition(":")
    if name not in points:
        raise ValueError(f"there is no crash point {name!r}; there are {', '.join(sorted(points))}")
    if (times and not times.isdigit()) or times == "0" or how not in ("", "stop"):
        raise ValueError("a crash point is <name>[:<n>[:stop]], with n from 1")
    return name, int(times or 1), signal.SIGSTOP if how else signal.SIGKILL


def arm(text: str | None) -> None:
    """Arm this point and no other; None: none."""
    global _armed  # noqa: PLW0603 - one a process: whoever comes to a point should not have to carry it there
    _armed = None if text is None else _Armed(*parse(text))


def reach(name: str) -> None:
    """The process has come to a point."""
    if _armed is None or _armed.name != name:
        return
    _armed.left -= 1
    if _armed.left == 0:
        os.kill(os.getpid(), _armed.signal)


_armed: _Armed | None = None
