"""What CPD does about facts and the clock: one module each. It hears its own facts through its own topic."""

from __future__ import annotations

from collections.abc import Sequence

from services.cpd.reactions import lapsing, programmes_view
from services.cpd.reactions.needs import record_development_need
from services.cpd.reactions.scheduling import schedule_induction, schedule_moderation
from shared.intake import View
from shared.reactions import Reaction
from shared.writer import OnClock

views: Sequence[View] = (lapsing.view, programmes_view.view)
reactions: Sequence[Reaction] = (record_development_need, schedule_moderation, schedule_induction)
on_clock: Sequence[OnClock] = (lapsing.record_lapsed,)
