"""What the reports of change, and of what schools say to the trust, say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.reporting.reports.report import Row
from services.reporting.web.headlines.sentences import do, named, names_in, things_do, together
from services.reporting.web.words import count, of
from services.reporting.wording import said

_kinds = {
    "plan": ("plan", "plans"),
    "focus": ("focus area", "focus areas"),
    "change": ("change", "changes"),
    "answer": ("answer", "answers"),
    "impact": ("measure of impact", "measures of impact"),
}


def principles(rows: Sequence[Row], _: datetime) -> str:
    """Of how many things the trust says "we do this", and of which of them some schools say otherwise."""
    does = [row for row in rows if row["say_not"] is not None]
    if not does:
        return ""
    otherwise = [f"{said(row['item'])} ({row['say_not']} of {row['schools']})" for row in does if row["say_not"]]
    disagree = f"schools say otherwise of {count(len(otherwise))}: {named(otherwise)}"
    return together(
        f"the trust says that it does {of(len(does), 'thing')}",
        disagree if otherwise else "no school says otherwise",
    )


def support(rows: Sequence[Row], _: datetime) -> str:
    """How many requests are open, and whose have no answer yet."""
    still_open, waiting = (sum(row[name] for row in rows) for name in ("open", "waiting"))
    whose = named(names_in(row for row in rows if row["waiting"]))
    return together(
        f"{things_do(still_open, 'request', 'are')} open",
        f"{do(waiting, 'have')} no answer yet: {whose}" if waiting else "",
    )


def disadvantaged(rows: Sequence[Row], _: datetime) -> str:
    """Of each kind of thing, how many say nothing of disadvantaged pupils."""
    lacks = []
    for kind, things in _kinds.items():
        notes = [row["has_note"] for row in rows if row["kind"] == kind]
        if silent := notes.count(False):
            lacks.append(f"{count(silent)} of {of(len(notes), *things)}")
    return together(f"of disadvantaged pupils nothing is said by {', '.join(lacks)}") if lacks else ""


def change(rows: Sequence[Row], _: datetime) -> str:
    """Which schools have changes that overlap, and how many changes were consulted on for less than the standard."""
    adopted = [row for row in rows if row["state"] in ("coming", "under_way")]
    several = [row for row in adopted if (row["concurrent"] or 0) > 1]
    short = len({row["change_id"] for row in rows if row["consultation"] == "short"})
    overlap = f"{things_do(len({row['urn'] for row in several}), 'school', 'have')} changes that overlap"
    return together(
        f"{overlap}: {named(names_in(several))}" if several else overlap,
        f"{things_do(short, 'change', 'were')} consulted on for less than the standard asks" if short else "",
    )


headlines = {"principles": principles, "support": support, "disadvantaged": disadvantaged, "change": change}
