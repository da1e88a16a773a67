"""What training a trust requires of whom, and for how long it counts.

A requirement is not edited: another one for the same training follows it, from a later day on. So everybody can see
what was required when, and nothing that was right on its day becomes wrong later.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.contracts.cpd.compliance import Months, PeopleNeeded, StatutoryRequirementSet
from shared.contracts.vocabulary import Code, Count, Day, Name, TrustUid
from shared.decider import Decider, Rejected


def requirement_stream(trustuid: TrustUid, training: Code) -> str:
    return f"requirement-{trustuid}-{training}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRequirement:
    trustuid: TrustUid
    training: Code
    title: Name
    basis: Literal["statutory", "guidance", "trust"]
    roles: tuple[Code, ...] = ()
    minimum_per_site: PeopleNeeded | None = None
    recurrence_months: Months | None = None
    grace_days: Count
    effective_from: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    versions: tuple[StatutoryRequirementSet, ...] = ()  # each from a later day on than the one before


def decide(c: SetRequirement, state: Requirement) -> list[StatutoryRequirementSet]:
    wanted = StatutoryRequirementSet(
        trustuid=c.trustuid,
        training=c.training,
        title=c.title,
        basis=c.basis,
        roles=c.roles,
        minimum_per_site=c.minimum_per_site,
        recurrence_months=c.recurrence_months,
        grace_days=c.grace_days,
        effective_from=c.effective_from,
    )
    if wanted in state.versions:
        return []
    if c.roles and c.minimum_per_site is not None:
        raise Rejected(
            "roles_or_minimum",
            "Require it of each person in these roles, or of so many people at each site: not both.",
            field="/minimum_per_site",
        )
    if state.versions and c.effective_from <= state.versions[-1].effective_from:
        raise Rejected(
            "requirement_not_later",
            "A requirement is not edited: let this one take effect after the one that stands.",
            field="/effective_from",
        )
    return [wanted]


def evolve(state: Requirement, event: StatutoryRequirementSet) -> Requirement:
    return Requirement(versions=(*state.versions, event))


requirement: Decider[SetRequirement, Requirement, StatutoryRequirementSet] = Decider(Requirement(), decide, evolve)


def counts_until(completed_on: Day, required: StatutoryRequirementSet) -> Day | None:
    """The last day on which a completion counts for a requirement; None: once is enough.

    What was completed before the requirement took effect counts at least until the day before: until then nothing was
    required, so nothing can have lapsed.
    """
    if required.recurrence_months is None:
        return None
    until = months_after(completed_on, required.recurrence_months)
    return until if required.effective_from <= completed_on else max(until, required.effective_from - timedelta(days=1))


def in_force_on(day: Day, state: Requirement) -> StatutoryRequirementSet | None:
    """The requirement that a completion of this day is judged by: a later one changes nothing about it.

    Before there was any, it is the first.
    """
    begun = [version for version in state.versions if version.effective_from <= day]
    return begun[-1] if begun else next(iter(state.versions), None)


def months_after(day: Day, months: int) -> Day:
    """The same day of a later month, or that month's last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
