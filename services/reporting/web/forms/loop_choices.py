"""What may be chosen in the loop: answers that wait for the trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from services.reporting.reports import loop
from services.reporting.web.forms.form import Asking, Option, Source
from services.reporting.web.forms.rows import as_id, own, rows
from services.reporting.web.said import said
from services.reporting.web.words import day, days, moment, states

Step = Literal["acknowledged_at", "responded_at", "read_at", "action_agreed_at"]
"""How far an answer has come: a column of the report `loop`."""

_answer = ("item_id", "urn", "meeting_id")


def answers_without(step: Step, *, behind: Step | None = None) -> Source:
    """Answers that are off track or ask for help and have not come so far, the newest first; the chosen one always.

    Args:
        behind: those alone that have come as far as this.
    """

    async def options(asking: Asking) -> list[Option]:
        return [
            Option(value, _called(row, asking))
            for row in await _raised(asking)
            if (value := value_of(row)) == asking.chosen.get("answer")
            or (row[step] is None and (behind is None or row[behind] is not None))
        ]

    return options


async def the_answer(asking: Asking) -> Sequence[tuple[str, str]]:
    """What stands of the answer that is chosen; its texts for those who may read them."""
    chosen = [row for row in await _raised(asking) if value_of(row) == asking.chosen.get("answer")]
    if not chosen:
        return ()
    [row] = chosen
    wants = [("Asks for help", row["help_dimension"] or "kind not said")] if row["needs_help"] else []
    texts = (await said(asking.view, asking.texts, asking.person, chosen)).get(row["event_id"])
    told = texts and [
        ("What the school said", texts.comment),
        ("For disadvantaged pupils", texts.disadvantaged_note),
        ("The trust's response so far", texts.response),
    ]
    return [
        ("School", row["school"]),
        ("Focus area", row["title"] or "not known yet"),
        ("Answer", f"{_state(row)}, at the meeting of {moment(row['held_at'])}"),
        *wants,
        *((name, text) for name, text in told or () if text),
    ]


def value_of(row: Mapping[str, Any]) -> str:
    """An answer as a form's field has it: of a row of the report `loop`, or `focus`."""
    return "/".join(str(row[name]) for name in _answer)


async def _raised(asking: Asking) -> list[dict[str, Any]]:
    """Of the cycles that somebody is likely to be about, and of the one that they have chosen an answer of."""
    chosen = asking.chosen.get("answer", "").partition("/")[0]
    recent = await rows(asking, "recent_cycles", asking.view.at, asking.trustuid, as_id(chosen))
    about: dict[str, Any] = {"at": asking.view.at, "school": None, "trust": asking.trustuid}
    found = [row for each in recent for row in await loop.rows(asking.view.conn, **about, cycle=each["cycle"])]
    return sorted(own(asking, found), key=lambda row: row["held_at"], reverse=True)


def _called(row: Mapping[str, Any], asking: Asking) -> str:
    return f"{row['school']}: {row['title']}, {_state(row).lower()} on {day(row['held_at'], near=asking.view.at)}"


def _state(row: Mapping[str, Any]) -> str:
    return states[row["rag"]].word


async def focus_areas(asking: Asking) -> list[Option]:
    """What the trust asks about."""
    found = await rows(asking, "focus_areas", asking.view.at, asking.trustuid)
    return [Option(row["focus_id"], row["title"]) for row in found]


async def cycles(asking: Asking) -> list[Option]:
    """The cycles that are not over."""
    found = await rows(asking, "cycles", asking.view.at, asking.trustuid)
    return [Option(row["cycle"], f"{row['cycle']}, {days(row['starts_on'], row['ends_on'])}") for row in found]
