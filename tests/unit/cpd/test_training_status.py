"""A participant pauses, comes back, leaves, and may come back even then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.cpd.domain.qualification import QualificationEvent
from tests.unit.cpd.participant import (
    COMPLETED,
    SECOND,
    STARTED,
    TODAY,
    TOMORROW,
    AnyCommand,
    course,
    defer,
    deferred,
    enrolled,
    months,
    resume,
    resumed,
    today,
    withdraw,
    withdrawn,
)
from tests.unit.given import given, refused


def test_a_participant_pauses_and_comes_back() -> None:
    assert given(course, enrolled())(today(defer(months(2)))) == [deferred(months(2))]
    assert given(course, enrolled(), deferred(months(2)))(today(resume(months(6)))) == [resumed(months(6))]
    assert given(course, enrolled(), deferred(months(2)), resumed(months(6)))(today(defer(TODAY))) == [deferred(TODAY)]


@pytest.mark.parametrize("before", [(), (STARTED,), (deferred(months(2)),)])
def test_a_participant_leaves(before: tuple[QualificationEvent, ...]) -> None:
    when = given(course, enrolled(), *before)

    assert when(today(withdraw(months(3)))) == [withdrawn(months(3))]


def test_who_left_may_come_back() -> None:
    when = given(course, enrolled(), STARTED, withdrawn(months(3)))

    assert when(today(resume(months(5)))) == [resumed(months(5))]


def test_the_same_again_changes_nothing() -> None:
    assert given(course, enrolled(), deferred(months(2)))(today(defer(months(2)))) == []
    assert given(course, enrolled(), deferred(months(2)), resumed(months(3)))(today(resume(months(3)))) == []
    assert given(course, enrolled(), withdrawn(months(2)))(today(withdraw(months(2)))) == []


@pytest.mark.parametrize(
    ("events", "command", "code", "field"),
    [
        ((), defer(TODAY), "enrolment_unknown", "/enrolment_id"),
        ((), resume(TODAY), "enrolment_unknown", "/enrolment_id"),
        ((), withdraw(TODAY), "enrolment_unknown", "/enrolment_id"),
        ((enrolled(), deferred(months(2))), defer(TODAY), "already_deferred", "/enrolment_id"),
        ((enrolled(), withdrawn(months(2))), defer(TODAY), "participant_withdrawn", "/enrolment_id"),
        ((enrolled(), *COMPLETED), defer(TODAY), "course_completed", "/enrolment_id"),
        ((enrolled(),), defer(TOMORROW), "in_the_future", "/deferred_on"),
        ((enrolled(),), defer(months(-1)), "days_out_of_order", "/deferred_on"),
        ((enrolled(), STARTED), defer(months(0)), "days_out_of_order", "/deferred_on"),
        ((enrolled(),), resume(TODAY), "participant_active", "/enrolment_id"),
        ((enrolled(), *COMPLETED), resume(TODAY), "participant_active", "/enrolment_id"),
        ((enrolled(), deferred(months(2))), resume(TOMORROW), "in_the_future", "/resumed_on"),
        ((enrolled(), deferred(months(2))), resume(months(1)), "days_out_of_order", "/resumed_on"),
        ((enrolled(), withdrawn(months(2))), withdraw(TODAY), "already_withdrawn", "/enrolment_id"),
        ((enrolled(), *COMPLETED), withdraw(TODAY), "course_completed", "/enrolment_id"),
        ((enrolled(),), withdraw(TOMORROW), "in_the_future", "/withdrawn_on"),
        ((enrolled(), deferred(months(2))), withdraw(months(1)), "days_out_of_order", "/withdrawn_on"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    events: tuple[QualificationEvent, ...], command: AnyCommand, code: str, field: str
) -> None:
    when = given(course, *events)

    with refused(code, field):
        when(today(command))


def test_nobody_comes_back_to_a_course_that_they_take_elsewhere() -> None:
    when = given(course, enrolled(), withdrawn(months(2)), enrolled(SECOND, funding="self"))

    with refused("already_enrolled", "/enrolment_id"):
        when(today(resume(TODAY)))


def test_nobody_comes_back_on_a_scholarship_that_paid_elsewhere_meanwhile() -> None:
    elsewhere = [replace(event, enrolment_id=SECOND) for event in COMPLETED]
    when = given(course, enrolled(), withdrawn(months(1)), enrolled(SECOND), *elsewhere)

    with refused("scholarship_used", "/enrolment_id"):
        when(today(resume(TODAY)))
