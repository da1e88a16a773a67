"""What is held about a person: holds come first, then retention rules; what is refused is recorded as refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.personal_data import (
    DecideErasure,
    LiftLegalHold,
    PersonalDataCommand,
    PlaceLegalHold,
    RecordSubjectAccess,
    personal_data,
    personal_data_stream,
)
from shared.contracts.talent.personal_data import (
    ErasureDecided,
    ErasureRefused,
    Ground,
    LegalHoldLifted,
    LegalHoldPlaced,
    SubjectAccessFulfilled,
)
from shared.decider import Rejected
from tests.unit.given import given, refused
from tests.unit.repeats import after, twice_each

ADA, FIRST, SECOND = (UUID(int=n) for n in (1, 2, 3))
TODAY = date(2026, 11, 16)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

PLACE = PlaceLegalHold(person_id=ADA, hold_id=FIRST, basis="tribunal", reason="A claim was announced.")
PLACED = LegalHoldPlaced(person_id=ADA, hold_id=FIRST, basis="tribunal", reason="A claim was announced.")
LIFT = LiftLegalHold(person_id=ADA, hold_id=FIRST)
LIFTED = LegalHoldLifted(person_id=ADA, hold_id=FIRST)
ERASE = DecideErasure(person_id=ADA, erasure_id=FIRST, ground="request", requested_on=YESTERDAY, today=TODAY)
ERASED = ErasureDecided(person_id=ADA, erasure_id=FIRST, ground="request", requested_on=YESTERDAY)
REFUSED = ErasureRefused(
    person_id=ADA, erasure_id=FIRST, ground="request", requested_on=YESTERDAY, because="legal_hold"
)
GIVE = RecordSubjectAccess(
    person_id=ADA,
    request_id=FIRST,
    requested_on=YESTERDAY,
    events=12,
    withheld=3,
    package_sha256="0f" * 32,
    today=TODAY,
)
GIVEN = SubjectAccessFulfilled(
    person_id=ADA, request_id=FIRST, requested_on=YESTERDAY, events=12, withheld=3, package_sha256="0f" * 32
)


def test_a_hold_is_placed_and_lifted() -> None:
    assert given(personal_data)(PLACE) == [PLACED]
    assert given(personal_data, PLACED)(LIFT) == [LIFTED]


def test_placing_and_lifting_it_again_changes_nothing() -> None:
    assert given(personal_data, PLACED)(PLACE) == []
    assert given(personal_data, PLACED, LIFTED)(LIFT) == []


def test_a_lifted_hold_is_not_placed_again() -> None:
    when = given(personal_data, PLACED, LIFTED)

    with refused("hold_lifted", "/hold_id"):
        when(PLACE)
    assert when(replace(PLACE, hold_id=SECOND)) == [replace(PLACED, hold_id=SECOND)]


def test_only_a_hold_that_was_placed_is_lifted() -> None:
    with refused("hold_unknown", "/hold_id"):
        given(personal_data)(LIFT)


def test_an_erasure_is_decided_where_nothing_forbids_it() -> None:
    assert given(personal_data)(ERASE) == [ERASED]
    assert given(personal_data, PLACED, LIFTED)(ERASE) == [ERASED]


def test_what_is_erased_is_erased_once() -> None:
    when = given(personal_data, ERASED)

    assert when(ERASE) == []
    assert when(replace(ERASE, erasure_id=SECOND, ground="court_order")) == []


@pytest.mark.parametrize("ground", ["request", "retention_over", "court_order"])
def test_a_hold_forbids_every_erasure(ground: Ground) -> None:
    command = replace(ERASE, ground=ground)
    expected = [replace(REFUSED, ground=ground)]

    assert given(personal_data, PLACED)(command) == expected
    assert given(personal_data)(replace(command, held_elsewhere=True)) == expected


def test_one_hold_is_enough() -> None:
    when = given(personal_data, PLACED, replace(PLACED, hold_id=SECOND), LIFTED)

    assert when(ERASE) == [REFUSED]


def test_a_retention_rule_forbids_it_up_to_its_last_day() -> None:
    when = given(personal_data)
    by_rule = replace(REFUSED, because="retention_rule", until_on=TODAY)

    assert when(replace(ERASE, kept_until=TODAY)) == [by_rule]
    assert when(replace(ERASE, kept_until=YESTERDAY)) == [ERASED]


def test_who_is_engaged_is_kept_until_nobody_knows_when() -> None:
    assert given(personal_data)(replace(ERASE, engaged=True)) == [replace(REFUSED, because="retention_rule")]


def test_a_court_does_not_wait_for_a_retention_rule() -> None:
    command = replace(ERASE, ground="court_order", engaged=True, kept_until=TOMORROW)

    assert given(personal_data)(command) == [replace(ERASED, ground="court_order")]


def test_a_refusal_stands_and_another_request_is_decided_anew() -> None:
    when = given(personal_data, PLACED, REFUSED, LIFTED)

    assert when(ERASE) == []
    assert when(replace(ERASE, erasure_id=SECOND)) == [replace(ERASED, erasure_id=SECOND)]


def test_a_person_is_given_what_is_held_about_them_once_a_request() -> None:
    assert given(personal_data)(GIVE) == [GIVEN]
    assert given(personal_data, GIVEN)(GIVE) == []
    assert given(personal_data, GIVEN)(replace(GIVE, request_id=SECOND)) == [replace(GIVEN, request_id=SECOND)]


@pytest.mark.parametrize("command", [ERASE, GIVE])
def test_nobody_asks_tomorrow(command: DecideErasure | RecordSubjectAccess) -> None:
    with refused("requested_in_future", "/requested_on"):
        given(personal_data)(replace(command, requested_on=TOMORROW))


@pytest.mark.parametrize("command", [PLACE, GIVE])
def test_of_who_was_erased_nothing_is_left_to_hold_or_to_give(command: PersonalDataCommand) -> None:
    with refused("person_erased", "/person_id"):
        given(personal_data, ERASED)(command)


def test_its_stream_is_the_persons() -> None:
    assert personal_data_stream(ADA) == f"personal-data-{ADA}"


ids = st.sampled_from([FIRST, SECOND])
commands: st.SearchStrategy[PersonalDataCommand] = st.one_of(
    st.builds(replace, st.just(PLACE), hold_id=ids),
    st.builds(replace, st.just(LIFT), hold_id=ids),
    st.builds(
        replace,
        st.just(ERASE),
        erasure_id=ids,
        ground=st.sampled_from(["request", "retention_over", "court_order"]),
        held_elsewhere=st.booleans(),
        engaged=st.booleans(),
        kept_until=st.sampled_from([None, YESTERDAY, TODAY]),
    ),
    st.builds(replace, st.just(GIVE), request_id=ids),
)


@over(st.lists(commands, max_size=8))
def test_repeats_change_nothing(sequence: Sequence[PersonalDataCommand]) -> None:
    once, taken = after(personal_data, sequence)

    assert after(personal_data, twice_each(sequence)) == (once, twice_each(taken))


@over(st.lists(commands, max_size=8))
def test_nobody_is_erased_under_a_hold(sequence: Sequence[PersonalDataCommand]) -> None:
    state = personal_data.initial
    for command in sequence:
        try:
            events = personal_data.decide(command, state)
        except Rejected:
            continue
        held = state.is_held or (isinstance(command, DecideErasure) and command.held_elsewhere)
        assert not (held and any(isinstance(event, ErasureDecided) for event in events))
        state = personal_data.fold(events, state)
