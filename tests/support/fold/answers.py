"""What schools answered: the reports of the loop begin with it."""

from __future__ import annotations

from collections import defaultdict

from tests.support.fold.history import Event, History, of

RAGS = ("red", "amber", "green")  # from worst to best


def answers_by_item_and_school(history: History) -> dict[tuple[str, str], list[Event]]:
    """Every answer and correction, by item and school, in the order of their stream."""
    answers: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in of(history, "AgendaItemFeedbackGiven", "FeedbackCorrected"):
        answers[event["data"]["item_id"], event["data"]["urn"]].append(event)
    return dict(answers)


def titles_of(history: History) -> dict[str, str]:
    return {event["data"]["focus_id"]: event["data"]["title"] for event in of(history, "FocusAreaSet")}


def compared(before: str, after: str) -> str:
    difference = RAGS.index(after) - RAGS.index(before)
    return "same" if difference == 0 else "better" if difference > 0 else "worse"
