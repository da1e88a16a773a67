"""What schools are told, and which school what: the events that the trust, or the clock, has for them. Said here, once.

Where an event does not name its schools, what was said before in its stream does. An item does not say what it asks:
its focus area and its cycle are told with it, before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from services.collaboration.domain.cycle import cycle_stream
from services.collaboration.domain.focus import focus_stream
from shared.contracts.codec import type_names_of
from shared.contracts.collaboration import bookkeeping, capacity, change, loop, support
from shared.contracts.vocabulary import Urn

Stream = Sequence[Any]
"""All events of a stream, oldest first: the first has the version 1."""


def _its_school(event: Any, _: Stream) -> Iterable[Urn]:
    return (event.urn,)


def _its_schools(event: Any, _: Stream) -> Iterable[Urn]:
    urns: Sequence[Urn] = event.urns
    return urns


def _asked(event: loop.StandardAgendaItemIssued, _: Stream) -> Iterable[Urn]:
    return event.applies_to


def _taker(event: Any, _: Stream) -> Iterable[Urn]:
    return (event.taker_urn,)


def _giver_and_taker(event: Any, _: Stream) -> Iterable[Urn]:
    return (event.taker_urn,) if event.giver_urn is None else (event.giver_urn, event.taker_urn)


def _who_heard_of_it(_: Any, stream: Stream) -> Iterable[Urn]:
    return schools(stream[0], stream)


def _who_was_told(voided: bookkeeping.RecordVoided, stream: Stream) -> Iterable[Urn]:
    return schools(stream[voided.version - 1], stream) if looks_back(voided) else ()


audiences: Mapping[type[Any], Callable[[Any, Stream], Iterable[Urn]]] = {
    # The loop: what is asked, what the trust says to an answer, what is agreed and what became of it.
    loop.StandardAgendaItemIssued: _asked,
    loop.FeedbackOverdue: _its_school,
    loop.TrustAcknowledged: _its_school,
    loop.TrustResponseGiven: _its_school,
    loop.ActionAgreed: _its_school,
    loop.ActionOverdue: _its_school,
    loop.ActionClosed: _its_school,
    loop.EffectReviewed: _its_school,
    loop.ReminderSent: _its_school,
    # Help: what was asked for, and who gives what to whom.
    support.SupportRequestAnswered: _its_school,
    support.SupportRequestClosed: _its_school,
    capacity.CapacityRequestConfirmed: _taker,
    capacity.CapacityRequestWithdrawn: _taker,
    capacity.CapacityAllocated: _giver_and_taker,
    capacity.CapacityReleased: _giver_and_taker,
    # Change, and decisions that everybody understands.
    change.ChangeProposed: _its_schools,
    change.ConsultationClosed: _who_heard_of_it,
    change.ChangeAdopted: _its_schools,
    change.ChangeDropped: _who_heard_of_it,
    change.DecisionCascaded: _its_schools,
    # What turned out to be wrong of all that.
    bookkeeping.RecordVoided: _who_was_told,
}
events: Sequence[type[Any]] = (loop.CycleOpened, loop.FocusAreaSet, *audiences)


def schools(event: Any, stream: Stream) -> list[Urn]:
    """The schools that are told an event of this stream; none for most events."""
    audience = audiences.get(type(event))
    return [] if audience is None else list(audience(event, stream))


def looks_back(event: Any) -> bool:
    """Whether it takes the event's own stream to say whom it is for."""
    match event:
        case bookkeeping.RecordVoided():
            return event.event_type in _type_names
        case _:
            return isinstance(event, change.ConsultationClosed | change.ChangeDropped)


def comes_with(event: Any) -> Mapping[str, type[Any]]:
    """What is told before it, as it was said last: the type of event, by the stream where it stands."""
    if not isinstance(event, loop.StandardAgendaItemIssued):
        return {}
    return {
        cycle_stream(event.trustuid, event.cycle): loop.CycleOpened,
        focus_stream(event.focus_id): loop.FocusAreaSet,
    }


_type_names = {*type_names_of(*audiences)}
