"""A review is asked for, finds something, and is complete when its host agrees and every development is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.days import Dated
from services.collaboration.domain.review import ReviewCommand, ReviewEvent, review, review_stream
from tests.unit.collaboration.facts import ASH, ELM
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.collaboration.reviewing import (
    ACTION,
    ACTION_AGREED,
    ADVISER_AGREED,
    AGREE_ACTION,
    AGREE_LEAD,
    ANN,
    BEA,
    CAI,
    CLOSE,
    CLOSED,
    COMPLETE,
    COMPLETED,
    DAY,
    DEVELOPMENT,
    DEVELOPMENT_FOUND,
    DONE,
    FIRST,
    FOUND,
    LAST,
    LEAD_AGREED,
    OTHER_ACTION,
    OTHER_DEVELOPMENT,
    RECORD,
    REQUEST,
    REQUESTED,
    REVIEW,
    STAFFED,
    STRENGTH,
    STRENGTH_FOUND,
    TODAY,
    WAIVE,
    WAIVED,
    on,
)
from tests.unit.given import given, refused


def test_a_review_is_requested() -> None:
    assert given(review)(on(REQUEST)) == [REQUESTED]


def test_a_review_may_take_one_day() -> None:
    assert given(review)(on(replace(REQUEST, to_on=FIRST))) == [replace(REQUESTED, to_on=FIRST)]


def test_requesting_it_again_changes_nothing() -> None:
    assert given(review, REQUESTED)(on(REQUEST)) == []
    assert given(review, *DONE)(on(REQUEST)) == []


def test_another_review_has_an_id_of_its_own() -> None:
    with refused("review_exists", "/review_id"):
        given(review, REQUESTED)(on(replace(REQUEST, urn=ELM)))


def test_a_review_ends_after_it_starts() -> None:
    with refused("review_ends_before_it_starts", "/to_on"):
        given(review)(on(replace(REQUEST, to_on=FIRST - DAY)))


@pytest.mark.parametrize("command", [AGREE_LEAD, RECORD, AGREE_ACTION, WAIVE, COMPLETE, CLOSE])
def test_a_review_that_nobody_asked_for_is_unknown(command: ReviewCommand) -> None:
    with refused("review_unknown", "/review_id"):
        given(review)(on(command))


def test_a_finding_is_recorded() -> None:
    assert given(review, *STAFFED)(on(RECORD)) == [DEVELOPMENT_FOUND]


@pytest.mark.parametrize("finding_id", [DEVELOPMENT, STRENGTH])
def test_a_finding_is_recorded_once_and_changes_nothing_the_second_time(finding_id: UUID) -> None:
    with refused("finding_exists", "/finding_id"):
        given(review, *FOUND)(on(replace(RECORD, finding_id=finding_id)))


def test_findings_come_before_completion() -> None:
    with refused("review_already_completed", "/review_id"):
        given(review, *DONE)(on(replace(RECORD, finding_id=OTHER_DEVELOPMENT)))


def test_nothing_is_found_before_the_review_or_in_the_future() -> None:
    when = given(review, *STAFFED)

    with refused("found_before_review", "/found_on"):
        when(on(replace(RECORD, found_on=FIRST - DAY)))
    with refused("in_the_future", "/found_on"):
        when(on(RECORD, FIRST - DAY))


def test_what_takes_longer_than_it_should_may_still_be_found() -> None:
    found_late = LAST + DAY

    assert given(review, *STAFFED)(on(replace(RECORD, found_on=found_late))) == [
        replace(DEVELOPMENT_FOUND, found_on=found_late)
    ]


def test_a_review_whose_developments_have_actions_is_completed_with_all_who_reviewed() -> None:
    assert given(review, *FOUND, ACTION_AGREED)(on(COMPLETE)) == [COMPLETED]


def test_a_review_whose_developments_have_a_reason_for_no_action_is_completed() -> None:
    assert given(review, *FOUND, WAIVED)(on(COMPLETE)) == [COMPLETED]


def test_a_review_that_found_strengths_alone_is_completed() -> None:
    assert given(review, *STAFFED, STRENGTH_FOUND)(on(COMPLETE)) == [replace(COMPLETED, developments=0)]


def test_completing_it_again_changes_nothing() -> None:
    assert given(review, *DONE)(on(COMPLETE)) == []
    assert given(review, *DONE, CLOSED)(on(COMPLETE)) == []


def test_a_review_is_completed_once() -> None:
    with refused("review_already_completed", "/review_id"):
        given(review, *DONE)(on(replace(COMPLETE, completed_on=TODAY)))


def test_a_review_has_a_lead() -> None:
    with refused("lead_missing", "/review_id"):
        given(review, REQUESTED, ADVISER_AGREED, STRENGTH_FOUND)(on(COMPLETE))


@pytest.mark.parametrize(
    "other",
    [
        ADVISER_AGREED,
        replace(ADVISER_AGREED, trained_on=date(2025, 3, 1), conflict="governor_at_host_until_2024"),
    ],
)
def test_a_review_rests_on_somebody_trained_without_a_conflict_of_interest(other: ReviewEvent) -> None:
    with refused("trained_reviewer_missing", "/review_id"):
        given(review, REQUESTED, replace(LEAD_AGREED, trained_on=None), other, STRENGTH_FOUND)(on(COMPLETE))


def test_who_is_trained_need_not_lead() -> None:
    trained = replace(ADVISER_AGREED, trained_on=date(2025, 3, 1))
    when = given(review, REQUESTED, replace(LEAD_AGREED, trained_on=None), trained, STRENGTH_FOUND)

    assert when(on(COMPLETE)) == [replace(COMPLETED, developments=0)]


def test_a_review_finds_something() -> None:
    with refused("findings_missing", "/review_id"):
        given(review, *STAFFED)(on(COMPLETE))


def test_every_development_is_answered() -> None:
    another = replace(DEVELOPMENT_FOUND, finding_id=OTHER_DEVELOPMENT)

    with refused("follow_up_missing", "/review_id"):
        given(review, *FOUND)(on(COMPLETE))
    with refused("follow_up_missing", "/review_id"):
        given(review, *FOUND, another, ACTION_AGREED)(on(COMPLETE))


def test_the_host_agrees_when_all_is_found() -> None:
    when = given(review, *FOUND, ACTION_AGREED)

    assert when(on(replace(COMPLETE, agreed_by_host_on=FIRST + DAY))) != []
    with refused("before_the_finding", "/agreed_by_host_on"):
        when(on(replace(COMPLETE, agreed_by_host_on=FIRST)))


def test_a_review_is_completed_when_its_host_agreed_and_not_in_the_future() -> None:
    when = given(review, *FOUND, ACTION_AGREED)

    assert when(on(replace(COMPLETE, completed_on=LAST))) == [replace(COMPLETED, completed_on=LAST)]
    with refused("completed_before_agreed", "/completed_on"):
        when(on(replace(COMPLETE, completed_on=LAST - DAY)))
    with refused("in_the_future", "/completed_on"):
        when(on(COMPLETE, LAST))


def test_no_personal_text_stays_in_the_state() -> None:
    state = repr(review.fold([*DONE, CLOSED]))

    assert DEVELOPMENT_FOUND.finding not in state
    assert STRENGTH_FOUND.finding not in state
    assert ACTION_AGREED.action not in state


def test_its_stream_is_named_for_its_id() -> None:
    assert review_stream(REVIEW) == f"review-{REVIEW}"


DAYS = st.sampled_from([FIRST, LAST, TODAY])
FINDINGS = st.sampled_from([DEVELOPMENT, OTHER_DEVELOPMENT, STRENGTH])
ACTIONS = st.sampled_from([ACTION, OTHER_ACTION])
COMMANDS: st.SearchStrategy[ReviewCommand] = (
    st.builds(replace, st.just(REQUEST), to_on=DAYS)
    | st.builds(
        replace,
        st.just(AGREE_LEAD),
        reviewer_id=st.sampled_from([ANN, BEA, CAI]),
        reviewer_urn=st.sampled_from([ELM, ASH, None]),
        lead=st.booleans(),
        conflict=st.sampled_from([None, "related_to_head"]),
    )
    | st.builds(
        replace, st.just(RECORD), finding_id=FINDINGS, kind=st.sampled_from(["strength", "development"]), found_on=DAYS
    )
    | st.builds(replace, st.just(AGREE_ACTION), action_id=ACTIONS, finding_id=FINDINGS)
    | st.builds(replace, st.just(WAIVE), finding_id=FINDINGS, waived_on=DAYS)
    | st.builds(replace, st.just(COMPLETE), agreed_by_host_on=DAYS, completed_on=DAYS)
    | st.builds(replace, st.just(CLOSE), action_id=ACTIONS, outcome=st.sampled_from(["green", "red"]))
)
MANY: st.SearchStrategy[list[Dated[ReviewCommand]]] = st.lists(COMMANDS.map(on), max_size=30)
BEGINNINGS: st.SearchStrategy[tuple[ReviewEvent, ...]] = st.sampled_from([(), STAFFED, FOUND, DONE])


@over(BEGINNINGS, MANY)
def test_any_commands_may_come_more_than_once(
    before: tuple[ReviewEvent, ...], commands: list[Dated[ReviewCommand]]
) -> None:
    there = replace(review, initial=review.fold(before))

    assert_repeats_change_nothing(there, commands)
    assert_late_repeats_change_nothing(there, commands)
