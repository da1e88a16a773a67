"""A person's entry in the register, their engagements and their line managers."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.person import (
    AssignLineManager,
    EndEngagement,
    PersonCommand,
    RegisterPerson,
    StartEngagement,
    fte_hundredths_on,
    line_manager_on,
    person,
    person_stream,
)
from shared.contracts.talent.register import (
    EngagementEnded,
    EngagementKind,
    EngagementStarted,
    LineManagerAssigned,
    PersonRegistered,
)
from shared.decider import Rejected
from tests.unit.given import given
from tests.unit.repeats import after, events_of, twice_each

ADA, BEN, CLEO = (UUID(int=n) for n in (1, 2, 3))
TEACHING, LEADING = UUID(int=11), UUID(int=12)
FROM, UNTIL = date(2024, 9, 1), date(2026, 8, 31)

REGISTER = RegisterPerson(
    person_id=ADA, trustuid="99001", source="harbour-mis", staff_ref="S1", name="Ada", trn="0123456"
)
REGISTERED = PersonRegistered(
    person_id=ADA, trustuid="99001", source="harbour-mis", staff_ref="S1", name="Ada", trn="0123456"
)
START = StartEngagement(
    person_id=ADA,
    engagement_id=TEACHING,
    urn="900001",
    kind="permanent",
    role="teacher",
    fte_hundredths=60,
    started_on=FROM,
)
STARTED = EngagementStarted(
    person_id=ADA,
    engagement_id=TEACHING,
    urn="900001",
    kind="permanent",
    role="teacher",
    fte_hundredths=60,
    started_on=FROM,
)
END = EndEngagement(person_id=ADA, engagement_id=TEACHING, ended_on=UNTIL, reason="retired")
ENDED = EngagementEnded(person_id=ADA, engagement_id=TEACHING, ended_on=UNTIL, reason="retired")
ASSIGN = AssignLineManager(person_id=ADA, manager_id=BEN, from_on=FROM, manager_known=True)
ASSIGNED = LineManagerAssigned(person_id=ADA, manager_id=BEN, from_on=FROM)


def test_a_person_is_registered() -> None:
    when = given(person)

    assert when(REGISTER) == [REGISTERED]


@pytest.mark.parametrize("again", [REGISTER, replace(REGISTER, name="Ada B", email="ada@example.org", trn=None)])
def test_registering_them_again_changes_nothing(again: RegisterPerson) -> None:
    when = given(person, replace(REGISTERED, name="sealed"))

    assert when(again) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(REGISTER, staff_ref="S2"),
        replace(REGISTER, source="haven-mis"),
        replace(REGISTER, trustuid="99002"),
    ],
)
def test_one_id_is_one_person(other: RegisterPerson) -> None:
    when = given(person, REGISTERED)

    with pytest.raises(Rejected) as refusal:
        when(other)

    assert (refusal.value.code, refusal.value.field) == ("person_exists", "/person_id")


@pytest.mark.parametrize("command", [START, END, ASSIGN])
def test_nothing_happens_to_a_person_that_is_not_registered(command: PersonCommand) -> None:
    when = given(person)

    with pytest.raises(Rejected) as refusal:
        when(command)

    assert (refusal.value.code, refusal.value.field) == ("person_unknown", "/person_id")


def test_an_engagement_starts() -> None:
    when = given(person, REGISTERED)

    assert when(START) == [STARTED]


def test_several_engagements_at_once_are_normal_even_beyond_full_time() -> None:
    when = given(person, REGISTERED, STARTED)

    assert when(replace(START, engagement_id=LEADING, urn=None, fte_hundredths=100)) == [
        replace(STARTED, engagement_id=LEADING, urn=None, fte_hundredths=100)
    ]


def test_starting_it_again_changes_nothing() -> None:
    assert given(person, REGISTERED, STARTED)(START) == []
    assert given(person, REGISTERED, STARTED, ENDED)(START) == []


def test_an_engagement_id_names_one_engagement() -> None:
    when = given(person, REGISTERED, STARTED)

    with pytest.raises(Rejected) as refusal:
        when(replace(START, role="head_of_year"))

    assert (refusal.value.code, refusal.value.field) == ("engagement_exists", "/engagement_id")


def test_one_engagement_is_at_most_full_time() -> None:
    when = given(person, REGISTERED)

    assert when(replace(START, fte_hundredths=100))
    with pytest.raises(Rejected) as refusal:
        when(replace(START, fte_hundredths=101))
    assert (refusal.value.code, refusal.value.field) == ("fte_above_full_time", "/fte_hundredths")


@pytest.mark.parametrize("kind", ["governor", "trustee", "volunteer"])
def test_who_serves_unpaid_has_no_share_of_full_time(kind: EngagementKind) -> None:
    when = given(person, REGISTERED)

    assert when(replace(START, kind=kind, fte_hundredths=0))


@pytest.mark.parametrize("kind", ["permanent", "fixed_term", "supply", "trainee", "contractor"])
def test_who_is_employed_has_one(kind: EngagementKind) -> None:
    when = given(person, REGISTERED)

    with pytest.raises(Rejected) as refusal:
        when(replace(START, kind=kind, fte_hundredths=0))

    assert (refusal.value.code, refusal.value.field) == ("fte_missing", "/fte_hundredths")


def test_an_engagement_ends() -> None:
    when = given(person, REGISTERED, STARTED)

    assert when(END) == [ENDED]


def test_it_may_end_on_the_day_it_starts_and_not_before() -> None:
    when = given(person, REGISTERED, STARTED)

    assert when(replace(END, ended_on=FROM))
    with pytest.raises(Rejected) as refusal:
        when(replace(END, ended_on=date(2024, 8, 31)))
    assert (refusal.value.code, refusal.value.field) == ("engagement_ends_before_it_starts", "/ended_on")


def test_ending_it_again_changes_nothing() -> None:
    when = given(person, REGISTERED, STARTED, ENDED)

    assert when(END) == []


def test_it_ends_once() -> None:
    when = given(person, REGISTERED, STARTED, ENDED)

    for other in (replace(END, ended_on=FROM), replace(END, reason=None)):
        with pytest.raises(Rejected) as refusal:
            when(other)
        assert (refusal.value.code, refusal.value.field) == ("engagement_already_ended", "/engagement_id")


def test_an_engagement_that_nobody_started_cannot_end() -> None:
    when = given(person, REGISTERED, STARTED)

    with pytest.raises(Rejected) as refusal:
        when(replace(END, engagement_id=LEADING))

    assert (refusal.value.code, refusal.value.field) == ("engagement_unknown", "/engagement_id")


def test_the_share_of_full_time_counts_the_engagements_of_a_day() -> None:
    leading = replace(STARTED, engagement_id=LEADING, fte_hundredths=50, started_on=UNTIL)
    state = person.fold([REGISTERED, STARTED, leading, ENDED])

    shares = [fte_hundredths_on(day, state) for day in (date(2024, 8, 31), FROM, UNTIL, date(2026, 9, 1))]
    assert shares == [0, 60, 110, 50]


def test_a_line_manager_is_assigned() -> None:
    when = given(person, REGISTERED)

    assert when(ASSIGN) == [ASSIGNED]


def test_assigning_them_again_changes_nothing() -> None:
    when = given(person, REGISTERED, ASSIGNED, replace(ASSIGNED, manager_id=CLEO, from_on=UNTIL))

    assert when(ASSIGN) == []
    assert when(replace(ASSIGN, manager_known=False)) == []


def test_another_manager_from_the_same_day_takes_the_place() -> None:
    when = given(person, REGISTERED, ASSIGNED)

    assert when(replace(ASSIGN, manager_id=CLEO)) == [replace(ASSIGNED, manager_id=CLEO)]


def test_who_manages_on_a_day_is_who_was_assigned_last_by_then() -> None:
    state = person.fold([REGISTERED, replace(ASSIGNED, manager_id=CLEO, from_on=UNTIL), ASSIGNED])

    managers = [line_manager_on(day, state) for day in (date(2024, 8, 31), FROM, date(2026, 8, 30), UNTIL)]
    assert managers == [None, BEN, BEN, CLEO]


def test_nobody_manages_themselves() -> None:
    when = given(person, REGISTERED)

    with pytest.raises(Rejected) as refusal:
        when(replace(ASSIGN, manager_id=ADA))

    assert (refusal.value.code, refusal.value.field) == ("manages_self", "/manager_id")


def test_a_manager_is_in_the_register() -> None:
    when = given(person, REGISTERED)

    with pytest.raises(Rejected) as refusal:
        when(replace(ASSIGN, manager_known=False))

    assert (refusal.value.code, refusal.value.field) == ("person_unknown", "/manager_id")


def test_their_stream_is_named_by_their_id() -> None:
    assert person_stream(ADA) == "person-00000000-0000-0000-0000-000000000001"


days = st.sampled_from([FROM, date(2025, 9, 1), UNTIL])
engagements = st.sampled_from([TEACHING, LEADING])
commands = st.one_of(
    st.builds(replace, st.just(REGISTER), staff_ref=st.sampled_from(["S1", "S2"])),
    st.builds(
        replace,
        st.just(START),
        engagement_id=engagements,
        started_on=days,
        fte_hundredths=st.integers(0, 101),
    ),
    st.builds(replace, st.just(END), engagement_id=engagements, ended_on=days),
    st.builds(
        replace,
        st.just(ASSIGN),
        manager_id=st.sampled_from([ADA, BEN, CLEO]),
        from_on=days,
        manager_known=st.booleans(),
    ),
)


@over(st.lists(commands, max_size=12))
def test_repeats_never_change_where_it_ends(sequence: list[PersonCommand]) -> None:
    sequence = [REGISTER, *sequence]
    once, taken = after(person, sequence)

    assert after(person, twice_each(sequence)) == (once, twice_each(taken))
    # Managers are left out: the latest word on a day counts, so an older one said again is a new word.
    late = [command for command in taken if not isinstance(command, AssignLineManager)]
    assert events_of(person, late, once) == []
