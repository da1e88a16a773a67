"""Did training change anything?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.support.fold.history import LONDON, Event, History, Row, instant, of
from tests.support.fold.qualifications import HEADS, SENIOR
from tests.support.fold.register import Register
from tests.support.fold.report import Report
from tests.support.fold.staff import Engagement, Staff

LEVELS = ("head", "senior", "middle", "teacher", "trainee", "support", "trust", "governor")
STAGES = ("trainee", "1", "2", "3", "4", "5", "late_career")
HALF_A_YEAR = timedelta(days=180)
LEAST = 5


@dataclass(frozen=True, slots=True)
class Session:
    """One that was not cancelled, and what was recorded of it, by entries of the register."""

    starts_at: datetime
    places: int | None
    booked: frozenset[str]
    recorded: Mapping[str, Event]
    evaluated: Sequence[Event]

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(LONDON).date()

    def came(self) -> list[Event]:
        return [event for event in self.recorded.values() if event["data"]["attendance"] != "absent"]

    def absent(self) -> list[str]:
        """Who was expected and did not come."""
        expected = self.recorded if self.places is None else self.booked
        return [e for e, event in self.recorded.items() if event["data"]["attendance"] == "absent" and e in expected]


def impact(history: History, at: datetime) -> list[Row]:
    """One row a programme; `history` is what was known at `at`."""
    register, staff = Register(history, at), Staff(history, at)
    sessions = _sessions(history)
    rows = []
    for published in of(history, "ProgrammePublished"):
        offer = published["data"]
        of_it = sessions[offer["programme_id"]]
        evidence = sorted(
            of(history, "ImpactEvidenced", programme_id=offer["programme_id"]),
            key=lambda event: (event["data"]["evidenced_on"], event["id"]),
        )
        people = _participants(of_it, staff, register, offer["trustuid"])
        shown = _shown(people, evidence, register, at)
        rows.append(
            {
                **{name: offer[name] for name in ("trustuid", "programme_id", "kind", "cost_pence")},
                "programme": offer["title"],
                "urn": offer.get("urn"),
                "school": register.name(offer["trustuid"], offer["urn"]) if "urn" in offer else None,
                **_attendance(of_it),
                **_who(people, history),
                **_said(of_it, staff),
                **_what_changed(evidence, register),
                **shown,
                "cost_per_person_with_impact_pence": _rounded(
                    Decimal(offer["cost_pence"] * len(people)) / shown["with_evidence"], "1"
                )
                if shown["with_evidence"]
                else None,
            }
        )
    return rows


def _sessions(history: History) -> dict[str, list[Session]]:
    """By programme."""
    cancelled = {event["data"]["session_id"] for event in of(history, "SessionCancelled")}
    stands = {e["data"]["session_id"]: e["data"] for e in of(history, "SessionScheduled", "SessionRescheduled")}
    found: dict[str, list[Session]] = defaultdict(list)
    for event in of(history, "SessionScheduled"):
        plan, same = event["data"], {"session_id": event["data"]["session_id"]}
        if plan["session_id"] not in cancelled:
            places = {e["data"]["person_id"]: e["type"] for e in of(history, *BOOKINGS, **same)}
            session = Session(
                starts_at=instant(stands[plan["session_id"]]["starts_at"]),
                places=plan.get("places"),
                booked=frozenset(entry for entry, last in places.items() if "PlaceBooked" in last),
                recorded={event["data"]["person_id"]: event for event in of(history, "AttendanceRecorded", **same)},
                evaluated=of(history, "CpdEvaluated", **same),
            )
            found[plan["programme_id"]].append(session)
    return found


BOOKINGS = ("PlaceBooked", "PlaceWaitlisted", "BookingCancelled")


def _attendance(sessions: Sequence[Session]) -> Row:
    attended = sum(len(session.came()) for session in sessions)
    recorded = attended + sum(len(session.absent()) for session in sessions)
    numbers = [session.places for session in sessions if session.places is not None]
    return {
        "sessions": len(sessions),
        "places": sum(numbers) if numbers else None,
        "booked": sum(len(session.booked) for session in sessions),
        "attendance_recorded": recorded,
        "attended": attended,
        "attended_percent": attended * 100 // recorded if recorded else None,
    }


@dataclass(slots=True)
class Participant:
    """Somebody who came: what they were on the first day, and from which schools they came when."""

    first: tuple[datetime, str]
    level: str
    person_id: str
    days: dict[str, list[date]]


def _participants(
    sessions: Sequence[Session], staff: Staff, register: Register, trustuid: str
) -> dict[str, Participant]:
    """By person."""
    found: dict[str, Participant] = {}
    visits = [(session.starts_at, event["id"], session, event) for session in sessions for event in session.came()]
    for starts_at, event_id, session, event in sorted(visits, key=lambda visit: visit[:2]):
        person_id = staff.person(event["data"]["person_id"])
        if person_id not in found:
            found[person_id] = Participant((starts_at, event_id), "", person_id, defaultdict(list))
        if "urn" in event["data"]:
            urn = register.current_urn(trustuid, event["data"]["urn"])
            found[person_id].days[urn].append(session.day)
    return found


def _who(people: Mapping[str, Participant], history: History) -> Row:
    levels, stages = [], []
    for person_id, participant in people.items():
        then = participant.first[0]
        staff = Staff(history, then)
        posts = [_level(one) for one in staff.working() if one.person_id == person_id]
        levels.append(min(posts, key=LEVELS.index, default="not_known"))
        stages.append(_stage(history, staff, person_id, str(then.astimezone(LONDON).date())))
    return {
        "participants": len(people),
        **{f"level_{level}": levels.count(level) for level in (*LEVELS, "not_known")},
        **{f"stage_{stage}": stages.count(stage) for stage in (*STAGES, "not_known")},
    }


def _level(one: Engagement) -> str:
    role = one.role
    if one.kind in ("governor", "trustee"):
        return "governor"
    if one.kind == "trainee":
        return "trainee"
    if one.urn is None:
        return "trust"
    if role in HEADS:
        return "head"
    if role.startswith(SENIOR) or role == "senior_leader":
        return "senior"
    if role in ("senco", "middle_leader"):
        return "middle"
    return "teacher" if role == "teacher" or role.endswith("_teacher") else "support"


def _stage(history: History, staff: Staff, person_id: str, day: str) -> str:
    known = [
        (event["data"]["assessed_on"], event["logindex"], event["data"]["stage"])
        for event in of(history, "CareerStageAssessed")
        if staff.person(event["data"]["person_id"]) == person_id and event["data"]["assessed_on"] <= day
    ]
    return max(known)[-1].removeprefix("stage_") if known else "not_known"


def _said(sessions: Sequence[Session], staff: Staff) -> Row:
    row: Row = {}
    for level in range(1, 6):
        said = [e["data"] for session in sessions for e in session.evaluated if e["data"]["level"] == level]
        enough = len({staff.person(one["person_id"]) for one in said}) >= LEAST
        mean = Decimal(sum(one["score"] for one in said)) / len(said) if enough else None
        row |= {f"evaluations_{level}": len(said), f"mean_{level}": float(_tenth(mean)) if mean else None}
    return row


def _tenth(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _rounded(number: Decimal, to: str) -> int:
    return int(number.quantize(Decimal(to), ROUND_HALF_UP))


def _what_changed(evidence: Sequence[Event], register: Register) -> Row:
    told = [event["data"] for event in evidence]
    before, after = "disadvantaged_baseline_thousandths", "disadvantaged_follow_up_thousandths"
    return {
        "evidence": len(told),
        "evidence_of_disadvantaged": sum(after in one for one in told),
        "measures": [one["measure"] for one in told],
        "measured_at": [register.name(one["trustuid"], one["urn"]) for one in told],
        "change_thousandths": [one["follow_up_thousandths"] - one["baseline_thousandths"] for one in told],
        "disadvantaged_change_thousandths": [one[after] - one[before] if after in one else None for one in told],
    }


def _shown(people: Mapping[str, Participant], evidence: Sequence[Event], register: Register, at: datetime) -> Row:
    today, shown, may_be = at.astimezone(LONDON).date(), 0, 0
    for participant in people.values():
        in_time = [
            event
            for event in evidence
            if (days := participant.days.get(register.current_urn(event["data"]["trustuid"], event["data"]["urn"])))
            and min(days) <= date.fromisoformat(event["data"]["evidenced_on"]) <= max(days) + HALF_A_YEAR
        ]
        shown += bool(in_time)
        may_be += not in_time and any(max(days) + HALF_A_YEAR >= today for days in participant.days.values())
    return {
        "with_evidence": shown,
        "with_evidence_percent": shown * 100 // len(people) if people else None,
        "evidence_may_come": may_be,
    }


report = Report(impact, ("programme_id",))
