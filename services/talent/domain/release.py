"""Releasing somebody for a deployment: where they work, who may let them go, and how much time it all takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from services.talent.domain.engagement import FULL_TIME
from services.talent.domain.person import Person, engagements_on, places_on, terms_on
from shared.contracts.talent.deployments import DeploymentProposed
from shared.contracts.talent.register import HEADS
from shared.contracts.vocabulary import Code, Day, Urn
from shared.decider import Rejected

TRUST_LEADERS: frozenset[Code] = frozenset({"chief_executive", "chair_of_trustees"})

_SATURDAY = 5


def check_works_there(proposed: DeploymentProposed, person: Person, *, field: str) -> None:
    """Works or serves: a leader of governance serves at a school, and may be deployed too."""
    for day in (proposed.starts_on, proposed.ends_on):
        if proposed.from_urn not in places_on(day, person):
            raise Rejected(
                "not_at_releasing_school",
                "Choose days on which this person works at the releasing school: who has left is not deployed.",
                field=field,
            )


def may_release(releasing: Person, released: Person, urn: Urn, day: Day) -> bool:
    """Whether somebody may let another go from a school.

    Its head may, also an acting one, or one who heads several. A head is let go by another head of that school or by
    who leads the trust.
    """
    if _heads(urn, day, releasing):
        return True
    return _heads(urn, day, released) and any(
        terms.urn is None and terms.role in TRUST_LEADERS for terms in terms_on(day, releasing)
    )


def above_full_time(new: DeploymentProposed, others: Iterable[DeploymentProposed], person: Person) -> bool:
    """Whether somebody's engagements and deployments take more than full time on any day of a new deployment."""
    beside = [other for other in others if other.starts_on <= new.ends_on and new.starts_on <= other.ends_on]
    rises = {new.starts_on, *(other.starts_on for other in beside if other.starts_on > new.starts_on)}
    return any(_share_on(day, [new, *beside], person) > FULL_TIME for day in rises)


def _heads(urn: Urn, day: Day, person: Person) -> bool:
    return any(terms.urn == urn and terms.role in HEADS for terms in terms_on(day, person))


def _share_on(day: Day, deployments: Iterable[DeploymentProposed], person: Person) -> int:
    """Days elsewhere come out of the releasing school's share; only what goes beyond that comes on top."""
    engaged: Counter[Urn | None] = Counter()
    for one in engagements_on(day, person):
        if (terms := one.terms_on(day)) is not None and not one.paused_on(day):
            engaged[terms.urn] += terms.fte_hundredths
    released: Counter[Urn | None] = Counter()
    for deployment in deployments:
        if deployment.starts_on <= day <= deployment.ends_on:
            released[deployment.from_urn] += _share_of(deployment)
    return (engaged | released).total()  # of each school the greater of the two


def _share_of(deployment: DeploymentProposed) -> int:
    """A deployment's days in hundredths of its working days."""
    working_days = sum(1 for day in _days(deployment) if day.weekday() < _SATURDAY)
    return FULL_TIME * deployment.days // max(working_days, 1)


def _days(deployment: DeploymentProposed) -> Iterator[Day]:
    for number in range((deployment.ends_on - deployment.starts_on).days + 1):
        yield deployment.starts_on + timedelta(days=number)
