"""Where somebody works on a day, and whether they have left."""

from datetime import date
from uuid import UUID

import pytest

from services.talent.domain.person import Person, person, places_on
from services.talent.domain.service_record import last_day
from shared.contracts.talent.register import EngagementEnded, EngagementStarted

ADA = UUID(int=1)
TODAY = date(2026, 11, 16)


def works(
    number: int, urn: str | None = "900001", since: date = date(2024, 9, 1), until: date | None = None
) -> list[EngagementStarted | EngagementEnded]:
    started = EngagementStarted(
        person_id=ADA,
        engagement_id=UUID(int=number),
        urn=urn,
        kind="permanent",
        role="teacher",
        fte_hundredths=50,
        started_on=since,
    )
    if until is None:
        return [started]
    return [started, EngagementEnded(person_id=ADA, engagement_id=UUID(int=number), ended_on=until)]


def entry(*engagements: list[EngagementStarted | EngagementEnded]) -> Person:
    return person.fold(event for engagement in engagements for event in engagement)


def test_somebody_may_work_at_several_places() -> None:
    state = entry(works(1), works(2, "900002"), works(3, urn=None))

    assert places_on(TODAY, state) == {"900001", "900002", None}


@pytest.mark.parametrize(
    ("day", "places"),
    [
        (date(2025, 8, 31), {"900001"}),
        (date(2025, 9, 1), {"900001", "900002"}),
        (date(2026, 8, 31), {"900001", "900002"}),
        (date(2026, 9, 1), {"900002"}),
        (date(2024, 8, 31), set()),
    ],
)
def test_the_first_and_the_last_day_count(day: date, places: set[str]) -> None:
    state = entry(works(1, until=date(2026, 8, 31)), works(2, "900002", since=date(2025, 9, 1)))

    assert places_on(day, state) == places


@pytest.mark.parametrize(
    ("state", "last"),
    [
        (entry(), None),
        (entry(works(1)), None),
        (entry(works(1, until=date(2026, 11, 15))), date(2026, 11, 15)),
        (entry(works(1, until=TODAY)), None),
        (entry(works(1, until=date(2026, 12, 31))), None),
        (entry(works(1, until=date(2026, 7, 31)), works(2)), None),
        (entry(works(1, until=date(2026, 7, 31)), works(2, since=date(2027, 1, 1))), None),
        (entry(works(1, until=date(2026, 7, 31)), works(2, until=date(2025, 7, 31))), date(2026, 7, 31)),
    ],
)
def test_somebody_has_left_when_the_last_of_their_engagements_has_ended(state: Person, last: date | None) -> None:
    assert last_day(TODAY, state) == last
