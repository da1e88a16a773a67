"""Whom the trust reminds: schools that have not answered a day before it is due."""

from __future__ import annotations

from deploy.demo.plan import Diary
from deploy.demo.speakers import at, trust_reports
from deploy.demo.story import CYCLES, FOCUS_AREAS, SILENT, asked
from deploy.demo.trust import UID, named


def remind(diary: Diary, seed: int) -> None:
    """The two silent schools of the last cycle: one by e-mail, one by phone."""
    sent_at = at("2026-12-10T12:30")
    for number, urn in enumerate(SILENT):
        for focus in FOCUS_AREAS:
            if urn in asked(focus):
                data = {
                    "reminder_id": str(named(seed, "reminder", urn, focus)),
                    "trustuid": UID,
                    "urn": urn,
                    "item_id": str(named(seed, "item", len(CYCLES), focus)),
                    "channel": ("email", "phone")[number % 2],
                    "sent_at": sent_at.isoformat(),
                }
                diary.say(sent_at, trust_reports(f"reminder-{urn}-{focus}", "ReminderSent", data))
