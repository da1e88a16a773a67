"""What talent does about facts and the clock: one module a reaction. It hears its own facts through its own topic."""

from __future__ import annotations

from collections.abc import Sequence

from services.talent.reactions import leaving, national_support_schools
from services.talent.reactions.experience import bank_experience
from services.talent.reactions.proposing import propose_deployment
from shared.intake import View
from shared.reactions import Reaction
from shared.writer import OnClock

views: Sequence[View] = (leaving.view, national_support_schools.view)
reactions: Sequence[Reaction] = (bank_experience, propose_deployment)
on_clock: Sequence[OnClock] = (leaving.close_records, national_support_schools.follow_headships)
