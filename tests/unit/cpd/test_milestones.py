"""Milestones come in the course's order, none early, none in the future, and once unless voided."""

from __future__ import annotations

from typing import get_args

import pytest

from services.cpd.domain.milestones import milestones_of
from services.cpd.domain.qualification import QualificationEvent
from shared.contracts.cpd.qualifications import Course, Milestone
from tests.unit.cpd.participant import (
    COMPLETED,
    ENROLLED_ON,
    RETAINED,
    SECOND,
    STARTED,
    TODAY,
    TOMORROW,
    AnyCommand,
    course,
    declare,
    declared,
    deferred,
    ended,
    enrolled,
    months,
    resumed,
    today,
    void,
    voided,
    withdrawn,
)
from tests.unit.given import given, refused

SHORT: dict[Course, tuple[Milestone, ...]] = {
    "npq-leading-teaching": ("started", "retained-1", "completed"),
    "npq-leading-teaching-development": ("started", "retained-1", "completed"),
    "npq-leading-behaviour-culture": ("started", "retained-1", "completed"),
    "npq-leading-literacy": ("started", "retained-1", "completed"),
    "npq-leading-primary-mathematics": ("started", "retained-1", "completed"),
    "masters": ("started", "completed"),
    "mba": ("started", "completed"),
}


@pytest.mark.parametrize("of", get_args(Course))
def test_every_course_has_its_milestones_in_order(of: Course) -> None:
    order = SHORT.get(of, ("started", "retained-1", "retained-2", "completed"))
    events: list[QualificationEvent] = [enrolled(course=of)]

    assert milestones_of(of) == order
    for number, milestone in enumerate(order, start=1):
        [event] = given(course, *events)(today(declare(milestone, months(number), course=of)))
        assert event == declared(milestone, months(number), course=of)
        events.append(event)


def test_several_milestones_may_be_of_one_day() -> None:
    when = given(course, enrolled(), declared("started", ENROLLED_ON))

    assert when(today(declare("retained-1", ENROLLED_ON))) == [declared("retained-1", ENROLLED_ON)]


def test_the_same_declaration_again_changes_nothing() -> None:
    assert given(course, enrolled(), STARTED)(today(declare("started", months(1)))) == []
    assert given(course, enrolled(), STARTED, withdrawn(months(2)))(today(declare("started", months(1)))) == []


@pytest.mark.parametrize(
    ("events", "command", "code", "field"),
    [
        ((), declare("started", TODAY), "enrolment_unknown", "/enrolment_id"),
        ((enrolled(SECOND),), declare("started", TODAY), "enrolment_unknown", "/enrolment_id"),
        ((enrolled(), STARTED), declare("started", TODAY), "milestone_declared", "/milestone"),
        ((enrolled(), deferred(months(1))), declare("started", TODAY), "participant_deferred", "/enrolment_id"),
        ((enrolled(), withdrawn(months(1))), declare("started", TODAY), "participant_withdrawn", "/enrolment_id"),
        ((enrolled(),), declare("started", TOMORROW), "in_the_future", "/declared_on"),
        (
            (enrolled(course="npq-leading-literacy"),),
            declare("retained-2", TODAY, course="npq-leading-literacy"),
            "milestone_not_of_course",
            "/milestone",
        ),
        ((enrolled(),), declare("completed", TODAY), "milestone_early", "/milestone"),
        ((enrolled(), STARTED), declare("retained-2", TODAY), "milestone_early", "/milestone"),
        ((enrolled(), STARTED), declare("completed", TODAY), "milestone_early", "/milestone"),
        ((enrolled(on=TODAY),), declare("started", months(12)), "days_out_of_order", "/declared_on"),
        ((enrolled(), STARTED), declare("retained-1", months(0)), "days_out_of_order", "/declared_on"),
        (
            (enrolled(), *RETAINED, voided("retained-1")),
            declare("retained-1", months(9)),
            "days_out_of_order",
            "/declared_on",
        ),
    ],
)
def test_a_milestone_that_cannot_be_is_refused(
    events: tuple[QualificationEvent, ...], command: AnyCommand, code: str, field: str
) -> None:
    when = given(course, *events)

    with refused(code, field):
        when(today(command))


def test_who_came_back_goes_on() -> None:
    when = given(course, enrolled(), STARTED, deferred(months(2)), resumed(months(3)))

    assert when(today(declare("retained-1", months(4)))) == [declared("retained-1", months(4))]


# Voided


def test_what_was_voided_may_be_declared_again_on_another_day() -> None:
    assert given(course, enrolled(), STARTED)(today(void("started"))) == [voided("started")]
    assert given(course, enrolled(), STARTED, voided("started"))(today(declare("started", months(2)))) == [
        declared("started", months(2))
    ]


def test_one_in_between_is_voided_and_declared_again() -> None:
    when = given(course, enrolled(), *RETAINED, voided("retained-1"))

    assert when(today(declare("retained-1", months(5)))) == [declared("retained-1", months(5))]
    with refused("milestone_early", "/milestone"):
        when(today(declare("completed", months(12))))


def test_voiding_it_again_changes_nothing() -> None:
    when = given(course, enrolled(), STARTED, voided("started"))

    assert when(today(void("started"))) == []


def test_a_completion_that_was_none_has_no_outcome_either() -> None:
    assert given(course, enrolled(), *COMPLETED, ended("passed"))(today(void("completed"))) == [
        voided("completed"),
        ended("voided"),
    ]
    assert given(course, enrolled(), *COMPLETED)(today(void("completed"))) == [voided("completed")]
    assert given(course, enrolled(), *COMPLETED, ended("passed"), ended("voided"))(today(void("completed"))) == [
        voided("completed")
    ]


@pytest.mark.parametrize(
    ("events", "command", "code", "field"),
    [
        ((), void("started"), "enrolment_unknown", "/enrolment_id"),
        ((enrolled(),), void("started"), "milestone_not_declared", "/milestone"),
        ((enrolled(), STARTED), void("started", TOMORROW), "in_the_future", "/voided_on"),
        ((enrolled(), STARTED), void("started", ENROLLED_ON), "days_out_of_order", "/voided_on"),
        (
            (enrolled(), *COMPLETED, enrolled(SECOND, funding="self")),
            void("completed"),
            "already_enrolled",
            "/enrolment_id",
        ),
    ],
)
def test_a_voiding_that_cannot_be_is_refused(
    events: tuple[QualificationEvent, ...], command: AnyCommand, code: str, field: str
) -> None:
    when = given(course, *events)

    with refused(code, field):
        when(today(command))
