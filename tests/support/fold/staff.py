"""Who works where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from tests.support.fold.history import LONDON, Event, History, of


@dataclass(frozen=True, slots=True)
class Engagement:
    """An engagement as it is on a day, under the entry that stands for the person."""

    trustuid: str
    person_id: str
    engagement_id: str
    urn: str | None
    kind: str
    role: str
    fte_hundredths: int
    acting: bool
    paused: bool
    event_id: str


class Staff:
    """The register's people as of a moment."""

    def __init__(self, history: History, at: datetime) -> None:
        self._today = at.astimezone(LONDON).date()
        self._into: dict[str, str] = {}
        for event in of(history, "PersonsMerged", "PersonsSplit"):
            if "into_person_id" in event["data"]:
                self._into[event["data"]["person_id"]] = event["data"]["into_person_id"]
            else:
                self._into.pop(event["data"]["person_id"], None)
        self._told: dict[tuple[str, str], list[Event]] = defaultdict(list)
        kinds = ("Started", "Changed", "Paused", "Resumed", "Ended", "Moved")
        for event in of(history, *(f"Engagement{kind}" for kind in kinds)):
            self._told[event["data"]["person_id"], event["data"]["engagement_id"]].append(event)

    def person(self, entry: str) -> str:
        """The entry that stands for this one."""
        while entry in self._into:
            entry = self._into[entry]
        return entry

    def working(self) -> list[Engagement]:
        """Every engagement that has begun and not ended."""
        found = [self._as_it_is(events) for events in self._told.values()]
        return [engagement for engagement in found if engagement is not None]

    def _as_it_is(self, events: list[Event]) -> Engagement | None:
        *_, started = (event for event in events if "started_on" in event["data"])
        ended = [e["data"]["ended_on"] for e in events if "ended_on" in e["data"] and e["version"] > started["version"]]
        moved = any(event["version"] > started["version"] and "to_person_id" in event["data"] for event in events)
        if moved or (ended and date.fromisoformat(ended[-1]) < self._today):
            return None
        terms = [(event["data"].get("started_on") or event["data"].get("from_on"), event) for event in events]
        begun = [(day, event) for day, event in terms if day and date.fromisoformat(day) <= self._today]
        if not begun or date.fromisoformat(started["data"]["started_on"]) > self._today:
            return None
        latest = sorted(begun, key=lambda term: (term[0], term[1]["version"]))
        works = [event["data"] for _, event in latest if "role" in event["data"]][-1]
        pauses = [event["type"] for _, event in latest if not event["type"].endswith("Changed.v1")]
        return Engagement(
            trustuid=started["trustuid"],
            person_id=self.person(started["data"]["person_id"]),
            engagement_id=started["data"]["engagement_id"],
            urn=started["data"].get("urn"),
            kind=started["data"]["kind"],
            role=works["role"],
            fte_hundredths=works["fte_hundredths"],
            acting=works.get("acting", False),
            paused=pauses[-1].endswith("Paused.v1"),
            event_id=started["id"],
        )
