"""Do schools agree with the trust about itself?"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from tests.support.fold.history import LONDON, Event, History, Row, of, when_and_where
from tests.support.fold.register import Register
from tests.support.fold.report import Report

SCALE = ("we_do_this", "we_talk_about_it", "we_should", "we_dont", "never_thought_about_it")


def principles(history: History, at: datetime) -> list[Row]:
    """One row an instrument and item that somebody answered; `history` is what was known at `at`."""
    register, today = Register(history, at), at.astimezone(LONDON).date()
    said: dict[tuple[str, str, str], dict[str | None, tuple[Event, str]]] = defaultdict(dict)
    for event in sorted(of(history, "SelfAssessmentSubmitted"), key=when_and_where):
        assessment = event["data"]
        trustuid, urn = assessment["trustuid"], assessment.get("urn")
        now = register.current_urn(trustuid, urn) if urn else None
        if now and not register.was_member(trustuid, now, today):
            continue
        for given in assessment["answers"]:
            said[trustuid, assessment["instrument"], given["item"]][now] = (event, given["answer"])

    rows = []
    for (trustuid, instrument, item), by_whom in said.items():
        own = by_whom.get(None, (None, None))[1]
        schools = {urn: answer for urn, answer in by_whom.items() if urn is not None}
        counts = Counter(answer for _, answer in schools.values())
        not_so = [register.name(trustuid, e["data"]["urn"]) for e, answer in schools.values() if answer != "we_do_this"]
        rows.append(
            {
                "trustuid": trustuid,
                "instrument": instrument,
                "item": item,
                "trust_answer": own,
                "schools": len(schools),
                **{answer: counts[answer] for answer in SCALE},
                "say_not": len(not_so) if own == "we_do_this" else None,
                "schools_that_say_not": sorted(not_so) if own == "we_do_this" else None,
            }
        )
    return rows


report = Report(principles, ("trustuid", "instrument", "item"))
