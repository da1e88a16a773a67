"""Schools and the trust say how they see themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.days import Dated
from services.collaboration.domain.self_assessment import (
    SubmitSelfAssessment,
    items_of,
    self_assessment,
    self_assessment_stream,
)
from shared.contracts.collaboration.planning import SelfAssessmentAnswer, SelfAssessmentSubmitted
from tests.unit.collaboration.facts import ITEM, OAK, TRUST
from tests.unit.collaboration.properties import assert_late_repeats_change_nothing, assert_repeats_change_nothing
from tests.unit.given import given, refused

TODAY = date(2026, 11, 25)
CULTURE = SelfAssessmentAnswer(item="culture", answer="we_do_this")
TOGETHER = SelfAssessmentAnswer(item="collaboration", answer="we_talk_about_it")
SUBMIT = SubmitSelfAssessment(
    assessment_id=ITEM,
    trustuid=TRUST,
    urn=OAK,
    instrument="ten_principles",
    answers=(CULTURE, TOGETHER),
    submitted_on=TODAY,
)
SUBMITTED = SelfAssessmentSubmitted(
    assessment_id=ITEM,
    trustuid=TRUST,
    urn=OAK,
    instrument="ten_principles",
    answers=(CULTURE, TOGETHER),
    submitted_on=TODAY,
)


def test_a_school_or_the_trust_assesses_itself() -> None:
    when = given(self_assessment)

    assert when(Dated(SUBMIT, TODAY)) == [SUBMITTED]
    assert when(Dated(replace(SUBMIT, urn=None), TODAY)) == [replace(SUBMITTED, urn=None)]


def test_submitting_it_again_changes_nothing() -> None:
    assert given(self_assessment, SUBMITTED)(Dated(SUBMIT, TODAY)) == []


def test_another_assessment_has_an_id_of_its_own() -> None:
    with refused("assessment_exists", "/assessment_id"):
        given(self_assessment, SUBMITTED)(Dated(replace(SUBMIT, answers=(CULTURE,)), TODAY))


def test_there_are_ten_principles_and_five_dimensions_of_capacity() -> None:
    assert [len(items) for items in (items_of["ten_principles"], items_of["capacity"])] == [10, 5]


def test_answers_fit_their_instrument() -> None:
    when = given(self_assessment)

    assert when(Dated(replace(SUBMIT, instrument="capacity", answers=(TOGETHER,)), TODAY))
    with refused("item_of_other_instrument", "/answers/1/item"):
        when(Dated(replace(SUBMIT, instrument="capacity", answers=(TOGETHER, CULTURE)), TODAY))


def test_each_item_is_answered_once() -> None:
    with refused("item_answered_twice", "/answers/1/item"):
        given(self_assessment)(Dated(replace(SUBMIT, answers=(CULTURE, CULTURE)), TODAY))


def test_nothing_is_assessed_in_the_future() -> None:
    with refused("in_the_future", "/submitted_on"):
        given(self_assessment)(Dated(SUBMIT, TODAY - timedelta(days=1)))


def test_each_assessment_has_a_stream_of_its_own() -> None:
    assert self_assessment_stream(ITEM) == f"self-assessment-{ITEM}"


ANSWERS = st.lists(st.sampled_from([CULTURE, TOGETHER]), min_size=1, max_size=3).map(tuple)
DAYS = st.integers(-1, 1).map(lambda days: TODAY + timedelta(days=days))


@over(st.lists(st.builds(replace, st.just(SUBMIT), answers=ANSWERS, submitted_on=DAYS), max_size=8))
def test_any_submissions_may_come_more_than_once(commands: list[SubmitSelfAssessment]) -> None:
    dated = [Dated(command, TODAY) for command in commands]

    assert_repeats_change_nothing(self_assessment, dated)
    assert_late_repeats_change_nothing(self_assessment, dated)
