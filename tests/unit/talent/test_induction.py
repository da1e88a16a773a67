"""An early-career teacher serves one induction: supported by two, perhaps paused, reviewed, passed or failed."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.induction import (
    ChangeInduction,
    CompleteInduction,
    Induction,
    InductionCommand,
    PauseInduction,
    ResumeInduction,
    ReviewProgress,
    StartInduction,
    induction,
    induction_stream,
)
from services.talent.domain.pause import Pause, paused_on
from shared.contracts.talent.careers import (
    EctInductionChanged,
    EctInductionCompleted,
    EctInductionPaused,
    EctInductionResumed,
    EctInductionStarted,
    EctProgressReviewed,
)
from tests.unit.given import given, refused
from tests.unit.repeats import after, twice_each

ADA, BEN, CLEO, DOT = (UUID(int=n) for n in (1, 2, 3, 4))
INDUCTION, OTHER = UUID(int=11), UUID(int=12)
REVIEW_1, REVIEW_2 = UUID(int=21), UUID(int=22)
SEP, NOV, JAN, MAY, JUL = (date(2025, 9, 1), date(2025, 11, 3), date(2026, 1, 5), date(2026, 5, 4), date(2026, 7, 10))
TODAY, TOMORROW = date(2026, 7, 20), date(2026, 7, 21)

START = StartInduction(
    induction_id=INDUCTION,
    person_id=ADA,
    mentor_id=BEN,
    tutor_id=CLEO,
    appropriate_body="Harbour Teaching School Hub",
    fte_hundredths=60,
    started_on=SEP,
    today=TODAY,
)
STARTED = EctInductionStarted(
    induction_id=INDUCTION,
    person_id=ADA,
    mentor_id=BEN,
    tutor_id=CLEO,
    appropriate_body="Harbour Teaching School Hub",
    fte_hundredths=60,
    started_on=SEP,
)
CHANGE = ChangeInduction(
    induction_id=INDUCTION,
    person_id=ADA,
    mentor_id=DOT,
    tutor_id=CLEO,
    appropriate_body="Harbour Teaching School Hub",
    fte_hundredths=100,
    from_on=JAN,
    today=TODAY,
)
CHANGED = EctInductionChanged(
    induction_id=INDUCTION,
    person_id=ADA,
    mentor_id=DOT,
    tutor_id=CLEO,
    appropriate_body="Harbour Teaching School Hub",
    fte_hundredths=100,
    from_on=JAN,
)
PAUSE = PauseInduction(induction_id=INDUCTION, person_id=ADA, from_on=NOV, today=TODAY)
PAUSED = EctInductionPaused(induction_id=INDUCTION, person_id=ADA, from_on=NOV)
RESUME = ResumeInduction(induction_id=INDUCTION, person_id=ADA, from_on=JAN, today=TODAY)
RESUMED = EctInductionResumed(induction_id=INDUCTION, person_id=ADA, from_on=JAN)
REVIEW = ReviewProgress(
    induction_id=INDUCTION,
    person_id=ADA,
    review_id=REVIEW_1,
    on_track=True,
    reviewed_by=CLEO,
    reviewed_on=MAY,
    today=TODAY,
)
REVIEWED = EctProgressReviewed(
    induction_id=INDUCTION, person_id=ADA, review_id=REVIEW_1, on_track=True, reviewed_by=CLEO, reviewed_on=MAY
)
COMPLETE = CompleteInduction(induction_id=INDUCTION, person_id=ADA, outcome="passed", completed_on=JUL, today=TODAY)
PASSED = EctInductionCompleted(induction_id=INDUCTION, person_id=ADA, outcome="passed", completed_on=JUL)
FAILED = replace(PASSED, outcome="failed")
EXTENDED = replace(PASSED, outcome="extended")


def test_an_induction_starts() -> None:
    when = given(induction)

    assert when(START) == [STARTED]


def test_starting_it_again_changes_nothing_whatever_came_since() -> None:
    assert given(induction, STARTED)(START) == []
    assert given(induction, STARTED, CHANGED, PAUSED)(START) == []
    assert given(induction, STARTED, PASSED)(START) == []


@pytest.mark.parametrize("field", ["mentor_id", "tutor_id"])
def test_nobody_supports_their_own_induction(field: str) -> None:
    other = {field: ADA}

    with refused("ect_supports_self", f"/{field}"):
        given(induction)(replace(START, **other))  # type: ignore[arg-type]  # one of the two supporters
    with refused("ect_supports_self", f"/{field}"):
        given(induction, STARTED)(replace(CHANGE, **other))  # type: ignore[arg-type]  # the same


def test_mentor_and_tutor_are_two_people() -> None:
    with refused("mentor_is_tutor", "/tutor_id"):
        given(induction)(replace(START, tutor_id=BEN))
    with refused("mentor_is_tutor", "/tutor_id"):
        given(induction, STARTED)(replace(CHANGE, mentor_id=CLEO))


def test_in_a_very_small_school_one_person_may_be_both_when_that_is_said() -> None:
    when = given(induction)

    assert when(replace(START, tutor_id=BEN, one_person_for_both=True)) == [replace(STARTED, tutor_id=BEN)]


@pytest.mark.parametrize(("fte", "code"), [(0, "fte_missing"), (101, "fte_above_full_time")])
def test_the_share_of_full_time_is_a_share(fte: int, code: str) -> None:
    with refused(code, "/fte_hundredths"):
        given(induction)(replace(START, fte_hundredths=fte))
    with refused(code, "/fte_hundredths"):
        given(induction, STARTED)(replace(CHANGE, fte_hundredths=fte))


@pytest.mark.parametrize("fte", [1, 100])
def test_a_part_timer_serves_an_induction_too(fte: int) -> None:
    when = given(induction)

    assert when(replace(START, fte_hundredths=fte)) == [replace(STARTED, fte_hundredths=fte)]


def test_an_induction_id_names_one_induction() -> None:
    when = given(induction, STARTED)

    with refused("induction_exists", "/induction_id"):
        when(replace(START, fte_hundredths=100))


def test_a_returner_goes_on_with_the_induction_that_is_not_complete() -> None:
    when = given(induction, STARTED, PAUSED)

    with refused("induction_running", "/person_id"):
        when(replace(START, induction_id=OTHER, started_on=MAY))
    assert when(replace(RESUME, from_on=MAY)) == [replace(RESUMED, from_on=MAY)]


def test_an_extended_induction_runs_on() -> None:
    when = given(induction, STARTED, EXTENDED)

    with refused("induction_running", "/person_id"):
        when(replace(START, induction_id=OTHER))
    assert when(replace(REVIEW, reviewed_on=TODAY))
    assert when(replace(COMPLETE, completed_on=TODAY))


@pytest.mark.parametrize("ended", [PASSED, FAILED])
def test_nobody_serves_a_second_induction(ended: EctInductionCompleted) -> None:
    when = given(induction, STARTED, ended)

    with refused("induction_over", "/person_id"):
        when(replace(START, induction_id=OTHER))


@pytest.mark.parametrize("command", [CHANGE, PAUSE, RESUME, REVIEW, COMPLETE])
def test_an_induction_that_nobody_started_is_unknown(command: InductionCommand) -> None:
    for when in (given(induction), given(induction, replace(STARTED, induction_id=OTHER))):
        with refused("induction_unknown", "/induction_id"):
            when(command)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (replace(START, started_on=TOMORROW), "/started_on"),
        (replace(CHANGE, from_on=TOMORROW), "/from_on"),
        (replace(PAUSE, from_on=TOMORROW), "/from_on"),
        (replace(RESUME, from_on=TOMORROW), "/from_on"),
        (replace(REVIEW, reviewed_on=TOMORROW), "/reviewed_on"),
        (replace(COMPLETE, completed_on=TOMORROW), "/completed_on"),
    ],
)
def test_nothing_has_happened_in_the_future(command: InductionCommand, field: str) -> None:
    begun = () if isinstance(command, StartInduction) else (STARTED,)
    when = given(induction, *begun, *([PAUSED] if isinstance(command, ResumeInduction) else []))

    with refused("in_the_future", field):
        when(command)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (replace(CHANGE, from_on=date(2025, 8, 31)), "/from_on"),
        (replace(PAUSE, from_on=date(2025, 8, 31)), "/from_on"),
        (replace(REVIEW, reviewed_on=date(2025, 8, 31)), "/reviewed_on"),
        (replace(COMPLETE, completed_on=date(2025, 8, 31)), "/completed_on"),
    ],
)
def test_nothing_happens_to_it_before_it_starts(command: InductionCommand, field: str) -> None:
    when = given(induction, STARTED)

    with refused("before_induction", field):
        when(command)


def test_it_has_another_mentor_and_another_share_from_a_day_on() -> None:
    when = given(induction, STARTED)

    assert when(CHANGE) == [CHANGED]


def test_changing_it_again_changes_nothing_and_other_words_of_that_day_put_it_right() -> None:
    when = given(induction, STARTED, CHANGED, replace(CHANGED, mentor_id=BEN, from_on=MAY))

    assert when(CHANGE) == []
    assert when(replace(CHANGE, mentor_id=BEN)) == [replace(CHANGED, mentor_id=BEN)]


def test_it_pauses_and_goes_on() -> None:
    assert given(induction, STARTED)(PAUSE) == [PAUSED]
    assert given(induction, STARTED, PAUSED)(RESUME) == [RESUMED]


def test_pausing_and_resuming_again_changes_nothing() -> None:
    assert given(induction, STARTED, PAUSED)(PAUSE) == []
    assert given(induction, STARTED, PAUSED, RESUMED)(PAUSE) == []
    assert given(induction, STARTED, PAUSED, RESUMED)(RESUME) == []
    assert given(induction, STARTED, PAUSED, RESUMED, replace(PAUSED, from_on=MAY))(RESUME) == []


def test_pauses_and_resumptions_alternate() -> None:
    with refused("induction_paused", "/induction_id"):
        given(induction, STARTED, PAUSED)(replace(PAUSE, from_on=JAN))
    with refused("induction_not_paused", "/induction_id"):
        given(induction, STARTED)(RESUME)
    with refused("induction_not_paused", "/induction_id"):
        given(induction, STARTED, PAUSED, RESUMED)(replace(RESUME, from_on=MAY))


def test_it_goes_on_after_it_paused() -> None:
    when = given(induction, STARTED, PAUSED)

    assert when(replace(RESUME, from_on=date(2025, 11, 4)))
    with refused("resumed_before_paused", "/from_on"):
        when(replace(RESUME, from_on=NOV))


def test_pauses_do_not_overlap() -> None:
    when = given(induction, STARTED, PAUSED, RESUMED)

    assert when(replace(PAUSE, from_on=JAN))
    with refused("pauses_overlap", "/from_on"):
        when(replace(PAUSE, from_on=date(2026, 1, 4)))


def test_progress_is_reviewed() -> None:
    when = given(induction, STARTED)

    assert when(REVIEW) == [REVIEWED]
    assert when(replace(REVIEW, formal=True, on_track=False)) == [replace(REVIEWED, formal=True, on_track=False)]


def test_a_review_is_recorded_once() -> None:
    when = given(induction, STARTED, REVIEWED, PASSED)

    assert when(REVIEW) == []
    with refused("review_exists", "/review_id"):
        when(replace(REVIEW, on_track=False))


def test_nobody_reviews_their_own_progress() -> None:
    when = given(induction, STARTED)

    with refused("reviews_self", "/reviewed_by"):
        when(replace(REVIEW, reviewed_by=ADA))


@pytest.mark.parametrize("day", [NOV, date(2026, 1, 4)])
def test_nobody_is_judged_while_the_induction_pauses(day: date) -> None:
    when = given(induction, STARTED, PAUSED, RESUMED)

    with refused("induction_paused", "/reviewed_on"):
        when(replace(REVIEW, reviewed_on=day))
    with refused("induction_paused", "/completed_on"):
        when(replace(COMPLETE, completed_on=day))


def test_it_starts_and_goes_on_as_the_day_begins() -> None:
    when = given(induction, STARTED, PAUSED, RESUMED)

    assert when(replace(REVIEW, reviewed_on=JAN))
    assert when(replace(REVIEW, reviewed_on=SEP))
    assert given(induction, STARTED)(replace(PAUSE, from_on=SEP))


def test_a_review_of_before_a_pause_may_be_recorded_during_it() -> None:
    when = given(induction, STARTED, PAUSED)

    assert when(replace(REVIEW, reviewed_on=date(2025, 11, 2)))
    with refused("induction_paused", "/reviewed_on"):
        when(REVIEW)


@pytest.mark.parametrize("outcome", ["passed", "failed", "extended"])
def test_the_appropriate_body_decides(outcome: str) -> None:
    when = given(induction, STARTED, REVIEWED)

    assert when(replace(COMPLETE, outcome=outcome)) == [  # type: ignore[arg-type]  # one of the outcomes
        replace(PASSED, outcome=outcome)  # type: ignore[arg-type]  # the same
    ]


def test_deciding_again_changes_nothing() -> None:
    assert given(induction, STARTED, PASSED)(COMPLETE) == []
    assert given(induction, STARTED, EXTENDED)(replace(COMPLETE, outcome="extended")) == []
    extended_and_passed = given(induction, STARTED, EXTENDED, replace(PASSED, completed_on=TODAY))
    assert extended_and_passed(replace(COMPLETE, outcome="extended")) == []


@pytest.mark.parametrize(
    "command",
    [
        replace(CHANGE, from_on=MAY),
        PAUSE,
        RESUME,
        replace(REVIEW, review_id=REVIEW_2, reviewed_on=date(2026, 7, 11)),
        replace(COMPLETE, outcome="failed"),
        replace(COMPLETE, completed_on=TODAY),
        replace(COMPLETE, outcome="extended"),
    ],
)
def test_nothing_follows_its_end(command: InductionCommand) -> None:
    when = given(induction, STARTED, PASSED)

    with refused("induction_over", "/induction_id"):
        when(command)


def test_a_review_of_before_its_end_may_be_recorded_afterwards() -> None:
    when = given(induction, STARTED, PASSED)

    assert when(REVIEW) == [REVIEWED]
    assert when(replace(REVIEW, reviewed_on=JUL))


def test_the_decision_follows_the_reviews() -> None:
    when = given(induction, STARTED, REVIEWED)

    assert when(replace(COMPLETE, completed_on=MAY))
    with refused("reviewed_since", "/completed_on"):
        when(replace(COMPLETE, completed_on=date(2026, 5, 3)))


def test_a_person_has_one_stream_of_inductions() -> None:
    assert induction_stream(ADA) == f"induction-{ADA}"


days = st.sampled_from([date(2025, 8, 31), SEP, NOV, JAN, MAY, JUL, TODAY, TOMORROW])
ids = st.sampled_from([INDUCTION, INDUCTION, OTHER])
people = st.sampled_from([ADA, BEN, CLEO])
commands: st.SearchStrategy[InductionCommand] = st.one_of(
    st.builds(
        replace, st.just(START), induction_id=ids, mentor_id=people, tutor_id=people, one_person_for_both=st.booleans()
    ),
    st.builds(replace, st.just(CHANGE), fte_hundredths=st.integers(0, 101), from_on=days),
    st.builds(replace, st.just(PAUSE), from_on=days),
    st.builds(replace, st.just(RESUME), from_on=days),
    st.builds(
        replace, st.just(REVIEW), review_id=st.sampled_from([REVIEW_1, REVIEW_2]), reviewed_by=people, reviewed_on=days
    ),
    st.builds(
        replace, st.just(COMPLETE), outcome=st.sampled_from(["passed", "extended", "extended"]), completed_on=days
    ),
)


@over(st.lists(commands, max_size=20))
def test_repeats_never_change_where_it_ends(sequence: list[InductionCommand]) -> None:
    sequence = [START, *sequence]
    once, taken = after(induction, sequence)

    assert after(induction, twice_each(sequence)) == (once, twice_each(taken))


@over(st.lists(commands, max_size=20))
def test_pauses_lie_one_after_the_other_and_its_end_is_the_end(sequence: list[InductionCommand]) -> None:
    state: Induction = after(induction, [START, *sequence])[0]

    last = SEP
    for number, pause in enumerate(state.pauses, start=1):
        assert last <= pause.from_on
        assert pause.until_on is not None or number == len(state.pauses)
        last = pause.until_on or TODAY
        assert pause.from_on < last or pause == Pause(from_on=TODAY)
    if state.ended is not None:
        assert all(review.reviewed_on <= state.ended.completed_on for review in state.reviews.values())
        assert not paused_on(state.ended.completed_on, state.pauses)
