"""Northmoor Learning Trust (it does not exist): twelve schools, four focus areas, two cycles, one loop closed whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.contracts.codec import Sealer
from tests.support.story import Plain, Story

CYCLE, BEFORE = "2026/27-A2.3", "2026/27-A2.2"
NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
FOCUSES = {
    "reading": "Reading for disadvantaged pupils",
    "attendance": "Attendance below 90%",
    "mentoring": "Mentoring of early-career teachers",
    "maths": "Year 9 curriculum in maths",
}
SCHOOLS = {
    "900001": "Ashby Park Primary",
    "900002": "Birchfield Academy",
    "900003": "Castle Hill Infants",
    "900004": "Dene Valley High",
    "900005": "Elmwood Primary",
    "900006": "Forest Way School",
    "900007": "Grange Farm Academy",
    "900008": "Highfields Primary",
    "900009": "Ivybridge College",
    "900010": "Kingsmead Junior",
    "900011": "Langley CE Primary",
    "900012": "Meadowbank High",
}
_RAG = {"r": "red", "a": "amber", "g": "green", "n": "not_applicable"}
# Each school's answers to the four focus areas, before and in this cycle; "." is no answer.
_SAID = {
    "900001": ("aggn", "ggan"),
    "900002": ("rgag", "aggg"),
    "900003": ("aggn", "ag.n"),
    "900004": ("aaag", "grg."),
    "900005": ("gggn", "gggn"),
    "900006": ("agar", "ga.a"),
    "900007": ("agag", "aggg"),
    "900008": ("rggn", "ag.n"),
    "900009": ("gggg", "a.gg"),
    "900010": ("aggn", "r.gn"),
    "900011": ("aaan", "rggn"),
    "900012": ("gaaa", "gggg"),
}


def northmoor(sealer: Sealer | None = None) -> Story:
    """The trust as it stands on a Friday afternoon. Attendance was due on Wednesday, the rest is due next week."""
    story = Story(now=datetime(2026, 9, 1, 9, tzinfo=UTC), sealer=sealer or Plain())
    story.registers("Northmoor Learning Trust")
    for urn, name in SCHOOLS.items():
        story.joins(urn, name, date(2020, 9, 1))
    for focus, title in FOCUSES.items():
        story.agrees_on(focus, title, date(2026, 9, 1))
    story.declares("Northmoor", "NLE", "National Leader of Education", count=2, as_at=date(2026, 9, 1))
    _cycle(story, BEFORE, date(2026, 11, 2), due=dict.fromkeys(FOCUSES, 13), meets=5, said=0)
    _loop(story)
    _cycle(
        story, CYCLE, date(2026, 11, 16), due={"reading": 25, "attendance": 25, "mentoring": 18, "maths": 25}, said=1
    )
    story.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    story.acknowledges(_meeting(CYCLE, "900004"), _item(CYCLE, "attendance"), "900004")
    story.acknowledges(_meeting(CYCLE, "900010"), _item(CYCLE, "reading"), "900010")
    story.responds(_meeting(CYCLE, "900010"), _item(CYCLE, "reading"), "900010")
    story.now = NOW
    return story


def _item(cycle: str, focus: str) -> str:
    return f"{cycle} {focus}"


def _meeting(cycle: str, urn: str) -> str:
    return f"{cycle} {urn}"


def _cycle(story: Story, cycle: str, first: date, *, due: dict[str, int], said: int, meets: int = 3) -> None:
    story.now = datetime(first.year, first.month, first.day, 8, tzinfo=UTC)
    story.opens(cycle, first, first + timedelta(days=11))
    for focus in FOCUSES:
        due_by = datetime(first.year, first.month, due[focus], 17, tzinfo=UTC)
        story.asks(_item(cycle, focus), focus, cycle, list(SCHOOLS), due_by)
    for place, (urn, answers) in enumerate(_SAID.items()):
        held_at = datetime(first.year, first.month, first.day + place % meets, 16, tzinfo=UTC)
        story.now = held_at + timedelta(hours=1 + 3 * (place % 4))
        meeting = _meeting(cycle, urn)
        story.meets(meeting, [urn], held_at)
        given = [(focus, _RAG[rag]) for focus, rag in zip(FOCUSES, answers[said], strict=True) if rag != "."]
        for focus, rag in given:
            story.answers(meeting, _item(cycle, focus), urn, rag, held_at, **_more(cycle, urn, focus))
        story.reports(meeting, len(given), len(FOCUSES))


def _more(cycle: str, urn: str, focus: str) -> dict[str, Any]:
    if (cycle, urn, focus) == (CYCLE, "900004", "attendance"):
        return {"needs_help": True, "help_dimension": "people", "comment": "Two classes are below 80%."}
    if (cycle, urn, focus) == (CYCLE, "900003", "reading"):
        return {"needs_help": True, "help_dimension": "intellectual"}
    return {}


def _loop(story: Story) -> None:
    """Birchfield's red of the cycle before: closed whole. Highfields': acknowledged too late, answered, not read."""
    for urn, delay in (("900002", 1), ("900008", 5)):
        where = (_meeting(BEFORE, urn), _item(BEFORE, "reading"), urn)
        story.now = datetime(2026, 11, 4 + delay, 9, tzinfo=UTC)
        story.acknowledges(*where)
        story.later(hours=2)
        story.responds(*where)
    story.now = datetime(2026, 11, 9, 9, tzinfo=UTC)
    meeting, item, urn = _meeting(BEFORE, "900002"), _item(BEFORE, "reading"), "900002"
    story.reads(meeting, item, urn)
    story.acts("help", meeting, item, "reading", urn)
    story.now = datetime(2026, 11, 13, 9, tzinfo=UTC)
    story.closes("help", urn, "green")
    for side in ("school", "trust"):
        story.reviews("help", item, "reading", urn, side, "red", "amber")
