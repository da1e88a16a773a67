"""The half term's training: three programmes, their sessions, one of them moved and one cancelled."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from deploy.demo.plan import Diary
from deploy.demo.speakers import school_says, trust_says
from deploy.demo.trust import UID, named

PUBLISHED_AT = datetime(2026, 10, 30, 9, 30, tzinfo=UTC)
MOVED_AT = datetime(2026, 11, 11, 10, tzinfo=UTC)
CANCELLED_AT = datetime(2026, 11, 25, 10, tzinfo=UTC)

_MENTORING = {
    "title": "Mentoring early-career teachers",
    "kind": "course",
    "audience_roles": ["assistant_headteacher", "deputy_headteacher"],
    "outcomes": ["Mentors observe and give feedback that is acted on within a week."],
    "partner": {"name": "Northmoor Teaching School Hub", "reach": "regional"},
    "cost_pence": 9_000,
}
_PHONICS = {
    "title": "Phonics and fluency for disadvantaged readers",
    "kind": "course",
    "audience_roles": ["senco", "early_career_teacher"],
    "outcomes": ["Each school runs a daily fluency group.", "Gaps are known pupil by pupil."],
    "partner": {"name": "Reading Together", "reach": "local"},
    "cost_pence": 0,
}
_SENIOR = {
    "title": "NPQ for Senior Leadership, autumn cohort",
    "kind": "npq",
    "audience_stages": ["stage-4", "stage-5"],
    "audience_roles": ["deputy_headteacher", "assistant_headteacher"],
    "outcomes": ["Each participant leads one change across their school and shows its effect."],
    "partner": {"name": "National Leadership Faculty", "reach": "national"},
    "cost_pence": 45_000,
}
_SESSIONS = (  # programme, day, from, minutes, places, where
    ("mentoring", "2026-11-05", "15:45", 90, 24, "Grange Farm Academy, library"),
    ("mentoring", "2026-11-19", "15:45", 90, 24, "Grange Farm Academy, library"),
    ("mentoring", "2026-12-03", "15:45", 90, 24, "Grange Farm Academy, library"),
    ("phonics", "2026-11-13", "09:15", 180, 30, "Ashby Park Primary, hall"),
    ("phonics", "2026-12-04", "09:15", 180, 30, "Ashby Park Primary, hall"),
    ("phonics", "2026-12-11", "13:15", 120, 30, "Ashby Park Primary, hall"),
    ("senior", "2026-11-10", "09:00", 390, 18, "Trust office, room 2"),
    ("senior", "2026-11-24", "09:00", 390, 18, "Trust office, room 2"),
    ("senior", "2026-12-08", "09:00", 390, 18, "Trust office, room 2"),
    ("senior", "2026-12-15", "16:00", 60, None, "Online"),
)
_OF_ASHBY = "phonics"


def train(diary: Diary, seed: int) -> None:
    """Programmes and sessions, as they come to the calendar, move and fall away. Ashby Park runs one of the three."""
    for name, programme in (("mentoring", _MENTORING), ("phonics", _PHONICS), ("senior", _SENIOR)):
        offer = {"programme_id": _id(seed, "programme", name), "trustuid": UID, **programme}
        _say(diary, PUBLISHED_AT, name, f"programme-{name}", "ProgrammePublished", offer)
    for number, (name, day, start, minutes, places, where) in enumerate(_SESSIONS):
        begins = datetime.combine(datetime.fromisoformat(day), time.fromisoformat(start), UTC)
        session = {
            "session_id": _id(seed, "session", number),
            "programme_id": _id(seed, "programme", name),
            "trustuid": UID,
            "scope": "trust",
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(minutes=minutes)).isoformat(),
            **({} if places is None else {"places": places}),
            "where": where,
            "how_to_join": "Book with your school's office; a link comes by mail."
            if places is None
            else "Book a place.",
        }
        at = PUBLISHED_AT + timedelta(minutes=1)
        _say(diary, at, name, f"session-{number}", "SessionScheduled", session)
    moved = datetime(2026, 11, 26, 15, 45, tzinfo=UTC)
    moves = {
        "session_id": _id(seed, "session", 1),
        "starts_at": moved.isoformat(),
        "ends_at": (moved + timedelta(minutes=90)).isoformat(),
        "where": "Trust office, room 1",
        "reason": "The library is needed for mock examinations.",
    }
    _say(diary, MOVED_AT, "mentoring", "session-1-moves", "SessionRescheduled", moves)
    falls_away = {
        "session_id": _id(seed, "session", 8),
        "reason": "The speaker cannot come; the day is made up for in spring.",
    }
    _say(diary, CANCELLED_AT, "senior", "session-8-cancelled", "SessionCancelled", falls_away)


def _say(diary: Diary, at: datetime, programme: str, id: str, event: str, data: dict[str, Any]) -> None:
    if programme == _OF_ASHBY:
        diary.say(at, school_says("900001", id, event, {**data, "urn": "900001"}, service="cpd"))
    else:
        diary.say(at, trust_says(id, event, data, service="cpd"))


def _id(seed: int, *parts: object) -> str:
    return str(named(seed, *parts))
