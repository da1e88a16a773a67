"""Is the loop closed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.support.fold.answers import answers_by_item_and_school, compared, titles_of
from tests.support.fold.history import LONDON, Event, History, Row, instant, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report

EFFECTS = ("worse", "same", "better")  # from worst to best

BANK_HOLIDAYS: Mapping[int, tuple[str, ...]] = {  # of England, as announced on gov.uk/bank-holidays
    2026: ("01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"),
    2027: ("01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"),
}


def loop(history: History, at: datetime) -> list[Row]:
    """One row an answer that is, after corrections, red or asks for help; `history` is what was known at `at`."""
    register = Register(history, at)
    titles = titles_of(history)
    items = {event["data"]["item_id"]: event["data"] for event in of(history, "StandardAgendaItemIssued")}
    rows = []
    for (item_id, urn), stream in answers_by_item_and_school(history).items():
        if item_id not in items:
            continue  # it should not have been asked, and is void
        for meeting_id in dict.fromkeys(event["data"]["meeting_id"] for event in stream):
            told = [event for event in stream if event["data"]["meeting_id"] == meeting_id]
            if not _asks_for_something(told[-1]):
                continue
            item, given, stands = items[item_id], told[0], told[-1]["data"]
            rows.append(
                {
                    "trustuid": item["trustuid"],
                    "cycle": item["cycle"],
                    "focus_id": item["focus_id"],
                    "title": titles.get(item["focus_id"]),
                    "item_id": item_id,
                    "meeting_id": meeting_id,
                    "urn": urn,
                    "school": register.name(item["trustuid"], urn),
                    "rag": stands["rag"],
                    "needs_help": stands.get("needs_help", False),
                    "help_dimension": stands.get("help_dimension"),
                    "event_id": told[-1]["id"],
                    "first_event_id": given["id"],
                    **_how_it_came_in(history, given),
                    **_what_followed(history, told, at),
                }
            )
    return rows


def _asks_for_something(event: Event) -> bool:
    return bool(event["data"]["rag"] == "red" or event["data"].get("needs_help"))


def _how_it_came_in(history: History, given: Event) -> Row:
    """When the team met, and when the first report was submitted that was recorded at or after the answer."""
    held_at = instant(given["data"]["held_at"])
    reports = [
        instant(event["data"]["submitted_at"])
        for event in of(history, "MeetingReportSubmitted", meeting_id=given["data"]["meeting_id"])
        if instant(event["time"]) >= instant(given["time"])
    ]
    submitted_at = reports[0] if reports else None
    return {
        "held_at": held_at,
        "submitted_at": submitted_at,
        "school_delay_ms": _milliseconds(submitted_at - held_at) if submitted_at else None,
    }


def _what_followed(history: History, told: Sequence[Event], at: datetime) -> Row:
    """What became of an answer from when it was raised: when it first was red or asked for help."""
    raised = next(event for event in told if _asks_for_something(event))
    about = {name: raised["data"][name] for name in ("item_id", "urn", "meeting_id")}
    acknowledged = _first_after(raised, of(history, "TrustAcknowledged", **about))
    responded = _first_after(raised, of(history, "TrustResponseGiven", **about))
    read = _first_after(responded, of(history, "ResponseRead", **about)) if responded else None

    agreed = of(history, "ActionAgreed", **about)
    agreed_at = [instant(event["happenedat"]) for event in agreed]
    closed_at = [instant(event["happenedat"]) for event in _closings(history, agreed)]
    effect = _effect(history, agreed)

    raised_at = instant(raised["time"])
    happened = {
        "acknowledged_at": instant(acknowledged["happenedat"]) if acknowledged else None,
        "responded_at": instant(responded["happenedat"]) if responded else None,
        "read_at": instant(read["happenedat"]) if read else None,
        "action_agreed_at": min(agreed_at, default=None),
        "action_closed_at": max(closed_at) if agreed and len(closed_at) == len(agreed) else None,
        "effect_reviewed_at": effect["effect_reviewed_at"],
    }
    return {
        "raised_at": raised_at,
        **happened,
        "actions": len(agreed),
        "effect": effect["effect"],
        "help_still_needed": effect["help_still_needed"],
        "acknowledged_within_2_working_days": _within_two_working_days(raised_at, happened["acknowledged_at"], at),
        "days_to_acknowledge": _days(raised_at, happened["acknowledged_at"]),
        "days_to_respond": _days(raised_at, happened["responded_at"]),
        "days_to_read": _days(raised_at, happened["read_at"]),
        "days_to_agree": _days(raised_at, happened["action_agreed_at"]),
        "days_to_close": _days(raised_at, happened["action_closed_at"]),
        "days_to_effect": _days(raised_at, happened["effect_reviewed_at"]),
    }


def _first_after(event: Event, candidates: Sequence[Event]) -> Event | None:
    """The first of the same stream with a higher version."""
    return next((c for c in candidates if c["stream"] == event["stream"] and c["version"] > event["version"]), None)


def _closings(history: History, agreed: Sequence[Event]) -> list[Event]:
    actions = [event["data"]["action_id"] for event in agreed]
    return [event for event in of(history, "ActionClosed") if event["data"]["action_id"] in actions]


def _effect(history: History, agreed: Sequence[Event]) -> Row:
    """What both sides say of all actions; nothing until both have looked at every one."""
    looks: list[Event] = []
    for action in agreed:
        last_look_of = {
            event["data"]["reviewed_by"]: event
            for event in of(history, "EffectReviewed", action_id=action["data"]["action_id"])
        }
        if set(last_look_of) != {"school", "trust"}:
            looks = []
            break
        looks += last_look_of.values()
    if not looks:
        return {"effect_reviewed_at": None, "effect": None, "help_still_needed": None}
    effects = [compared(event["data"]["rag_before"], event["data"]["rag_after"]) for event in looks]
    return {
        "effect_reviewed_at": max(instant(event["happenedat"]) for event in looks),
        "effect": min(effects, key=EFFECTS.index),
        "help_still_needed": any(event["data"]["help_still_needed"] for event in looks),
    }


def _milliseconds(delay: timedelta) -> int:
    """To the nearest; a half goes away from zero."""
    microseconds = delay // timedelta(microseconds=1)
    return int((Decimal(microseconds) / 1000).quantize(Decimal(1), ROUND_HALF_UP))


def _days(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else round((end - start) / timedelta(days=1), 2)


def _within_two_working_days(raised_at: datetime, acknowledged_at: datetime | None, at: datetime) -> bool | None:
    """None while it is still to come."""
    over = end_of_second_working_day(raised_at)
    if acknowledged_at is not None:
        return acknowledged_at < over
    return None if at < over else False


def end_of_second_working_day(after: datetime) -> datetime:
    """The midnight in London at which the second working day after the day of this moment is over."""
    day = after.astimezone(LONDON).date()
    for _ in range(2):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


def is_working_day(day: date) -> bool:
    saturday = 5
    return day.weekday() < saturday and f"{day:%m-%d}" not in BANK_HOLIDAYS[day.year]


report = Report(loop, ("item_id", "urn", "meeting_id"), frozenset({"visible_at", "platform_delay_ms"}))
