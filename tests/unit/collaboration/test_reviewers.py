"""Reviewers come from outside the host and say what their interests are; one of them leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.review import review
from services.collaboration.domain.reviewers import AgreeReviewer, Employment, most_reviewers
from tests.unit.collaboration.facts import ELM, OAK
from tests.unit.collaboration.reviewing import (
    ADVISER_AGREED,
    AGREE_ADVISER,
    AGREE_LEAD,
    AT_ELM,
    AT_OAK,
    CAI,
    DAY,
    DECLARED,
    DONE,
    FIRST,
    LAST,
    LEAD_AGREED,
    REQUESTED,
    TODAY,
    on,
)
from tests.unit.given import given, refused
from tests.unit.repeats import after


def test_somebody_of_another_school_is_agreed_on_as_the_lead() -> None:
    assert given(review, REQUESTED)(on(AGREE_LEAD)) == [LEAD_AGREED]


def test_an_adviser_of_the_trust_reviews_without_a_school() -> None:
    at_the_trust = replace(AGREE_ADVISER, employments=(Employment(urn=None, from_on=DECLARED),))

    assert given(review, REQUESTED)(on(AGREE_ADVISER)) == [ADVISER_AGREED]
    assert given(review, REQUESTED)(on(at_the_trust)) == [ADVISER_AGREED]


def test_agreeing_again_changes_nothing_even_when_they_have_moved_since() -> None:
    assert given(review, REQUESTED, LEAD_AGREED)(on(replace(AGREE_LEAD, employments=(AT_OAK,)))) == []
    assert given(review, *DONE)(on(AGREE_LEAD)) == []


def test_somebody_is_agreed_on_once() -> None:
    with refused("reviewer_already_agreed", "/reviewer_id"):
        given(review, REQUESTED, LEAD_AGREED)(on(replace(AGREE_LEAD, trained_on=None)))


def test_a_complete_review_gets_no_more_reviewers() -> None:
    with refused("review_already_completed", "/review_id"):
        given(review, *DONE)(on(replace(AGREE_ADVISER, reviewer_id=CAI)))


def test_a_review_has_as_many_reviewers_as_its_completion_can_name() -> None:
    most = [replace(ADVISER_AGREED, reviewer_id=UUID(int=1_000 + number)) for number in range(most_reviewers)]

    assert given(review, REQUESTED, *most[1:])(on(AGREE_ADVISER)) == [ADVISER_AGREED]
    with refused("too_many_reviewers", "/reviewer_id"):
        given(review, REQUESTED, *most)(on(AGREE_ADVISER))


def test_nobody_is_trained_or_declares_in_the_future() -> None:
    when = given(review, REQUESTED)

    with refused("in_the_future", "/trained_on"):
        when(on(replace(AGREE_LEAD, trained_on=TODAY + DAY)))
    with refused("in_the_future", "/conflict_declared_on"):
        when(on(replace(AGREE_LEAD, conflict_declared_on=TODAY + DAY)))


def test_the_host_does_not_review_itself() -> None:
    with refused("reviewer_from_host_school", "/reviewer_id"):
        given(review, REQUESTED)(on(replace(AGREE_LEAD, reviewer_urn=OAK, employments=(AT_OAK,))))


@pytest.mark.parametrize("command", [AGREE_LEAD, AGREE_ADVISER])
@pytest.mark.parametrize(
    "at_host",
    [
        AT_OAK,
        replace(AT_OAK, to_on=DECLARED),
        replace(AT_OAK, from_on=LAST),
        replace(AT_OAK, from_on=FIRST, to_on=FIRST),
    ],
)
def test_who_also_works_at_the_host_between_declaration_and_last_day_does_not_review(
    command: AgreeReviewer, at_host: Employment
) -> None:
    with refused("reviewer_from_host_school", "/reviewer_id"):
        given(review, REQUESTED)(on(replace(command, employments=(AT_ELM, at_host))))


def test_a_declaration_that_came_late_does_not_hide_the_days_of_the_review() -> None:
    left_after = replace(AT_OAK, to_on=LAST)
    declared_late = replace(AGREE_ADVISER, conflict_declared_on=TODAY, employments=(left_after,))

    with refused("reviewer_from_host_school", "/reviewer_id"):
        given(review, REQUESTED)(on(declared_late))


@pytest.mark.parametrize("once", [replace(AT_OAK, to_on=DECLARED - DAY), replace(AT_OAK, from_on=LAST + DAY)])
def test_who_worked_at_the_host_before_or_will_afterwards_may_review(once: Employment) -> None:
    assert given(review, REQUESTED)(on(replace(AGREE_LEAD, employments=(AT_ELM, once)))) == [LEAD_AGREED]


@pytest.mark.parametrize("employments", [(), (replace(AT_ELM, to_on=DECLARED - DAY),)])
def test_a_reviewer_works_at_the_school_that_they_come_from(employments: tuple[Employment, ...]) -> None:
    with refused("reviewer_not_at_school", "/reviewer_urn"):
        given(review, REQUESTED)(on(replace(AGREE_LEAD, employments=employments)))


def test_a_review_has_one_lead() -> None:
    with refused("lead_exists", "/lead"):
        given(review, REQUESTED, LEAD_AGREED)(on(replace(AGREE_ADVISER, lead=True)))


def test_who_has_a_conflict_of_interest_may_review_but_not_lead() -> None:
    with_a_conflict = replace(AGREE_LEAD, conflict="related_to_head")

    assert given(review, REQUESTED)(on(replace(with_a_conflict, lead=False))) == [
        replace(LEAD_AGREED, lead=False, conflict="related_to_head")
    ]
    with refused("lead_has_conflict", "/lead"):
        given(review, REQUESTED)(on(with_a_conflict))


def test_the_schools_that_reviewers_come_from_are_known() -> None:
    assert review.fold([REQUESTED, LEAD_AGREED, ADVISER_AGREED]).reviewers.urns == {ELM}


PEOPLE = st.integers(100, 104).map(lambda number: UUID(int=number))
AGREEING = st.builds(
    replace,
    st.just(AGREE_LEAD),
    reviewer_id=PEOPLE,
    lead=st.booleans(),
    conflict=st.sampled_from([None, "related_to_head"]),
    employments=st.sampled_from([(AT_ELM,), (AT_ELM, AT_OAK), (AT_ELM, replace(AT_OAK, to_on=date(2026, 8, 31)))]),
)


@over(st.lists(AGREEING, max_size=20))
def test_whoever_is_asked_in_whatever_order_at_most_one_leads_and_has_no_conflict(asked: list[AgreeReviewer]) -> None:
    state, _ = after(replace(review, initial=review.fold([REQUESTED])), map(on, asked))

    leads = [reviewer for reviewer in state.reviewers.agreed.values() if reviewer.lead]
    assert len(leads) <= 1
    assert not any(lead.conflict for lead in leads)
