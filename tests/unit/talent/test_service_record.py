"""Where somebody worked on a day and as what, to the day."""

from datetime import date, timedelta
from uuid import UUID

from services.talent.domain.person import Person, person
from services.talent.domain.service_record import (
    Headship,
    day_after,
    headships,
    workplaces_before,
)
from shared.contracts.talent.register import EngagementChanged, EngagementEnded, EngagementKind, EngagementStarted

ADA = UUID(int=1)
OAK, ELM = "900001", "900002"
SINCE, LAST = date(2020, 9, 1), date(2026, 8, 31)
A_DAY = timedelta(days=1)


def started(
    number: int, role: str, urn: str | None, on: date = SINCE, kind: EngagementKind = "permanent"
) -> EngagementStarted:
    share = 0 if kind == "governor" else 50
    return EngagementStarted(
        person_id=ADA,
        engagement_id=UUID(int=number),
        urn=urn,
        kind=kind,
        role=role,
        fte_hundredths=share,
        started_on=on,
    )


def ended(number: int, on: date = LAST) -> EngagementEnded:
    return EngagementEnded(person_id=ADA, engagement_id=UUID(int=number), ended_on=on)


def somebody(*events: EngagementStarted | EngagementChanged | EngagementEnded) -> Person:
    return person.fold(events)


def test_who_worked_here_the_day_before_comes_from_within() -> None:
    deputy = somebody(started(1, "deputy_headteacher", OAK), ended(1))
    central = somebody(started(1, "improvement_lead", None))

    assert workplaces_before(LAST + A_DAY, deputy) == {OAK}
    assert workplaces_before(LAST + 2 * A_DAY, deputy) == frozenset()
    assert workplaces_before(SINCE, deputy) == frozenset()
    assert workplaces_before(SINCE + A_DAY, deputy) == {OAK}
    assert workplaces_before(SINCE + A_DAY, central) == {None}


def test_a_governor_does_not_come_from_within() -> None:
    governor = somebody(started(1, "governor", OAK, kind="governor"))

    assert workplaces_before(LAST, governor) == frozenset()


def test_headships_are_of_schools_whatever_they_are_called() -> None:
    of_two = somebody(
        started(1, "executive_headteacher", OAK),
        started(2, "head_of_school", ELM),
        started(3, "executive_headteacher", None),
        started(4, "teacher", ELM),
        ended(1),
    )

    assert headships(of_two) == (
        Headship(urn=OAK, from_on=SINCE, until_on=LAST + A_DAY),
        Headship(urn=ELM, from_on=SINCE),
    )


def test_a_headship_begins_and_ends_with_a_change_of_role() -> None:
    def changed(role: str, on: date) -> EngagementChanged:
        return EngagementChanged(
            person_id=ADA, engagement_id=UUID(int=1), urn=OAK, role=role, fte_hundredths=50, from_on=on
        )

    deputy, acting, head, again = date(2022, 9, 1), date(2023, 9, 1), date(2024, 9, 1), date(2025, 9, 1)
    one = somebody(
        started(1, "deputy_headteacher", OAK),
        changed("head_of_school", deputy),
        changed("headteacher", acting),
        changed("teacher", head),
        changed("headteacher", again),
        ended(1),
    )

    assert headships(one) == (
        Headship(urn=OAK, from_on=deputy, until_on=head),
        Headship(urn=OAK, from_on=again, until_on=LAST + A_DAY),
    )


def test_the_first_and_the_last_day_that_there_are_do_no_harm() -> None:
    for_ever = somebody(started(1, "headteacher", OAK), ended(1, date.max))

    assert workplaces_before(date.min, for_ever) == frozenset()
    assert workplaces_before(date.max, for_ever) == {OAK}
    assert headships(for_ever) == (Headship(urn=OAK, from_on=SINCE),)
    assert day_after(date.max) is None
