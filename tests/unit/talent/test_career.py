"""Others assess which stage somebody's career is at; they themselves say what they want next."""

from dataclasses import replace
from datetime import date
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.career import (
    AssessCareerStage,
    Career,
    CareerCommand,
    RecordAspiration,
    career,
    career_stream,
)
from shared.contracts.talent.careers import (
    CareerAspirationRecorded,
    CareerStageAssessed,
    Direction,
    Pathway,
    Stage,
)
from tests.unit.given import given, refused
from tests.unit.repeats import after, twice_each

ADA, BEN, CLEO = (UUID(int=n) for n in (1, 2, 3))
ON, LATER, TODAY = date(2026, 6, 12), date(2026, 9, 14), date(2026, 10, 1)

ASSESS = AssessCareerStage(
    person_id=ADA,
    stage="stage_3",
    pathway="headship",
    assessor_id=BEN,
    evidence="Leads the phase team.",
    assessed_on=ON,
    today=TODAY,
)
ASSESSED = CareerStageAssessed(
    person_id=ADA,
    stage="stage_3",
    pathway="headship",
    assessor_id=BEN,
    evidence="Leads the phase team.",
    assessed_on=ON,
)
WANT = RecordAspiration(
    person_id=ADA,
    direction="up",
    target_role="headteacher",
    target_year="2029/30",
    recorded_on=ON,
    today=TODAY,
)
WANTED = CareerAspirationRecorded(
    person_id=ADA, direction="up", target_role="headteacher", target_year="2029/30", recorded_on=ON
)


def test_a_stage_is_assessed() -> None:
    when = given(career)

    assert when(ASSESS) == [ASSESSED]


@pytest.mark.parametrize("stage", get_args(Stage))
@pytest.mark.parametrize("pathway", get_args(Pathway))
def test_everybody_is_at_a_stage_of_a_pathway_support_staff_and_late_career_too(stage: Stage, pathway: Pathway) -> None:
    when = given(career)

    assert when(replace(ASSESS, stage=stage, pathway=pathway)) == [replace(ASSESSED, stage=stage, pathway=pathway)]


def test_the_same_assessment_again_changes_nothing_whatever_came_since() -> None:
    since = replace(ASSESSED, stage="stage_4", assessed_on=LATER)

    assert given(career, ASSESSED)(ASSESS) == []
    assert given(career, ASSESSED)(replace(ASSESS, evidence=None)) == []
    assert given(career, ASSESSED, since)(ASSESS) == []


@pytest.mark.parametrize("other", [{"stage": "stage_2"}, {"pathway": "specialist"}])
def test_another_word_of_the_same_day_puts_it_right(other: dict[str, str]) -> None:
    when = given(career, ASSESSED)

    assert when(replace(ASSESS, **other)) == [replace(ASSESSED, **other)]  # type: ignore[arg-type]  # one field or another


def test_somebody_else_may_see_the_same_on_the_same_day() -> None:
    when = given(career, ASSESSED)

    assert when(replace(ASSESS, assessor_id=CLEO)) == [replace(ASSESSED, assessor_id=CLEO)]


def test_an_older_assessment_may_be_recorded_later() -> None:
    when = given(career, replace(ASSESSED, assessed_on=LATER))

    assert when(ASSESS) == [ASSESSED]


def test_nobody_assesses_their_own_stage() -> None:
    when = given(career)

    with refused("assesses_self", "/assessor_id"):
        when(replace(ASSESS, assessor_id=ADA))


def test_an_assessment_has_been_made() -> None:
    when = given(career)

    assert when(replace(ASSESS, assessed_on=TODAY))
    with refused("in_the_future", "/assessed_on"):
        when(replace(ASSESS, assessed_on=date(2026, 10, 2)))


def test_an_aspiration_is_recorded() -> None:
    when = given(career)

    assert when(WANT) == [WANTED]


@pytest.mark.parametrize("direction", ["lateral", "stay"])
def test_who_stays_at_their_level_needs_no_other_role(direction: Direction) -> None:
    when = given(career)

    assert when(replace(WANT, direction=direction, target_role=None, target_year=None)) == [
        replace(WANTED, direction=direction, target_role=None, target_year=None)
    ]


@pytest.mark.parametrize("direction", ["up", "specialist"])
def test_a_step_up_or_a_specialism_leads_to_a_role(direction: Direction) -> None:
    when = given(career)

    with refused("target_role_missing", "/target_role"):
        when(replace(WANT, direction=direction, target_role=None))


def test_the_target_year_is_the_one_it_was_said_in_or_a_later_one() -> None:
    when = given(career)

    assert when(replace(WANT, target_year="2025/26"))  # it was said in June 2026
    with refused("target_year_in_the_past", "/target_year"):
        when(replace(WANT, target_year="2024/25"))
    with refused("target_year_in_the_past", "/target_year"):
        when(replace(WANT, target_year="2025/26", recorded_on=LATER))


def test_a_target_year_is_a_year() -> None:
    when = given(career)

    with refused("academic_year_not_consecutive", "/target_year"):
        when(replace(WANT, target_year="2029/31"))


def test_an_aspiration_has_been_said() -> None:
    when = given(career)

    with refused("in_the_future", "/recorded_on"):
        when(replace(WANT, recorded_on=date(2026, 10, 2)))


def test_the_same_aspiration_again_changes_nothing_whatever_came_since() -> None:
    since = replace(WANTED, direction="stay", target_role=None, target_year=None, recorded_on=LATER)

    assert given(career, WANTED)(WANT) == []
    assert given(career, WANTED, since)(WANT) == []


def test_a_second_thought_on_the_same_day_counts() -> None:
    when = given(career, WANTED)

    assert when(replace(WANT, target_role="deputy_headteacher")) == [replace(WANTED, target_role="deputy_headteacher")]


def test_no_personal_text_stays_in_the_state() -> None:
    assert "phase team" not in repr(career.fold([ASSESSED]))


def test_its_stream_is_the_persons() -> None:
    assert career_stream(ADA) == f"career-{ADA}"


days = st.sampled_from([ON, LATER, TODAY, date(2026, 10, 2)])
commands = st.one_of(
    st.builds(
        replace,
        st.just(ASSESS),
        stage=st.sampled_from(["stage_3", "stage_4"]),
        assessor_id=st.sampled_from([ADA, BEN, CLEO]),
        assessed_on=days,
    ),
    st.builds(
        replace,
        st.just(WANT),
        direction=st.sampled_from(get_args(Direction)),
        target_role=st.sampled_from([None, "headteacher"]),
        target_year=st.sampled_from([None, "2024/25", "2026/27"]),
        recorded_on=days,
    ),
)


@over(st.lists(commands, max_size=12))
def test_repeats_never_change_where_it_ends(sequence: list[CareerCommand]) -> None:
    once, taken = after(career, sequence)

    assert after(career, twice_each(sequence)) == (once, twice_each(taken))


@over(st.lists(commands, max_size=12))
def test_nothing_is_from_the_future_and_nobody_assessed_themselves(sequence: list[CareerCommand]) -> None:
    state: Career = after(career, sequence)[0]

    assert all(day <= TODAY and assessor != ADA for day, assessor in state.stages)
    assert all(day <= TODAY for day in state.aspirations)
    assert all(role for direction, role, _ in state.aspirations.values() if direction in {"up", "specialist"})
