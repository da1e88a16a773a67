"""One engagement: it starts, changes, pauses, goes on, and ends."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.engagement import (
    ChangeEngagement,
    EndEngagement,
    EngagementCommand,
    PauseEngagement,
    ResumeEngagement,
    StartEngagement,
    engagement,
)
from shared.contracts.talent.register import (
    EngagementChanged,
    EngagementEnded,
    EngagementKind,
    EngagementPaused,
    EngagementResumed,
    EngagementStarted,
)
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each

ADA, TEACHING = UUID(int=1), UUID(int=11)
FROM, UNTIL = date(2024, 9, 1), date(2026, 8, 31)
CHANGED_ON, PAUSED_ON, RESUMED_ON = date(2025, 1, 1), date(2025, 3, 1), date(2025, 9, 1)

START = StartEngagement(
    person_id=ADA,
    engagement_id=TEACHING,
    urn="900001",
    kind="permanent",
    role="teacher",
    fte_hundredths=60,
    started_on=FROM,
)
STARTED = EngagementStarted(
    person_id=ADA,
    engagement_id=TEACHING,
    urn="900001",
    kind="permanent",
    role="teacher",
    fte_hundredths=60,
    started_on=FROM,
)
CHANGE = ChangeEngagement(
    person_id=ADA, engagement_id=TEACHING, role="head_of_year", fte_hundredths=80, from_on=CHANGED_ON
)
CHANGED = EngagementChanged(
    person_id=ADA, engagement_id=TEACHING, urn="900001", role="head_of_year", fte_hundredths=80, from_on=CHANGED_ON
)
PAUSE = PauseEngagement(person_id=ADA, engagement_id=TEACHING, from_on=PAUSED_ON)
PAUSED = EngagementPaused(person_id=ADA, engagement_id=TEACHING, urn="900001", from_on=PAUSED_ON)
RESUME = ResumeEngagement(person_id=ADA, engagement_id=TEACHING, from_on=RESUMED_ON)
RESUMED = EngagementResumed(person_id=ADA, engagement_id=TEACHING, urn="900001", from_on=RESUMED_ON)
END = EndEngagement(person_id=ADA, engagement_id=TEACHING, ended_on=UNTIL, reason="retired")
ENDED = EngagementEnded(person_id=ADA, engagement_id=TEACHING, ended_on=UNTIL, reason="retired")
DAY = timedelta(days=1)


def test_an_engagement_starts() -> None:
    when = given(engagement)

    assert when(START) == [STARTED]


def test_starting_it_again_changes_nothing() -> None:
    assert given(engagement, STARTED)(START) == []
    assert given(engagement, STARTED, CHANGED, PAUSED, ENDED)(START) == []


def test_an_id_names_one_engagement() -> None:
    when = given(engagement, STARTED)

    with refused("engagement_exists", "/engagement_id"):
        when(replace(START, role="head_of_year"))


def test_one_engagement_is_at_most_full_time() -> None:
    assert given(engagement)(replace(START, fte_hundredths=100))
    with refused("fte_above_full_time", "/fte_hundredths"):
        given(engagement)(replace(START, fte_hundredths=101))
    with refused("fte_above_full_time", "/fte_hundredths"):
        given(engagement, STARTED)(replace(CHANGE, fte_hundredths=101))


@pytest.mark.parametrize("kind", ["governor", "trustee", "volunteer"])
def test_who_serves_unpaid_has_no_share_of_full_time(kind: EngagementKind) -> None:
    when = given(engagement)

    assert when(replace(START, kind=kind, fte_hundredths=0))


@pytest.mark.parametrize("kind", ["permanent", "fixed_term", "supply", "trainee", "contractor"])
def test_who_is_employed_has_one(kind: EngagementKind) -> None:
    with refused("fte_missing", "/fte_hundredths"):
        given(engagement)(replace(START, kind=kind, fte_hundredths=0))
    with refused("fte_missing", "/fte_hundredths"):
        given(engagement, replace(STARTED, kind=kind))(replace(CHANGE, fte_hundredths=0))


def test_it_changes_from_a_day_on() -> None:
    when = given(engagement, STARTED)

    assert when(CHANGE) == [CHANGED]
    state = engagement.fold([STARTED, CHANGED])
    assert [state.terms_on(day) for day in (FROM - DAY, FROM, CHANGED_ON - DAY, CHANGED_ON)] == [
        None,
        STARTED,
        STARTED,
        CHANGED,
    ]


def test_it_may_change_while_it_is_paused() -> None:
    when = given(engagement, STARTED, PAUSED)

    assert when(replace(CHANGE, from_on=PAUSED_ON)) == [replace(CHANGED, from_on=PAUSED_ON)]


def test_a_change_said_again_changes_nothing() -> None:
    back = replace(CHANGED, role="teacher", fte_hundredths=60, from_on=PAUSED_ON)

    assert given(engagement, STARTED, CHANGED)(CHANGE) == []
    assert given(engagement, STARTED, CHANGED, back)(CHANGE) == []


def test_a_change_to_what_it_is_already_is_none() -> None:
    when = given(engagement, STARTED, CHANGED)

    assert when(replace(CHANGE, from_on=PAUSED_ON)) == []
    assert when(replace(CHANGE, acting=True, from_on=PAUSED_ON)) == [replace(CHANGED, acting=True, from_on=PAUSED_ON)]


def test_changes_are_recorded_in_the_order_of_their_days() -> None:
    when = given(engagement, STARTED, CHANGED)

    assert when(replace(CHANGE, role="deputy_headteacher"))
    with refused("engagement_out_of_order", "/from_on"):
        when(replace(CHANGE, role="deputy_headteacher", from_on=CHANGED_ON - DAY))


@pytest.mark.parametrize("command", [CHANGE, PAUSE])
@pytest.mark.parametrize("day", [FROM - DAY, UNTIL + DAY])
def test_it_changes_and_pauses_only_while_it_runs(command: ChangeEngagement | PauseEngagement, day: date) -> None:
    when = given(engagement, STARTED, ENDED)

    assert when(replace(command, from_on=FROM))
    assert when(replace(command, from_on=UNTIL))
    with refused("engagement_not_running", "/from_on"):
        when(replace(command, from_on=day))


def test_it_pauses_from_a_day_on() -> None:
    when = given(engagement, STARTED)

    assert when(PAUSE) == [PAUSED]
    state = engagement.fold([STARTED, PAUSED, RESUMED])
    assert [state.paused_on(day) for day in (PAUSED_ON - DAY, PAUSED_ON, RESUMED_ON - DAY, RESUMED_ON)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_pause_said_again_changes_nothing() -> None:
    assert given(engagement, STARTED, PAUSED)(PAUSE) == []
    assert given(engagement, STARTED, PAUSED, RESUMED)(PAUSE) == []


def test_a_pause_is_over_before_the_next_begins() -> None:
    with refused("engagement_paused", "/engagement_id"):
        given(engagement, STARTED, PAUSED)(replace(PAUSE, from_on=RESUMED_ON))

    when = given(engagement, STARTED, PAUSED, RESUMED)
    assert when(replace(PAUSE, from_on=RESUMED_ON))
    with refused("engagement_out_of_order", "/from_on"):
        when(replace(PAUSE, from_on=RESUMED_ON - DAY))


def test_it_goes_on_after_a_pause() -> None:
    when = given(engagement, STARTED, PAUSED)

    assert when(RESUME) == [RESUMED]
    with refused("engagement_out_of_order", "/from_on"):
        when(replace(RESUME, from_on=PAUSED_ON))


def test_going_on_again_changes_nothing() -> None:
    later = replace(PAUSED, from_on=date(2026, 1, 1))

    assert given(engagement, STARTED, PAUSED, RESUMED)(RESUME) == []
    assert given(engagement, STARTED, PAUSED, RESUMED, later)(RESUME) == []


def test_only_what_is_paused_goes_on() -> None:
    for events in ([STARTED], [STARTED, PAUSED, replace(RESUMED, from_on=PAUSED_ON + DAY)]):
        with refused("engagement_not_paused", "/engagement_id"):
            given(engagement, *events)(RESUME)


def test_after_its_last_day_it_does_not_go_on() -> None:
    with refused("engagement_not_running", "/from_on"):
        given(engagement, STARTED, PAUSED, ENDED)(replace(RESUME, from_on=UNTIL + DAY))


def test_an_engagement_ends() -> None:
    when = given(engagement, STARTED)

    assert when(END) == [ENDED]
    state = engagement.fold([STARTED, ENDED])
    assert [state.runs_on(day) for day in (FROM - DAY, FROM, UNTIL, UNTIL + DAY)] == [False, True, True, False]


def test_it_may_end_on_the_day_it_starts_and_not_before() -> None:
    when = given(engagement, STARTED)

    assert when(replace(END, ended_on=FROM))
    with refused("engagement_ends_before_it_starts", "/ended_on"):
        when(replace(END, ended_on=FROM - DAY))


def test_what_was_planned_for_later_does_not_keep_it_from_ending() -> None:
    planned = replace(PAUSED, from_on=UNTIL)

    assert given(engagement, STARTED, replace(CHANGED, from_on=UNTIL), planned)(replace(END, ended_on=PAUSED_ON))
    state = engagement.fold([STARTED, planned, replace(ENDED, ended_on=PAUSED_ON)])
    assert not state.paused_on(UNTIL)


def test_ending_it_again_changes_nothing() -> None:
    when = given(engagement, STARTED, ENDED)

    assert when(END) == []


def test_it_ends_once() -> None:
    when = given(engagement, STARTED, ENDED)

    for other in (replace(END, ended_on=FROM), replace(END, reason=None)):
        with refused("engagement_already_ended", "/engagement_id"):
            when(other)


@pytest.mark.parametrize("command", [CHANGE, PAUSE, RESUME, END])
def test_nothing_happens_to_an_engagement_that_nobody_started(command: EngagementCommand) -> None:
    with refused("engagement_unknown", "/engagement_id"):
        given(engagement)(command)


days = st.sampled_from([FROM - DAY, FROM, CHANGED_ON, PAUSED_ON, RESUMED_ON, UNTIL, UNTIL + DAY])
commands = st.one_of(
    st.builds(replace, st.just(START), started_on=days, fte_hundredths=st.integers(0, 101)),
    st.builds(
        replace, st.just(CHANGE), from_on=days, role=st.sampled_from(["teacher", "head_of_year"]), acting=st.booleans()
    ),
    st.builds(replace, st.just(PAUSE), from_on=days),
    st.builds(replace, st.just(RESUME), from_on=days),
    st.builds(replace, st.just(END), ended_on=days),
)


@over(st.lists(commands, max_size=15))
def test_repeats_never_change_where_it_ends(sequence: list[EngagementCommand]) -> None:
    sequence = [START, *sequence]
    once, taken = after(engagement, sequence)

    assert after(engagement, twice_each(sequence)) == (once, twice_each(taken))
    # Changes are left out: one that changed nothing then is a change once there was another.
    late = [command for command in taken if not isinstance(command, ChangeEngagement)]
    assert events_of(engagement, late, once) == []


@over(st.lists(commands, max_size=15))
def test_pauses_take_turns_and_days_are_in_order(sequence: list[EngagementCommand]) -> None:
    state, _ = after(engagement, [START, *sequence])

    assert [type(turn) for turn in state.pauses] == [
        (EngagementPaused, EngagementResumed)[number % 2] for number in range(len(state.pauses))
    ]
    for said in (state.changes, state.pauses):
        assert [fact.from_on for fact in said] == sorted(fact.from_on for fact in said)
    assert engagement.fold(state.facts) == state
