"""The trust, schools and days that the tests of this folder speak of, and what has happened there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from services.collaboration.domain.cycle import ReportingCycle
from services.collaboration.domain.focus import FocusArea
from services.collaboration.domain.item import AgendaItem
from services.collaboration.domain.meeting import Meeting
from shared.contracts.collaboration.loop import (
    CycleOpened,
    FocusAreaClosed,
    FocusAreaSet,
    LeadershipTeamMeetingHeld,
    StandardAgendaItemIssued,
)

TRUST, OTHER_TRUST = "2057", "3112"
OAK, ELM, ASH = "123456", "123457", "123458"
FOCUS = UUID("01900000-0000-7000-8000-000000000001")
ITEM = UUID("01900000-0000-7000-8000-000000000002")
OTHER_ITEM = UUID("01900000-0000-7000-8000-000000000003")
MEETING = UUID("01900000-0000-7000-8000-000000000004")
LATER_MEETING = UUID("01900000-0000-7000-8000-000000000005")
ACTION = UUID("01900000-0000-7000-8000-000000000006")

STARTS, ENDS = date(2026, 9, 1), date(2026, 10, 23)
HELD_AT = datetime(2026, 9, 15, 16, 30, tzinfo=UTC)
NOW = HELD_AT + timedelta(hours=1)
DUE_BY = datetime(2026, 10, 2, 16, 0, tzinfo=UTC)

CYCLE_OPENED = CycleOpened(trustuid=TRUST, cycle="2026/27-A1", starts_on=STARTS, ends_on=ENDS)
FOCUS_SET = FocusAreaSet(
    focus_id=FOCUS,
    trustuid=TRUST,
    title="Reading in every lesson",
    principle="children_first",
    question="Which pupils read better than at the last meeting?",
    starts_on=STARTS,
    ends_on=date(2027, 7, 20),
    disadvantaged_lens="Say it for disadvantaged pupils too.",
)
FOCUS_CLOSED = FocusAreaClosed(focus_id=FOCUS, closed_on=date(2026, 12, 1), reason="It has become a habit.")
ISSUED = StandardAgendaItemIssued(
    item_id=ITEM,
    trustuid=TRUST,
    focus_id=FOCUS,
    cycle="2026/27-A1",
    applies_to=(OAK, ELM),
    due_by=DUE_BY,
)
HELD = LeadershipTeamMeetingHeld(meeting_id=MEETING, trustuid=TRUST, urns=(OAK,), held_at=HELD_AT, items=(ITEM,))

OPEN_CYCLE = ReportingCycle(opened=CYCLE_OPENED)
OPEN_FOCUS = FocusArea(agreed=FOCUS_SET)
KNOWN_ITEM = AgendaItem(issued=ISSUED)
KNOWN_MEETING = Meeting(held=HELD)
