"""What may be chosen of what was agreed to be done: actions to close, and those to look back at."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.seeing.rights import side_of
from services.reporting.web.forms.form import Asking, Option
from services.reporting.web.forms.rows import Row, opened, own, rows
from services.reporting.web.words import day, states


async def open_actions(asking: Asking) -> list[Option]:
    """Actions that are not closed."""
    return [
        Option(f"{row['action_id']}/{row['urn']}", _called(row)) for row in await _own(asking) if not row["closed_at"]
    ]


async def closed_actions(asking: Asking) -> list[Option]:
    """Actions that are closed, and whose effect this side has not reviewed."""
    side = side_of(asking.person)
    return [
        Option(f"{row['action_id']}/{row['item_id']}/{row['urn']}", _called(row))
        for row in await _own(asking)
        if row["closed_at"] and side not in row["reviewed_by"]
    ]


async def the_action(asking: Asking) -> Sequence[tuple[str, str]]:
    """What was agreed, of the action that is chosen."""
    action_id = asking.chosen.get("action", "").partition("/")[0]
    for row in await _own(asking):
        if row["action_id"] == action_id:
            told = [("School", row["school"]), ("Focus area", row["title"]), ("Owner", row["owner"])]
            text = await opened(asking, row, "action")
            ended = [("Outcome", states[row["outcome"]].word)] if row["outcome"] else []
            return [*told, ("Due", day(row["due_on"])), *ended, *([("What was agreed", text)] if text else [])]
    return ()


async def _own(asking: Asking) -> list[Row]:
    return own(asking, await rows(asking, "actions", asking.trustuid))


def _called(row: Row) -> str:
    ended = f"closed, {states[row['outcome']].word.lower()}" if row["outcome"] else f"due {day(row['due_on'])}"
    return f"{row['school']}: {row['title']}, {row['owner']}, {ended}"
