"""The parts of the dashboard, in the order of its menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.reporting.reports import Area


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part of the dashboard begins, and what it is called; most begin with a list of their reports.

    Attributes:
        shows: the report whose first picture stands above that list.
    """

    path: str
    title: str
    about: str = ""
    shows: str = ""
    own_page: bool = False


AREAS: Mapping[Area, Part] = {
    "loop": Part("/", "The loop", own_page=True),
    "capacity": Part("/capacity", "Capacity", "Who gives, who takes, and who could help whom.", "capacity"),
    "people": Part("/people", "People", "Who is ready for what, and where the next leaders come from.", "bench"),
    "cpd": Part("/cpd", "CPD", "What training there is, and whether it changed anything.", "impact"),
    "reviews": Part("/reviews", "Reviews", "What schools learn from each other, and what follows.", "reviews"),
    "change": Part("/change", "Change", "What schools are asked to take on, and what they ask for.", "change"),
    "history": Part("/events", "History", "Every event, newest first, and what it says.", own_page=True),
}
