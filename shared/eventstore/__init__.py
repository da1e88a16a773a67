"""A service's history in Postgres: appending, loading, and the one place where a command becomes events."""

from shared.eventstore.commands import Act, Context, Decision, Outcome, States, act, answered, on_day
from shared.eventstore.executing import execute
from shared.eventstore.store import (
    CommandKey,
    EventStore,
    NewEvent,
    Part,
    Recorded,
    Write,
    append_function,
    schema,
)

__all__ = [
    "Act",
    "CommandKey",
    "Context",
    "Decision",
    "EventStore",
    "NewEvent",
    "Outcome",
    "Part",
    "Recorded",
    "States",
    "Write",
    "act",
    "answered",
    "append_function",
    "execute",
    "on_day",
    "schema",
]
