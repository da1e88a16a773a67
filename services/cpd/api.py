"""Programmes and the calendar over HTTP: typed commands, which are the claims of intake.py under names of their own."""

from __future__ import annotations

from services.cpd.intake import admissions
from shared.contracts import cpd as events

commands = {
    path: admissions[events.contract.names[event]]
    for path, event in {
        "/programmes": events.ProgrammePublished,
        "/sessions": events.SessionScheduled,
        "/sessions/{session_id}/reschedule": events.SessionRescheduled,
        "/sessions/{session_id}/cancel": events.SessionCancelled,
    }.items()
}
