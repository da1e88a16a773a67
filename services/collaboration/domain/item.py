"""A standard agenda item: a focus area's question on the agenda of these schools' meetings in one cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from services.collaboration.domain.cycle import ReportingCycle
from services.collaboration.domain.focus import FocusArea
from shared.contracts.collaboration.loop import CycleOpened, FocusAreaSet, StandardAgendaItemIssued
from shared.contracts.vocabulary import Day, Id, Instant, TrustUid, Urn
from shared.decider import Decider, Rejected

# Schools whose meeting falls at the end of a cycle still need days to write their answer down.
GRACE = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueAgendaItem:
    """`focus` and `cycle` are what those streams say."""

    item_id: Id
    trustuid: TrustUid
    applies_to: tuple[Urn, ...]
    due_by: Instant
    focus: FocusArea
    cycle: ReportingCycle
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    issued: StandardAgendaItemIssued | None = None


def decide(command: IssueAgendaItem, state: AgendaItem) -> list[StandardAgendaItemIssued]:
    focus = _known_focus(command)
    cycle = _known_cycle(command)
    event = StandardAgendaItemIssued(
        item_id=command.item_id,
        trustuid=command.trustuid,
        focus_id=focus.focus_id,
        cycle=cycle.cycle,
        applies_to=tuple(dict.fromkeys(command.applies_to)),
        due_by=command.due_by,
    )
    if state.issued == event:
        return []
    if state.issued is not None:
        raise Rejected(
            "item_already_issued",
            "This item was issued with other content; issue a new one under a new id.",
            field="/item_id",
        )
    _check_focus_is_asked(command.focus, focus, cycle, _london_day(command.at))
    _check_due(event, cycle)
    if not event.applies_to:
        raise Rejected("applies_to_no_school", "Name at least one school that shall answer.", field="/applies_to")
    return [event]


def _known_focus(c: IssueAgendaItem) -> FocusAreaSet:
    if c.focus.agreed is None or c.focus.agreed.trustuid != c.trustuid:
        raise Rejected("focus_area_unknown", "Set the focus area before you put it on an agenda.", field="/focus_id")
    return c.focus.agreed


def _known_cycle(c: IssueAgendaItem) -> CycleOpened:
    if c.cycle.opened is None or c.cycle.opened.trustuid != c.trustuid:
        raise Rejected("cycle_unknown", "Open the cycle before you issue items in it.", field="/cycle")
    return c.cycle.opened


def _check_focus_is_asked(state: FocusArea, focus: FocusAreaSet, cycle: CycleOpened, today: Day) -> None:
    if state.is_over(max(today, cycle.starts_on)):
        raise Rejected(
            "focus_area_closed",
            "The trust no longer asks about this focus area; choose one that is open in this cycle.",
            field="/focus_id",
        )
    if cycle.ends_on < focus.starts_on:
        raise Rejected(
            "focus_area_not_started",
            "The focus area starts after this cycle ends; choose a later cycle.",
            field="/focus_id",
        )


def _check_due(event: StandardAgendaItemIssued, cycle: CycleOpened) -> None:
    if not cycle.starts_on <= _london_day(event.due_by) <= cycle.ends_on + GRACE:
        raise Rejected(
            "due_outside_cycle",
            "Let the item be due between the first day of its cycle and 14 days after the last.",
            field="/due_by",
        )


def _london_day(at: Instant) -> Day:
    return at.astimezone(ZoneInfo("Europe/London")).date()


def evolve(_state: AgendaItem, event: StandardAgendaItemIssued) -> AgendaItem:
    return AgendaItem(issued=event)


agenda_item: Decider[IssueAgendaItem, AgendaItem, StandardAgendaItemIssued] = Decider(AgendaItem(), decide, evolve)


def item_stream(item_id: Id) -> str:
    return f"item-{item_id}"
