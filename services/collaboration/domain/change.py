"""A change at the trust's schools: proposed with its cost, consulted on, and adopted or dropped once.

A change may be adopted although it was not consulted on as the standard asks: that is the trust's to decide, and to
be seen by. Consulting again is possible until then; each consultation is judged by itself. What a change says of
disadvantaged pupils is personal and not in the state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from services.collaboration.domain.consultation_standard import ConsultationStandard
from services.collaboration.domain.days import Dated, check_happened
from shared.contracts.collaboration.change import (
    ChangeAdopted,
    ChangeDropped,
    ChangeProposed,
    ConsultationClosed,
    Groups,
    Schools,
)
from shared.contracts.vocabulary import Count, Day, Id, Name, Text, TrustUid
from shared.decider import Decider, Rejected


def change_stream(change_id: Id) -> str:
    return f"change-{change_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeChange:
    """The cost is said, in pence and in days of work; none is said as zero. `align`: all do alike, or each its own."""

    change_id: Id
    trustuid: TrustUid
    title: Name
    urns: Schools
    align: Literal["align", "leave"]
    cost_pence: Count
    days: Count
    disadvantaged_note: Text | None = None
    proposed_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseConsultation:
    """`standard`: what its stream says."""

    change_id: Id
    groups: Groups
    from_on: Day
    to_on: Day
    standard: ConsultationStandard


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptChange:
    """From its first day until it is business as usual."""

    change_id: Id
    from_on: Day
    to_on: Day
    adopted_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class DropChange:
    change_id: Id
    reason: Text
    dropped_on: Day


ChangeCommand = ProposeChange | CloseConsultation | AdoptChange | DropChange
ChangeEvent = ChangeProposed | ConsultationClosed | ChangeAdopted | ChangeDropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`proposed` is without what it says of disadvantaged pupils."""

    proposed: ChangeProposed | None = None
    consulted: frozenset[tuple[Groups, Day, Day]] = frozenset()
    decided: ChangeAdopted | ChangeDropped | None = None

    @property
    def adopted(self) -> ChangeAdopted | None:
        """How it was adopted, if it was."""
        return self.decided if isinstance(self.decided, ChangeAdopted) else None


def decide(asked: Dated[ChangeCommand], state: Change) -> list[ChangeEvent]:
    match asked.command:
        case ProposeChange():
            return _propose(asked.command, state, asked.today)
        case CloseConsultation():
            return _close_consultation(asked.command, state, asked.today)
        case AdoptChange():
            return _adopt(asked.command, state, asked.today)
        case DropChange():
            return _drop(asked.command, state, asked.today)
        case _:
            assert_never(asked.command)


def _propose(c: ProposeChange, state: Change, today: Day) -> list[ChangeEvent]:
    proposed = ChangeProposed(
        change_id=c.change_id,
        trustuid=c.trustuid,
        title=c.title,
        urns=tuple(dict.fromkeys(c.urns)),
        align=c.align,
        cost_pence=c.cost_pence,
        days=c.days,
        disadvantaged_note=c.disadvantaged_note,
        proposed_on=c.proposed_on,
    )
    if state.proposed == replace(proposed, disadvantaged_note=None):
        return []
    if state.proposed is not None:
        raise Rejected(
            "change_exists",
            "This change is proposed with other content: propose another one under a new id.",
            field="/change_id",
        )
    check_happened(c.proposed_on, today, "/proposed_on")
    return [proposed]


def _close_consultation(c: CloseConsultation, state: Change, today: Day) -> list[ChangeEvent]:
    _require_proposed(state)
    groups = tuple(dict.fromkeys(c.groups))
    if (groups, c.from_on, c.to_on) in state.consulted:
        return []
    _check_undecided(state)
    check_happened(c.to_on, today, "/to_on")
    if c.to_on < c.from_on:
        raise Rejected(
            "consultation_ends_before_it_starts",
            "Let the consultation end on its first day or later.",
            field="/to_on",
        )
    closed = ConsultationClosed(change_id=c.change_id, groups=groups, from_on=c.from_on, to_on=c.to_on)
    return [_judged(closed, c.standard)]


def _judged(closed: ConsultationClosed, standard: ConsultationStandard) -> ConsultationClosed:
    """A consultation, beside the standard of its first day. Both its first and its last day count."""
    asked = standard.in_force_on(closed.from_on)
    if asked is None:
        return closed
    missing = tuple(group for group in asked.groups if group not in closed.groups)
    days_short = max(0, asked.min_days - (closed.to_on - closed.from_on).days - 1)
    return replace(closed, meets_standard=not missing and not days_short, missing_groups=missing, days_short=days_short)


def _adopt(c: AdoptChange, state: Change, today: Day) -> list[ChangeEvent]:
    proposed = _require_proposed(state)
    adopted = ChangeAdopted(
        change_id=c.change_id,
        trustuid=proposed.trustuid,
        urns=proposed.urns,
        consulted=bool(state.consulted),
        from_on=c.from_on,
        to_on=c.to_on,
        adopted_on=c.adopted_on,
    )
    if state.decided == adopted:
        return []
    _check_undecided(state)
    _check_decided_on(c.adopted_on, proposed, today, "/adopted_on")
    if c.to_on < c.from_on:
        raise Rejected(
            "change_ends_before_it_starts",
            "Let the change be business as usual on its first day or later.",
            field="/to_on",
        )
    return [adopted]


def _drop(c: DropChange, state: Change, today: Day) -> list[ChangeEvent]:
    proposed = _require_proposed(state)
    dropped = ChangeDropped(change_id=c.change_id, reason=c.reason, dropped_on=c.dropped_on)
    if state.decided == dropped:
        return []
    _check_undecided(state)
    _check_decided_on(c.dropped_on, proposed, today, "/dropped_on")
    return [dropped]


def _require_proposed(state: Change) -> ChangeProposed:
    if state.proposed is None:
        raise Rejected(
            "change_unknown", "There is no such change: check its id, or propose it first.", field="/change_id"
        )
    return state.proposed


def _check_undecided(state: Change) -> None:
    if state.decided is not None:
        raise Rejected(
            "change_already_decided",
            "This change is adopted or dropped already: propose a new one to change that.",
            field="/change_id",
        )


def _check_decided_on(day: Day, proposed: ChangeProposed, today: Day, field: str) -> None:
    check_happened(day, today, field)
    if day < proposed.proposed_on:
        raise Rejected("decided_before_proposed", "Decide on a change when it has been proposed.", field=field)


def evolve(state: Change, event: ChangeEvent) -> Change:
    match event:
        case ChangeProposed():
            return replace(state, proposed=replace(event, disadvantaged_note=None))
        case ConsultationClosed():
            return replace(state, consulted=state.consulted | {(event.groups, event.from_on, event.to_on)})
        case ChangeAdopted() | ChangeDropped():
            return replace(state, decided=event)
        case _:
            assert_never(event)


change: Decider[Dated[ChangeCommand], Change, ChangeEvent] = Decider(Change(), decide, evolve)
