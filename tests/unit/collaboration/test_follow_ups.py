"""Every development has an action, or a reason for none; an action is closed once, with what it changed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from services.collaboration.domain.review import ReviewEvent, review
from tests.unit.collaboration.reviewing import (
    ACTION_AGREED,
    AGREE_ACTION,
    CLOSE,
    CLOSED,
    COMPLETED,
    DAY,
    DONE,
    FIRST,
    FOUND,
    OTHER_ACTION,
    OTHER_DEVELOPMENT,
    STRENGTH,
    TODAY,
    WAIVE,
    WAIVED,
    on,
)
from tests.unit.given import given, refused


@pytest.mark.parametrize("before", [FOUND, (*FOUND, WAIVED), (*FOUND, WAIVED, COMPLETED)])
def test_an_action_is_agreed_also_after_completion_and_where_there_was_a_reason_for_none(
    before: tuple[ReviewEvent, ...],
) -> None:
    assert given(review, *before)(on(AGREE_ACTION)) == [ACTION_AGREED]


def test_a_development_may_have_several_actions() -> None:
    assert given(review, *DONE)(on(replace(AGREE_ACTION, action_id=OTHER_ACTION))) == [
        replace(ACTION_AGREED, action_id=OTHER_ACTION)
    ]


def test_an_action_is_agreed_once_and_changes_nothing_the_second_time() -> None:
    with refused("action_exists", "/action_id"):
        given(review, *DONE)(on(AGREE_ACTION))


@pytest.mark.parametrize("finding_id", [OTHER_DEVELOPMENT, STRENGTH])
def test_only_developments_are_followed_up(finding_id: UUID) -> None:
    for command in (AGREE_ACTION, WAIVE):
        with refused("finding_unknown", "/finding_id"):
            given(review, *FOUND)(on(replace(command, finding_id=finding_id)))


def test_an_action_is_not_due_before_its_finding() -> None:
    assert given(review, *FOUND)(on(replace(AGREE_ACTION, due_on=FIRST))) == [replace(ACTION_AGREED, due_on=FIRST)]
    with refused("before_the_finding", "/due_on"):
        given(review, *FOUND)(on(replace(AGREE_ACTION, due_on=FIRST - DAY)))


def test_why_there_is_no_action_is_recorded() -> None:
    assert given(review, *FOUND)(on(WAIVE)) == [WAIVED]


def test_recording_the_reason_again_changes_nothing_even_when_there_is_an_action_since() -> None:
    assert given(review, *FOUND, WAIVED)(on(WAIVE)) == []
    assert given(review, *FOUND, WAIVED, ACTION_AGREED)(on(WAIVE)) == []


@pytest.mark.parametrize("answered", [ACTION_AGREED, replace(WAIVED, reason="Nobody has time.")])
def test_what_is_answered_needs_no_reason(answered: ReviewEvent) -> None:
    with refused("finding_answered", "/finding_id"):
        given(review, *FOUND, answered)(on(WAIVE))


def test_a_reason_is_given_after_the_finding_and_not_in_the_future() -> None:
    with refused("before_the_finding", "/waived_on"):
        given(review, *FOUND)(on(replace(WAIVE, waived_on=FIRST - DAY)))
    with refused("in_the_future", "/waived_on"):
        given(review, *FOUND)(on(WAIVE, FIRST))


def test_an_action_is_closed_with_its_effect_or_without() -> None:
    assert given(review, *DONE)(on(CLOSE)) == [CLOSED]
    assert given(review, *DONE)(on(replace(CLOSE, estimate_after=None))) == [replace(CLOSED, estimate_after=None)]


def test_closing_an_action_again_changes_nothing() -> None:
    assert given(review, *DONE, CLOSED)(on(CLOSE)) == []


def test_an_action_is_closed_once() -> None:
    with refused("action_already_closed", "/action_id"):
        given(review, *DONE, CLOSED)(on(replace(CLOSE, outcome="red")))


def test_an_action_that_was_not_agreed_is_unknown() -> None:
    with refused("action_unknown", "/action_id"):
        given(review, *DONE)(on(replace(CLOSE, action_id=OTHER_ACTION)))


def test_what_changed_is_judged_when_the_review_is_complete() -> None:
    with refused("review_not_completed", "/review_id"):
        given(review, *FOUND, ACTION_AGREED)(on(CLOSE))


def test_an_action_is_closed_after_the_finding_and_not_in_the_future() -> None:
    with refused("before_the_finding", "/closed_on"):
        given(review, *DONE)(on(replace(CLOSE, closed_on=FIRST - DAY)))
    with refused("in_the_future", "/closed_on"):
        given(review, *DONE)(on(CLOSE, TODAY - DAY))
