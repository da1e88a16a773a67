"""Who met, who answered, who was talked to?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from tests.support.fold.answers import answers_by_item_and_school
from tests.support.fold.history import LONDON, Event, History, Row, instant, of
from tests.support.fold.register import Register
from tests.support.fold.report import Report
from tests.support.fold.staff import Staff

HEADS = ("headteacher", "executive_headteacher", "head_of_school", "principal", "executive_principal")

Where = tuple[str, str, str]
"""A trust, a cycle and a school's URN."""


def agenda(history: History, at: datetime) -> list[Row]:
    """One row a school and cycle, where it was asked or was a member; `history` is what was known at `at`."""
    register = Register(history, at)
    today = at.astimezone(LONDON).date()
    cycles = {
        (event["data"]["trustuid"], event["data"]["cycle"]): event["data"] for event in of(history, "CycleOpened")
    }
    issued = _issued(history)
    meetings = _meetings(history, cycles)
    answers = answers_by_item_and_school(history)
    reports = {event["data"]["meeting_id"]: event["data"] for event in of(history, "MeetingReportSubmitted")}
    rows = []
    for where in sorted(issued.keys() | _members(history, cycles)):
        trustuid, name, urn = where
        cycle = cycles.get((trustuid, name))
        held, items = meetings.get(where, set()), issued.get(where, [])
        answered = [answers[item, urn] for item in items if (item, urn) in answers]
        first, last = (day(cycle["starts_on"]), day(cycle["ends_on"])) if cycle else (None, None)
        begun = first is not None and first <= today
        rows.append(
            {
                "trustuid": trustuid,
                "cycle": name,
                "starts_on": cycle["starts_on"] if cycle else None,
                "ends_on": cycle["ends_on"] if cycle else None,
                "urn": urn,
                "school": register.name(trustuid, urn),
                "meetings_held": len(held),
                "meetings_complete": sum(m in reports and reports[m]["answered"] == reports[m]["of"] for m in held),
                "items_issued": len(items),
                "items_answered": len(answered),
                "complete": len(answered) == len(items) if items else None,
                "late_answers": sum(any(event["data"].get("late") for event in stream) for stream in answered),
                "no_meeting": not held if begun else None,
                **_leaders(history, trustuid, urn, min(last, today) if last and begun else None),
            }
        )
    return rows


def day(text: str) -> date:
    return date.fromisoformat(text)


def _issued(history: History) -> dict[Where, list[str]]:
    found: dict[Where, list[str]] = defaultdict(list)
    for event in of(history, "StandardAgendaItemIssued"):
        item = event["data"]
        for urn in item["applies_to"]:
            found[item["trustuid"], item["cycle"], urn].append(item["item_id"])
    return found


def _members(history: History, cycles: Mapping[tuple[str, str], Row]) -> set[Where]:
    """Who was a member on a day of a cycle, by the URN that it had when the cycle began."""
    succeeded = {
        (event["data"]["trustuid"], event["data"]["from_urn"]): day(event["data"]["on"])
        for event in of(history, "SchoolUrnSucceeded")
    }
    found = set()
    for trustuid, urn, joined_on, left_on in _spells(history):
        for (trust, name), cycle in cycles.items():
            there = joined_on <= day(cycle["ends_on"]) and left_on > day(cycle["starts_on"])
            if trust == trustuid and there and succeeded.get((trust, urn), date.max) > day(cycle["starts_on"]):
                found.add((trust, name, urn))
    return found


def _spells(history: History) -> list[tuple[str, str, date, date]]:
    """Of each school: its first days inside, and the first day outside that followed each."""
    open_: dict[tuple[str, str], date] = {}
    found = []
    for event in of(history, "SchoolJoinedTrust", "SchoolLeftTrust"):
        school = event["data"]["trustuid"], event["data"]["urn"]
        if "joined_on" in event["data"]:
            open_[school] = day(event["data"]["joined_on"])
        elif school in open_:
            found.append((*school, open_.pop(school), day(event["data"]["left_on"])))
    return found + [(*school, joined_on, date.max) for school, joined_on in open_.items()]


def _meetings(history: History, cycles: Mapping[tuple[str, str], Row]) -> dict[Where, set[str]]:
    """The meetings that were held on a day of a cycle, and those that answered one of its items."""
    found: dict[Where, set[str]] = defaultdict(set)
    for event in of(history, "LeadershipTeamMeetingHeld"):
        meeting = event["data"]
        held_on = instant(meeting["held_at"]).astimezone(LONDON).date()
        for (trustuid, name), cycle in cycles.items():
            if trustuid == meeting["trustuid"] and day(cycle["starts_on"]) <= held_on <= day(cycle["ends_on"]):
                for urn in meeting["urns"]:
                    found[trustuid, name, urn].add(meeting["meeting_id"])
    items = {event["data"]["item_id"]: event["data"] for event in of(history, "StandardAgendaItemIssued")}
    for (item_id, urn), stream in answers_by_item_and_school(history).items():
        if item := items.get(item_id):
            found[item["trustuid"], item["cycle"], urn] |= {event["data"]["meeting_id"] for event in stream}
    return found


# One-to-ones


def _leaders(history: History, trustuid: str, urn: str, on: date | None) -> Row:
    """Who leads at a school on a day, and who of them had a one-to-one in the six school weeks up to it."""
    unknown: Row = {"leaders": None, "leaders_with_one_to_one": None}
    if on is None:
        return unknown
    staff = Staff(history, datetime.combine(on, time(12), LONDON))
    planned, talked = _one_to_ones(history, trustuid, staff, on)
    there = [e for e in staff.working() if (e.trustuid, e.urn, e.paused) == (trustuid, urn, False)]
    leaders = {e.person_id for e in there if e.role in HEADS or e.person_id in planned}
    if not leaders:
        return unknown
    weeks = [monday for monday in _school_weeks(history, trustuid, urn) if monday <= on]
    if not weeks:
        return {**unknown, "leaders": len(leaders)}
    since = weeks[-6:][0]
    had = {person for person in leaders if any(held_on >= since for held_on in talked[person])}
    return {"leaders": len(leaders), "leaders_with_one_to_one": len(had)}


def _one_to_ones(
    history: History, trustuid: str, staff: Staff, on: date
) -> tuple[set[str], Mapping[str, Sequence[date]]]:
    """By a day: for whom one was planned or held, and the days on which each had theirs."""
    planned: set[str] = set()
    talked: dict[str, list[date]] = defaultdict(list)
    for event in of(history, "OneToOneScheduled", "OneToOneHeld"):
        person = staff.person(event["data"]["leader_id"])
        happened_on = day(event["data"].get("held_on") or event["data"]["planned_on"])
        if event["trustuid"] == trustuid and happened_on <= on:
            planned.add(person)
            if "held_on" in event["data"]:
                talked[person].append(happened_on)
    return planned, talked


def _school_weeks(history: History, trustuid: str, urn: str) -> list[date]:
    """The Mondays of all weeks in which there is school: by the school's own dates of a year, else by the trust's."""
    years: dict[str, Event] = {}
    told = of(history, "TermDatesSet", trustuid=trustuid)
    for event in sorted(told, key=lambda event: "urn" in event["data"]):
        if event["data"].get("urn") in (None, urn):
            years[event["data"]["academic_year"]] = event["data"]
    found = set()
    for year in years.values():
        for half_term in year["half_terms"]:
            on = day(half_term["starts_on"])
            while on <= day(half_term["ends_on"]):
                if on.isoweekday() <= 5 and on.isoformat() not in year.get("closures", []):
                    found.add(on - timedelta(days=on.weekday()))
                on += timedelta(days=1)
    return sorted(found)


report = Report(agenda, ("trustuid", "cycle", "urn"))
