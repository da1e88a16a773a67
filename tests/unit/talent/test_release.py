"""How much of somebody's time engagements and deployments take together."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.talent.domain.person import Person, person
from services.talent.domain.release import above_full_time
from shared.contracts.talent.deployments import DeploymentProposed
from shared.contracts.talent.register import EngagementPaused, EngagementStarted

ADA = UUID(int=1)
HOME, AWAY, FAR = "900001", "900002", "900003"
TWO_WEEKS = DeploymentProposed(
    deployment_id=UUID(int=11),
    person_id=ADA,
    from_urn=HOME,
    to_urn=AWAY,
    days=10,
    starts_on=date(2026, 11, 2),
    ends_on=date(2026, 11, 13),  # ten working days
    purpose="Helps.",
)
HALF = replace(TWO_WEEKS, deployment_id=UUID(int=12), to_urn=FAR, days=5)


def works(**hundredths: int) -> Person:
    """Somebody with these shares of full time, by the places home, far and trust."""
    urns = {"home": HOME, "far": FAR, "trust": None}
    engagements = [
        EngagementStarted(
            person_id=ADA,
            engagement_id=UUID(int=100 + number),
            urn=urns[where],
            kind="permanent",
            role="teacher",
            fte_hundredths=fte,
            started_on=date(2020, 9, 1),
        )
        for number, (where, fte) in enumerate(hundredths.items())
    ]
    return person.fold(engagements)


@pytest.mark.parametrize(
    ("person", "new", "above"),
    [
        (works(home=100), TWO_WEEKS, False),  # the days come out of the time at home
        (works(home=100), HALF, False),
        (works(home=50), TWO_WEEKS, False),  # more than they work at home, and no more than full time
        (works(home=60, far=40), TWO_WEEKS, True),
        (works(home=60, far=40), HALF, False),
        (works(home=60, trust=50), HALF, True),
        (works(home=61, far=40), replace(HALF, days=1), True),
        (works(home=50, far=50), replace(HALF, days=6), True),
    ],
)
def test_days_elsewhere_come_out_of_the_time_at_the_releasing_school(
    person: Person, new: DeploymentProposed, *, above: bool
) -> None:
    assert above_full_time(new, [], person) is above


@pytest.mark.parametrize(
    ("other", "above"),
    [
        (HALF, True),
        (replace(HALF, starts_on=date(2026, 11, 13), ends_on=date(2026, 11, 13), days=1), True),
        (replace(HALF, starts_on=date(2026, 10, 26), ends_on=date(2026, 11, 2)), True),
        (replace(HALF, starts_on=date(2026, 11, 14), ends_on=date(2026, 11, 20)), False),
        (replace(HALF, starts_on=date(2026, 10, 26), ends_on=date(2026, 11, 1)), False),
    ],
)
def test_deployments_of_the_same_days_add_up(other: DeploymentProposed, *, above: bool) -> None:
    assert above_full_time(TWO_WEEKS, [other], works(home=100)) is above


def test_an_engagement_that_pauses_takes_no_time() -> None:
    both = works(home=60, far=40)
    pauses = EngagementPaused(person_id=ADA, engagement_id=UUID(int=101), urn=FAR, from_on=date(2026, 11, 1))

    assert above_full_time(TWO_WEEKS, [], both)
    assert not above_full_time(TWO_WEEKS, [], person.evolve(both, pauses))


def test_a_weekend_counts_as_a_day() -> None:
    saturday = replace(TWO_WEEKS, starts_on=date(2026, 11, 7), ends_on=date(2026, 11, 7), days=1)

    assert not above_full_time(saturday, [], works(home=100))
    assert above_full_time(saturday, [], works(home=60, far=40))
