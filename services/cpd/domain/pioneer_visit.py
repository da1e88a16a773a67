"""A visit to a school that leads in something, in the trust or outside: arranged, and reported once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, assert_never

from annotated_types import MaxLen

from services.cpd.domain.days import Dated, check_happened
from shared.contracts.cpd.programmes import PioneerVisitArranged, PioneerVisitReported
from shared.contracts.vocabulary import Day, Id, Name, PersonId, Text, TrustUid, Urn
from shared.decider import Decider, Rejected


def pioneer_visit_stream(visit_id: Id) -> str:
    return f"pioneer-visit-{visit_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangeVisit:
    """The host is named; one with a URN may also give that."""

    visit_id: Id
    trustuid: TrustUid
    urn: Urn | None = None
    host: Name
    host_urn: Urn | None = None
    visitor_ids: Annotated[tuple[PersonId, ...], MaxLen(100)]
    focus: Text
    visit_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportVisit:
    visit_id: Id
    learning: Text
    reported_on: Day


VisitCommand = ArrangeVisit | ReportVisit
VisitEvent = PioneerVisitArranged | PioneerVisitReported


@dataclass(frozen=True, slots=True, kw_only=True)
class PioneerVisit:
    arranged: PioneerVisitArranged | None = None
    reported: bool = False


def decide(asked: Dated[VisitCommand], state: PioneerVisit) -> list[VisitEvent]:
    match asked.command:
        case ArrangeVisit():
            return _arrange(asked.command, state)
        case ReportVisit():
            return _report(asked.command, state, asked.today)
        case _:
            assert_never(asked.command)


def _arrange(c: ArrangeVisit, state: PioneerVisit) -> list[VisitEvent]:
    arranged = PioneerVisitArranged(
        visit_id=c.visit_id,
        trustuid=c.trustuid,
        urn=c.urn,
        host=c.host,
        host_urn=c.host_urn,
        visitor_ids=c.visitor_ids,
        focus=c.focus,
        visit_on=c.visit_on,
    )
    if state.arranged == arranged:
        return []
    if state.arranged is not None:
        raise Rejected(
            "visit_exists",
            "This visit is arranged with other details: give a new visit an id of its own.",
            field="/visit_id",
        )
    if not c.visitor_ids:
        raise Rejected("visitors_missing", "Name at least one person who visits.", field="/visitor_ids")
    if len(set(c.visitor_ids)) < len(c.visitor_ids):
        raise Rejected("visitor_named_twice", "Name everybody who visits once.", field="/visitor_ids")
    if c.host_urn is not None and c.host_urn == c.urn:
        raise Rejected(
            "visits_own_school", "Name another school as the host: this is the visitors' own.", field="/host_urn"
        )
    return [arranged]


def _report(c: ReportVisit, state: PioneerVisit, today: Day) -> list[VisitEvent]:
    if state.arranged is None:
        raise Rejected("visit_unknown", "There is no such visit: check its id, or arrange it first.", field="/visit_id")
    if state.reported:  # the text is not in the state, so the same report cannot be told from another
        raise Rejected("visit_already_reported", "This visit is reported: correct that report.", field="/visit_id")
    check_happened(c.reported_on, today, "/reported_on")
    if c.reported_on < state.arranged.visit_on:
        raise Rejected(
            "reported_before_visit",
            "Report the visit when it has taken place: this day is before it.",
            field="/reported_on",
        )
    return [
        PioneerVisitReported(
            visit_id=c.visit_id, urn=state.arranged.urn, learning=c.learning, reported_on=c.reported_on
        )
    ]


def evolve(state: PioneerVisit, event: VisitEvent) -> PioneerVisit:
    match event:
        case PioneerVisitArranged():
            return replace(state, arranged=event)
        case PioneerVisitReported():
            return replace(state, reported=True)
        case _:
            assert_never(event)


pioneer_visit: Decider[Dated[VisitCommand], PioneerVisit, VisitEvent] = Decider(PioneerVisit(), decide, evolve)
