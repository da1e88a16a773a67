"""A person's entry in the register, their engagements and their line managers."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.engagement import EndEngagement, StartEngagement
from services.talent.domain.person import (
    AssignLineManager,
    CorrectDetails,
    Person,
    PersonCommand,
    RegisterPerson,
    engagements_on,
    line_manager_on,
    person,
    person_stream,
    places_on,
    roles_on,
)
from shared.contracts.talent.register import (
    EngagementChanged,
    EngagementEnded,
    EngagementPaused,
    EngagementStarted,
    LineManagerAssigned,
    PersonDetailsCorrected,
    PersonRegistered,
    PersonsMerged,
)
from shared.decider import Rejected
from tests.unit.given import given, refused
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
MANAGER = Person(known_as=("99001", "harbour-mis", "S7"))
MERGED_AWAY = replace(MANAGER, merged=PersonsMerged(person_id=BEN, into_person_id=CLEO, reason="duplicate"))
CORRECT = CorrectDetails(person_id=ADA, correction_id=LEADING, name="Ada Byron", removed=("email",))
CORRECTED = PersonDetailsCorrected(person_id=ADA, correction_id=LEADING, name="Ada Byron", removed=("email",))
ASSIGN = AssignLineManager(person_id=ADA, manager_id=BEN, from_on=FROM, manager=MANAGER)
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


def test_what_was_recorded_wrongly_of_them_is_put_right_once_each_time() -> None:
    assert given(person, REGISTERED)(CORRECT) == [CORRECTED]
    assert given(person, REGISTERED, CORRECTED)(CORRECT) == []
    again = replace(CORRECT, correction_id=TEACHING)
    assert given(person, REGISTERED, CORRECTED)(again) == [replace(CORRECTED, correction_id=TEACHING)]


def test_a_correction_says_what_is_right() -> None:
    when = given(person, REGISTERED)

    with refused("nothing_to_correct"):
        when(replace(CORRECT, name=None, removed=()))
    with refused("given_and_removed", "/removed"):
        when(replace(CORRECT, email="ada@example.org"))
    assert len(when(replace(CORRECT, name=None))) == 1


@pytest.mark.parametrize("command", [START, END, ASSIGN, CORRECT])
def test_nothing_happens_to_a_person_that_is_not_registered(command: PersonCommand) -> None:
    when = given(person)

    with pytest.raises(Rejected) as refusal:
        when(command)

    assert (refusal.value.code, refusal.value.field) == ("person_unknown", "/person_id")


OPEN = replace(STARTED, engagement_id=LEADING, urn="900002", role="deputy_headteacher", started_on=UNTIL)
DAYS = (date(2024, 8, 31), FROM, date(2025, 6, 1), UNTIL, date(2026, 9, 1))


def test_several_engagements_at_once_are_normal_even_beyond_full_time() -> None:
    when = given(person, REGISTERED, STARTED)

    assert when(replace(START, engagement_id=LEADING, urn=None, fte_hundredths=100)) == [
        replace(STARTED, engagement_id=LEADING, urn=None, fte_hundredths=100)
    ]


def test_a_returner_keeps_the_id_and_starts_anew() -> None:
    when = given(person, REGISTERED, STARTED, ENDED)

    assert when(replace(START, engagement_id=LEADING, started_on=date(2028, 9, 1))) == [
        replace(STARTED, engagement_id=LEADING, started_on=date(2028, 9, 1))
    ]


def test_what_is_known_of_an_engagement_is_what_was_recorded_of_it() -> None:
    state = person.fold([REGISTERED, STARTED, OPEN, ENDED])

    assert state.started == {TEACHING: STARTED, LEADING: OPEN}
    assert state.ended == {TEACHING: ENDED}


def test_where_somebody_works_and_as_what_is_asked_for_a_day() -> None:
    promoted = EngagementChanged(
        person_id=ADA,
        engagement_id=TEACHING,
        urn="900001",
        role="head_of_year",
        fte_hundredths=80,
        from_on=date(2025, 6, 1),
    )
    state = person.fold([REGISTERED, STARTED, OPEN, promoted, ENDED])

    assert [len(engagements_on(day, state)) for day in DAYS] == [0, 1, 1, 2, 1]
    assert [places_on(day, state) for day in DAYS] == [
        frozenset(),
        {"900001"},
        {"900001"},
        {"900001", "900002"},
        {"900002"},
    ]
    assert [roles_on(day, state) for day in DAYS] == [
        frozenset(),
        {"teacher"},
        {"head_of_year"},
        {"head_of_year", "deputy_headteacher"},
        {"deputy_headteacher"},
    ]


def test_who_serves_the_trust_itself_works_at_no_school() -> None:
    state = person.fold([REGISTERED, replace(STARTED, urn=None)])

    assert places_on(FROM, state) == {None}


def test_who_pauses_is_still_of_the_school_and_in_the_role() -> None:
    paused = EngagementPaused(person_id=ADA, engagement_id=TEACHING, urn="900001", from_on=date(2025, 6, 1))
    state = person.fold([REGISTERED, STARTED, paused])

    assert places_on(date(2025, 6, 1), state) == {"900001"}
    assert roles_on(date(2025, 6, 1), state) == {"teacher"}


def test_the_line_manager_of_a_day_is_the_last_one_assigned_until_then() -> None:
    state = person.fold([REGISTERED, replace(ASSIGNED, manager_id=CLEO, from_on=UNTIL), ASSIGNED])

    assert [line_manager_on(day, state) for day in DAYS] == [None, BEN, BEN, CLEO, CLEO]


def test_a_line_manager_is_assigned() -> None:
    when = given(person, REGISTERED)

    assert when(ASSIGN) == [ASSIGNED]


def test_assigning_them_again_changes_nothing() -> None:
    when = given(person, REGISTERED, ASSIGNED, replace(ASSIGNED, manager_id=CLEO, from_on=UNTIL))

    assert when(ASSIGN) == []
    assert when(replace(ASSIGN, manager=Person())) == []


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


@pytest.mark.parametrize(
    ("manager", "code"),
    [
        (Person(), "person_unknown"),
        (replace(MANAGER, known_as=("99002", "harbour-mis", "S7")), "person_unknown"),
        (MERGED_AWAY, "person_merged"),
    ],
)
def test_a_manager_is_in_the_register_of_the_same_trust(manager: Person, code: str) -> None:
    when = given(person, REGISTERED)

    with refused(code, "/manager_id"):
        when(replace(ASSIGN, manager=manager))


@pytest.mark.parametrize("command", [START, END, ASSIGN])
def test_nothing_happens_to_an_entry_that_was_merged_away(command: PersonCommand) -> None:
    merged = PersonsMerged(person_id=ADA, into_person_id=BEN, engagement_ids=(TEACHING,), reason="duplicate")
    when = given(person, REGISTERED, STARTED, merged)

    with refused("person_merged", "/person_id"):
        when(command)


def test_their_stream_is_named_by_their_id() -> None:
    assert person_stream(ADA) == "person-00000000-0000-0000-0000-000000000001"


days = st.sampled_from([FROM, date(2025, 9, 1), UNTIL])
engagements = st.sampled_from([TEACHING, LEADING])
commands = st.one_of(
    st.builds(replace, st.just(REGISTER), staff_ref=st.sampled_from(["S1", "S2"])),
    st.builds(replace, st.just(CORRECT), correction_id=engagements),
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
        manager=st.sampled_from([MANAGER, Person(), MERGED_AWAY]),
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
