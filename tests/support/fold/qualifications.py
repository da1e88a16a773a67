"""Who leads with NPQH and a Masters?"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from tests.support.fold.history import LONDON, History, Row, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report
from tests.support.fold.staff import Staff

HEADS = {"headteacher", "executive_headteacher", "head_of_school", "principal", "executive_principal"}
SENIOR = tuple(
    f"{rank}_{what}" for rank in ("deputy", "assistant", "associate", "vice") for what in ("head", "principal")
)
NPQH, MASTERS = {"npq-headship"}, {"masters", "mba"}
HAVE = ("both", "npqh_only", "masters_only", "in_progress", "none")


def qualifications(history: History, at: datetime) -> list[Row]:
    """One row a group of leaders, nothing hidden; `history` is what was known at `at`."""
    have = Qualified(history, Staff(history, at))
    rows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (trustuid, person_id), group in _leaders(history, at).items():
        for leaders in (group, "all"):
            rows[trustuid, leaders][have.of(person_id)] += 1
    return [
        {"trustuid": trustuid, "leaders": leaders, "people": n.total(), **{state: n[state] for state in HAVE}}
        for (trustuid, leaders), n in rows.items()
    ]


def _leaders(history: History, at: datetime) -> dict[tuple[str, str], str]:
    """Everybody who helps to lead a school, and among whom they are counted."""
    register, today = Register(history, at), at.astimezone(LONDON).date()
    found: dict[tuple[str, str], str] = {}
    for one in Staff(history, at).working():
        urn = register.current_urn(one.trustuid, one.urn) if one.urn else None
        leads = one.role in HEADS or one.role.startswith(SENIOR) or one.role == "senior_leader"
        if leads and not one.paused and (urn is None or register.was_member(one.trustuid, urn, today)):
            if one.role in HEADS:
                found[one.trustuid, one.person_id] = "heads"
            else:
                found.setdefault((one.trustuid, one.person_id), "senior_leaders")
    return found


class Qualified:
    """What people hold and what they work for."""

    def __init__(self, history: History, staff: Staff) -> None:
        self._held: dict[str, set[str]] = defaultdict(set)
        self._working_for: dict[str, set[str]] = defaultdict(set)
        for event in of(history, "QualificationHeld"):
            self._held[staff.person(event["data"]["person_id"])].add(event["data"]["course"])
        for event in of(history, "QualificationEnrolled"):
            same = {name: event["data"][name] for name in ("person_id", "course", "enrolment_id")}
            person_id, course = staff.person(same["person_id"]), same["course"]
            outcomes = [e["data"]["outcome"] for e in of(history, "QualificationOutcomeRecorded", **same)]
            last_step = [e["type"] for e in of(history, "QualificationWithdrawn", "QualificationResumed", **same)]
            if outcomes and outcomes[-1] == "passed":
                self._held[person_id].add(course)
            elif outcomes[-1:] != ["failed"] and not (last_step and "Withdrawn" in last_step[-1]):
                self._working_for[person_id].add(course)

    def of(self, person_id: str) -> str:
        held, working_for = self._held[person_id], self._working_for[person_id]
        match (bool(held & NPQH), bool(held & MASTERS)):
            case (True, True):
                return "both"
            case (True, False):
                return "npqh_only"
            case (False, True):
                return "masters_only"
            case _:
                return "in_progress" if working_for & (NPQH | MASTERS) else "none"


report = Report(qualifications, ("trustuid", "leaders"), people=frozenset({"people", *HAVE}))
