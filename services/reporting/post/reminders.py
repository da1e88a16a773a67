"""Reminders: of what a school has not answered and is due within two working days, or was due. Each is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog

from services.reporting.london import london
from services.reporting.post.kind import Content, Kind, Occasion
from services.reporting.post.letters import Letters, Reminded
from services.reporting.post.morning import latest_morning, longest, working_day_from, working_day_up_to
from services.reporting.read_models.reading import Reading, View
from services.reporting.reports import focus
from services.reporting.signing_in.sessions import Person
from services.reporting.web.commands import Command, Commands, Refused, Unanswered
from services.reporting.web.school import needs, school
from services.reporting.web.words import of
from shared.identity import Principal

log = structlog.get_logger()

Row = dict[str, Any]
_day = timedelta(days=1)
_around = timedelta(days=21)  # whatever bank holidays there are: what is due farther from now is no occasion
_cycles = "select distinct cycle from item where trustuid = $1 and due_by between $2 and $3 order by cycle"
_items = "select item_id from item where event_id = any($1::uuid[]) order by item_id"
_sender = "reporting-post"


async def _occasions(view: View, trust: str) -> list[Occasion]:
    """Of each school and cycle the newest morning that was one to remind it on."""
    morning = latest_morning(view.at)
    newest: dict[tuple[str, str], date] = {}
    for found in await view.conn.fetch(_cycles, trust, view.at - _around, view.at + _around):
        for row in await _waiting(view, trust, found["cycle"]):
            here = (row["cycle"], row["urn"])
            for day in _mornings(row):
                if morning - longest <= day <= morning:
                    newest[here] = max(day, newest.get(here, day))
    return [Occasion(f"{urn}/{cycle}/{day}", cycle, urn) for (cycle, urn), day in sorted(newest.items())]


def _mornings(row: Row) -> tuple[date, date]:
    """When a school is reminded of something: two working days before it is due, and on the one after."""
    due_on = row["due_by"].astimezone(london).date()
    return working_day_up_to(working_day_up_to(due_on - _day) - _day), working_day_from(due_on + _day)


async def _waiting(view: View, trust: str, cycle: str, urn: str | None = None) -> list[Row]:
    """What schools have not answered. A school that had left before something was due is not asked for it any more."""
    rows = await focus.rows(view.conn, at=view.at, school=urn, trust=trust, cycle=cycle)
    return [row for row in rows if row["answered"] is False and (row["state"] == "overdue" or row["due_by"] >= view.at)]


async def _content(reading: Reading, trust: str, occasion: Occasion) -> Content | None:
    cycle, urn = occasion.cycle or "", occasion.urn or ""
    async with reading(needs) as view:
        morning = latest_morning(view.at)
        rows = [row for row in await _waiting(view, trust, cycle, urn) if _mornings(row)[0] <= morning]
        found = await school(view, urn, cycle, trust=trust)
        items = await view.conn.fetch(_items, [row["asked_event_id"] for row in rows])
    if found is None or not rows:
        return None
    asked = {row["focus_id"] for row in rows}
    values = {"school": found, "questions": [question for question in found.due if question.focus_id in asked]}
    return Content(f"{found.name}: {_said(rows)}", values, tuple(row["item_id"] for row in items))


def _said(rows: Sequence[Row]) -> str:
    """Such as "one answer is overdue, two answers are due"."""
    late = sum(row["state"] == "overdue" for row in rows)
    counted = [(late, "overdue"), (len(rows) - late, "due")]
    return ", ".join(f"{of(n, 'answer')} {'is' if n == 1 else 'are'} {how}" for n, how in counted if n)


async def tell(letters: Letters, commands: Commands) -> None:
    """Let the loop's service record the reminders that went out: each once, however often this is tried."""
    for reminded in await letters.reminded():
        who = Person(Principal(_sender, frozenset({"trust_leader"}), reminded.trustuid), "The post")
        answers = [await commands.send(who, _command(reminded, item)) for item in reminded.items]
        for refused in answers:
            if isinstance(refused, Refused):
                log.warning("reminder_refused", letter_id=str(reminded.letter_id), code=refused.code)
        if not any(isinstance(answer, Unanswered) for answer in answers):
            await letters.heard_of(reminded)


def _command(reminded: Reminded, item: UUID) -> Command:
    reminder_id = str(uuid5(reminded.letter_id, str(item)))
    body = {
        "reminder_id": reminder_id,
        "trustuid": reminded.trustuid,
        "urn": reminded.urn,
        "item_id": str(item),
        "channel": "email",
        "sent_at": reminded.sent_at.isoformat(),
    }
    return Command("collaboration", "/reminders", body, reminder_id)


reminder = Kind(
    name="reminder",
    title="Reminders",
    about="On a morning when something that your school has not answered is due within two working days, "
    "and on the one after it was due.",
    who="school_leader",
    occasions=_occasions,
    content=_content,
)
