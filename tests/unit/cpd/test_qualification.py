"""A qualification is held from elsewhere or worked for; a scholarship pays for a course once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.cpd.domain.days import Dated
from services.cpd.domain.milestones import milestones_of
from services.cpd.domain.qualification import (
    Enrol,
    HoldQualification,
    QualificationEvent,
    known_enrolment,
    qualification_stream,
)
from shared.contracts.cpd.qualifications import Course, Outcome, QualificationHeld
from tests.unit.cpd.participant import (
    ADA,
    COMPLETED,
    ENROLLED_ON,
    FIRST,
    RETAINED,
    SECOND,
    STARTED,
    TODAY,
    TOMORROW,
    AnyCommand,
    course,
    declare,
    declared,
    defer,
    deferred,
    ended,
    enrol,
    enrolled,
    months,
    record,
    resume,
    today,
    void,
    voided,
    withdraw,
    withdrawn,
)
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each, whatever_stands

HOLD = HoldQualification(
    person_id=ADA,
    course="npq-headship",
    awarded_on=date(2004, 7, 12),
    awarded_by="National College for School Leadership",
    evidence="Certificate seen.",
)
HELD = QualificationHeld(
    person_id=ADA,
    course="npq-headship",
    awarded_on=date(2004, 7, 12),
    awarded_by="National College for School Leadership",
    evidence="Certificate seen.",
)


# Held


def test_a_headship_qualification_of_2004_needs_no_enrolment() -> None:
    when = given(course)

    assert when(today(HOLD)) == [HELD]


def test_the_same_award_again_changes_nothing_however_it_is_written() -> None:
    when = given(course, HELD)

    assert when(today(HOLD)) == []
    assert when(today(replace(HOLD, awarded_by="NCSL", evidence=None))) == []


def test_a_second_masters_is_another_award() -> None:
    when = given(course, replace(HELD, course="masters"))
    second = replace(HOLD, course="masters", awarded_on=date(2019, 7, 1))

    assert when(today(second)) == [replace(HELD, course="masters", awarded_on=date(2019, 7, 1))]


def test_nobody_holds_what_they_have_yet_to_gain() -> None:
    when = given(course)

    assert when(today(replace(HOLD, awarded_on=TODAY))) == [replace(HELD, awarded_on=TODAY)]
    with refused("in_the_future", "/awarded_on"):
        when(today(replace(HOLD, awarded_on=TOMORROW)))


def test_who_holds_it_may_enrol_all_the_same() -> None:
    when = given(course, HELD)

    assert when(today(enrol())) == [enrolled()]


# Enrolled


def test_somebody_enrols() -> None:
    when = given(course)

    assert when(today(enrol())) == [enrolled()]
    assert when(today(enrol(on=TODAY))) == [enrolled(on=TODAY)]


def test_enrolling_again_changes_nothing() -> None:
    assert given(course, enrolled())(today(enrol())) == []
    assert given(course, enrolled(), withdrawn(months(2)))(today(enrol())) == []


@pytest.mark.parametrize(
    ("events", "command", "code", "field"),
    [
        ((), enrol(on=TOMORROW), "in_the_future", "/enrolled_on"),
        ((enrolled(),), enrol(funding="self"), "enrolment_exists", "/enrolment_id"),
        ((enrolled(funding="self"),), enrol(SECOND), "already_enrolled", "/enrolment_id"),
        ((enrolled(), deferred(months(2))), enrol(SECOND, funding="self"), "already_enrolled", "/enrolment_id"),
        ((enrolled(), *COMPLETED), enrol(SECOND), "scholarship_used", "/funding"),
        ((enrolled(), STARTED, withdrawn(months(3))), enrol(SECOND), "scholarship_used", "/funding"),
    ],
)
def test_an_enrolment_that_cannot_be_is_refused(
    events: tuple[QualificationEvent, ...], command: Enrol, code: str, field: str
) -> None:
    when = given(course, *events)

    with refused(code, field):
        when(today(command))


@pytest.mark.parametrize(
    "before",
    [
        (enrolled(), *COMPLETED),
        (enrolled(), *COMPLETED, ended("failed")),
        (enrolled(), STARTED, withdrawn(months(3))),
    ],
)
def test_who_pays_themselves_may_repeat_the_course(before: tuple[QualificationEvent, ...]) -> None:
    when = given(course, *before)

    assert when(today(enrol(SECOND, funding="self"))) == [enrolled(SECOND, funding="self")]


def test_a_place_is_free_again_when_its_holder_left_before_they_started() -> None:
    assert given(course, enrolled(), withdrawn(months(1)))(today(enrol(SECOND))) == [enrolled(SECOND)]
    assert given(course, enrolled(), STARTED, voided("started"), withdrawn(TODAY))(today(enrol(SECOND))) == [
        enrolled(SECOND)
    ]


def test_who_paid_the_first_time_may_have_the_scholarship_the_second() -> None:
    when = given(course, enrolled(funding="trust"), *COMPLETED)

    assert when(today(enrol(SECOND))) == [enrolled(SECOND)]


def test_the_additional_support_offer_and_early_headship_coaching_are_one_course() -> None:
    when = given(course, enrolled(course="npq-additional-support-offer"))
    with refused("already_enrolled", "/enrolment_id"):
        when(today(enrol(SECOND, course="npq-early-headship-coaching-offer")))


@pytest.mark.parametrize(
    ("of", "stream"),
    [
        ("npq-headship", f"qualification-{ADA}-npq-headship"),
        ("npq-early-headship-coaching-offer", f"qualification-{ADA}-npq-early-headship-coaching-offer"),
        ("npq-additional-support-offer", f"qualification-{ADA}-npq-early-headship-coaching-offer"),
    ],
)
def test_a_stream_is_named_by_its_person_and_course(of: Course, stream: str) -> None:
    assert qualification_stream(ADA, of) == stream


def test_an_enrolment_keeps_the_name_of_its_course() -> None:
    when = given(course, enrolled(course="npq-additional-support-offer"))
    under_the_new_name = declare("started", months(1), course="npq-early-headship-coaching-offer")

    assert when(today(under_the_new_name)) == [declared("started", months(1), course="npq-additional-support-offer")]


# Outcomes


@pytest.mark.parametrize("outcome", ["passed", "failed"])
def test_a_course_that_was_completed_has_an_outcome(outcome: Outcome) -> None:
    when = given(course, enrolled(), *COMPLETED)

    assert when(today(record(outcome))) == [ended(outcome)]


def test_after_a_failure_a_resit_may_pass() -> None:
    when = given(course, enrolled(), *COMPLETED, ended("failed", months(13)))

    assert when(today(record("passed"))) == [ended("passed")]


def test_the_same_outcome_again_changes_nothing() -> None:
    when = given(course, enrolled(), *COMPLETED, ended("passed"))

    assert when(today(record("passed"))) == []


def test_an_outcome_is_voided_at_any_time() -> None:
    assert given(course, enrolled(), *COMPLETED, ended("passed"))(today(record("voided"))) == [ended("voided")]
    assert given(course, enrolled(), *COMPLETED, ended("failed"), ended("voided"))(today(record("voided"))) == []
    assert given(course, enrolled())(today(record("voided"))) == []  # none counts already


def test_after_it_was_voided_another_is_recorded() -> None:
    when = given(course, enrolled(), *COMPLETED, ended("failed", months(13)), ended("voided", months(13)))

    assert when(today(record("passed"))) == [ended("passed")]


@pytest.mark.parametrize(
    ("events", "command", "code", "field"),
    [
        ((), record("passed"), "enrolment_unknown", "/enrolment_id"),
        ((enrolled(SECOND),), record("voided"), "enrolment_unknown", "/enrolment_id"),
        ((enrolled(), *RETAINED), record("passed"), "not_completed", "/enrolment_id"),
        ((enrolled(), *COMPLETED, voided("completed")), record("failed"), "not_completed", "/enrolment_id"),
        ((enrolled(), *COMPLETED), record("passed", TOMORROW), "in_the_future", "/outcome_on"),
        ((enrolled(), *COMPLETED), record("passed", months(11)), "days_out_of_order", "/outcome_on"),
        ((enrolled(), *COMPLETED, ended("passed")), record("voided", months(13)), "days_out_of_order", "/outcome_on"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(
    events: tuple[QualificationEvent, ...], command: AnyCommand, code: str, field: str
) -> None:
    when = given(course, *events)

    with refused(code, field):
        when(today(command))


# What holds after anything that may be said about a person's course

ids = st.sampled_from([FIRST, SECOND, UUID(int=13)])
days = st.integers(-2, 5).map(lambda n: ENROLLED_ON + timedelta(days=n)) | st.just(TOMORROW)
commands: st.SearchStrategy[AnyCommand] = st.one_of(
    st.builds(enrol, ids, funding=st.sampled_from(["scholarship", "self"]), on=days),
    st.builds(declare, st.sampled_from(["started", "retained-1", "retained-2", "completed"]), days, ids),
    st.builds(void, st.sampled_from(["started", "completed"]), days, ids),
    st.builds(defer, days, ids),
    st.builds(resume, days, ids),
    st.builds(withdraw, days, ids),
    st.builds(record, st.sampled_from(["passed", "failed", "voided"]), days, ids),
)
_further: list[AnyCommand] = [
    enrol(),
    declare("started", ENROLLED_ON),
    declare("retained-1", ENROLLED_ON),
    declare("retained-2", ENROLLED_ON),
    declare("completed", ENROLLED_ON),
    record("failed", ENROLLED_ON),
]
sequences = st.builds(
    lambda further, then: [*map(today, (*_further[:further], *then))],
    st.integers(0, len(_further)),
    st.lists(commands, max_size=14),
)


@over(sequences)
def test_repeats_never_change_where_it_ends(sequence: list[Dated[AnyCommand]]) -> None:
    once, taken = after(course, sequence)

    assert after(course, twice_each(sequence)) == (once, twice_each(taken))
    enrolments = [asked for asked in taken if isinstance(asked.command, Enrol)]
    # The rest is left out: what was voided, resumed or marked otherwise since may be said anew.
    assert events_of(course, enrolments, once) == []


@over(sequences)
def test_what_always_holds_of_a_course(sequence: list[Dated[AnyCommand]]) -> None:
    before = [after(course, sequence[:length])[0] for length in range(len(sequence))]
    for state in (*before, *whatever_stands(course, sequence)):
        enrolments = list(state.enrolments.values())

        assert sum(e.in_progress for e in enrolments) <= 1
        assert sum(e.uses_scholarship for e in enrolments) <= 1
        for e in enrolments:
            reached = [e.milestones[m] for m in milestones_of(e.enrolled.course) if m in e.milestones]
            assert all(earlier <= later for earlier, later in pairwise([e.enrolled.enrolled_on, *reached]))
            assert "completed" not in e.milestones or e.status == "active"
            assert not e.ended or "completed" in e.milestones


def test_the_sequences_reach_what_matters() -> None:
    state, taken = after(course, [*map(today, _further)])

    assert len(taken) == len(_further)
    assert known_enrolment(FIRST, state).ended
