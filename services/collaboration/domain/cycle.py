"""A reporting cycle: the weeks in which a trust asks its schools the same questions."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.collaboration.loop import CycleOpened
from shared.contracts.vocabulary import Cycle, Day, TrustUid
from shared.decider import Decider, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCycle:
    trustuid: TrustUid
    cycle: Cycle
    starts_on: Day
    ends_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingCycle:
    opened: CycleOpened | None = None


def decide(command: OpenCycle, state: ReportingCycle) -> list[CycleOpened]:
    event = CycleOpened(
        trustuid=command.trustuid,
        cycle=command.cycle,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
    )
    if state.opened == event:
        return []
    if state.opened is not None:
        raise Rejected(
            "cycle_already_open",
            "This cycle is open with other dates; open a new one under another name.",
            field="/cycle",
        )
    if event.ends_on < event.starts_on:
        raise Rejected(
            "cycle_ends_before_it_starts",
            "Give the cycle a last day that is not before its first day.",
            field="/ends_on",
        )
    return [event]


def evolve(_state: ReportingCycle, event: CycleOpened) -> ReportingCycle:
    return ReportingCycle(opened=event)


reporting_cycle: Decider[OpenCycle, ReportingCycle, CycleOpened] = Decider(ReportingCycle(), decide, evolve)


def cycle_stream(trustuid: TrustUid, cycle: Cycle) -> str:
    """The stream of one trust's cycle; two trusts may give their cycles the same name."""
    return f"cycle-{trustuid}-{cycle.replace('/', '-')}"
