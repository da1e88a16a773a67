"""What somebody needs to develop: recorded with where it was seen, and met once. Seen again, it is a new need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, assert_never

from annotated_types import MaxLen

from services.cpd.domain.days import Dated, check_happened
from shared.contracts.cpd.programmes import DevelopmentNeedMet, DevelopmentNeedRecorded, NeedSeenIn
from shared.contracts.vocabulary import Code, Day, Id, PersonId, Urn
from shared.decider import Decider, Rejected


def development_need_stream(need_id: Id) -> str:
    return f"development-need-{need_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNeed:
    """`programme_ids`: programmes that answer it."""

    need_id: Id
    person_id: PersonId
    urn: Urn | None = None
    capability: Code
    seen_in: NeedSeenIn
    programme_ids: Annotated[tuple[Id, ...], MaxLen(20)] = ()
    recorded_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetNeed:
    """`met_by`: what met it, where it has an id: a programme, a session, an enrolment."""

    need_id: Id
    met_by: Id | None = None
    met_on: Day


NeedCommand = RecordNeed | MeetNeed
NeedEvent = DevelopmentNeedRecorded | DevelopmentNeedMet


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentNeed:
    recorded: DevelopmentNeedRecorded | None = None
    met: DevelopmentNeedMet | None = None


def decide(asked: Dated[NeedCommand], state: DevelopmentNeed) -> list[NeedEvent]:
    match asked.command:
        case RecordNeed():
            return _record(asked.command, state, asked.today)
        case MeetNeed():
            return _meet(asked.command, state, asked.today)
        case _:
            assert_never(asked.command)


def _record(c: RecordNeed, state: DevelopmentNeed, today: Day) -> list[NeedEvent]:
    recorded = DevelopmentNeedRecorded(
        need_id=c.need_id,
        person_id=c.person_id,
        urn=c.urn,
        capability=c.capability,
        seen_in=c.seen_in,
        programme_ids=c.programme_ids,
        recorded_on=c.recorded_on,
    )
    if state.recorded == recorded:
        return []
    if state.recorded is not None:
        raise Rejected(
            "need_exists",
            "This need is recorded with other details: give a new need an id of its own.",
            field="/need_id",
        )
    check_happened(c.recorded_on, today, "/recorded_on")
    return [recorded]


def _meet(c: MeetNeed, state: DevelopmentNeed, today: Day) -> list[NeedEvent]:
    if state.recorded is None:
        raise Rejected("need_unknown", "There is no such need: check its id, or record it first.", field="/need_id")
    met = DevelopmentNeedMet(
        need_id=c.need_id,
        person_id=state.recorded.person_id,
        urn=state.recorded.urn,
        met_by=c.met_by,
        met_on=c.met_on,
    )
    if state.met == met:
        return []
    if state.met is not None:
        raise Rejected("need_already_met", "This need is met: record one that is seen again anew.", field="/need_id")
    check_happened(c.met_on, today, "/met_on")
    if c.met_on < state.recorded.recorded_on:
        raise Rejected("met_before_recorded", "Give a day after the need was recorded, or the same.", field="/met_on")
    return [met]


def evolve(state: DevelopmentNeed, event: NeedEvent) -> DevelopmentNeed:
    match event:
        case DevelopmentNeedRecorded():
            return replace(state, recorded=event)
        case DevelopmentNeedMet():
            return replace(state, met=event)
        case _:
            assert_never(event)


development_need: Decider[Dated[NeedCommand], DevelopmentNeed, NeedEvent] = Decider(DevelopmentNeed(), decide, evolve)
