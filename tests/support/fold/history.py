"""What had been recorded by a moment: exported events by their classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Event = Mapping[str, Any]
History = Mapping[str, Sequence[Event]]
"""The events of each class that stand, in the order of their service's log; those that are void, as `void`."""
Row = dict[str, Any]

LONDON = ZoneInfo("Europe/London")


def known(events: Iterable[Event], at: datetime, upto: tuple[str, int] | None = None) -> History:
    """What had been recorded by a moment, and stood then: what is voided later was still there. What is void is apart.

    Args:
        events: all there are, in any order.
        at: events with `time` up to this moment.
        upto: a service and a log index: of this service, nothing with a higher one.
    """
    recorded: list[Event] = []
    versions: dict[tuple[str, str], int] = {}
    for event in sorted(events, key=lambda event: (event["service"], event["logindex"])):
        too_late = instant(event["time"]) > at
        beyond = upto is not None and event["service"] == upto[0] and event["logindex"] > upto[1]
        stream = (event["service"], event["stream"])
        follows = event["version"] == versions.get(stream, 0) + 1  # of a stream, only what has no hole before it
        if follows and not too_late and not beyond:
            versions[stream] = event["version"]
            recorded.append(event)

    void = {event["data"]["event_id"] for event in recorded if class_of(event) == "RecordVoided"}
    found: dict[str, list[Event]] = defaultdict(list)
    for event in recorded:
        found["void" if event["id"] in void else class_of(event)].append(event)
    return dict(found)


def class_of(event: Event) -> str:
    """Its class: uk.mat.collaboration.FocusAreaSet.v1 is a FocusAreaSet."""
    name: str = event["type"].split(".")[3]
    return name


def of(history: History, *classes: str, **having: Any) -> list[Event]:
    """The events of some classes of one service whose fields have these values, in the order of its log."""
    found = [
        event
        for name in classes
        for event in history.get(name, ())
        if all(event["data"][field] == value for field, value in having.items())
    ]
    return sorted(found, key=lambda event: event["logindex"])


def when_and_where(event: Event) -> tuple[datetime, str, int]:
    """What orders events of several streams."""
    return instant(event["happenedat"]), event["service"], event["logindex"]


def instant(text: str) -> datetime:
    """The moment of an RFC 3339 text.

    Raises:
        ValueError: it has no zone.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return when
