"""What collaboration does about facts and the clock: one module each. It hears its own facts through its own topic."""

from __future__ import annotations

from collections.abc import Sequence

from services.collaboration import line_managers
from services.collaboration.reactions import agenda_view, overdue_actions
from services.collaboration.reactions.drafting import draft_capacity_request
from services.collaboration.reactions.overdue import record_overdue
from services.collaboration.reactions.pooling import join_coach_pool
from services.collaboration.reactions.questioning import question_pairing
from shared.intake import View
from shared.reactions import Reaction
from shared.writer import OnClock

views: Sequence[View] = (agenda_view.view, line_managers.view, overdue_actions.view)
reactions: Sequence[Reaction] = (draft_capacity_request, join_coach_pool, question_pairing)
on_clock: Sequence[OnClock] = (record_overdue, overdue_actions.record_overdue_actions)
