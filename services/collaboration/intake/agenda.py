"""Claims about what schools are asked: the trust's cycles, its focus areas, and the items on its agendas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.collaboration.domain.cycle import OpenCycle, cycle_stream, reporting_cycle
from services.collaboration.domain.focus import CloseFocusArea, SetFocusArea, focus_area, focus_stream
from services.collaboration.domain.item import IssueAgendaItem, agenda_item, item_stream
from shared.contracts.collaboration import loop as events
from shared.contracts.vocabulary import (
    Cycle,
    Day,
    Id,
    Instant,
    Text,
    TrustUid,
    Urn,
)
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, States, act
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusAreaClosing:
    """`FocusAreaClosed`: the trust stops asking."""

    focus_id: Id
    closed_on: Day
    reason: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemIssue:
    """`StandardAgendaItemIssued`: a focus area's question for these schools' meetings in a cycle."""

    item_id: Id
    trustuid: TrustUid
    focus_id: Id
    cycle: Cycle
    applies_to: tuple[Urn, ...]
    due_by: Instant


def open_cycle(c: OpenCycle, context: Context) -> Act:
    """Open a cycle of the trust's own."""
    return act(reporting_cycle, cycle_stream(c.trustuid, c.cycle), c, context)


def set_focus_area(c: SetFocusArea, context: Context) -> Act:
    """Agree on a focus area."""
    return act(focus_area, focus_stream(c.focus_id), c, context)


def close_focus_area(c: FocusAreaClosing, context: Context) -> Act:
    """Stop asking about a focus area."""
    command = CloseFocusArea(closed_on=c.closed_on, reason=c.reason)
    return act(focus_area, focus_stream(c.focus_id), command, context)


def issue_item(c: ItemIssue, context: Context) -> Act:
    """Put a focus area's question on the agenda."""
    item, focus, cycle = item_stream(c.item_id), focus_stream(c.focus_id), cycle_stream(c.trustuid, c.cycle)

    def decide(states: States) -> Decision:
        command = IssueAgendaItem(
            item_id=c.item_id,
            trustuid=c.trustuid,
            applies_to=c.applies_to,
            due_by=c.due_by,
            focus=states[focus],
            cycle=states[cycle],
            at=states.at,
        )
        return {item: agenda_item.decide(command, states[item])}

    reads: dict[str, AnyDecider] = {item: agenda_item, focus: focus_area, cycle: reporting_cycle}
    return Act(context, reads, decide, writes=frozenset({item}))


taken: Sequence[Taken] = (
    (events.CycleOpened, "/cycles", Admission(OpenCycle, open_cycle, trust_only=True)),
    (events.FocusAreaSet, "/focus-areas", Admission(SetFocusArea, set_focus_area, trust_only=True)),
    (
        events.FocusAreaClosed,
        "/focus-areas/{focus_id}/close",
        Admission(FocusAreaClosing, close_focus_area, trust_only=True),
    ),
    (events.StandardAgendaItemIssued, "/agenda-items", Admission(ItemIssue, issue_item, trust_only=True)),
)
