"""A meeting is recorded once, soon after it was held; its report only grows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.meeting import (
    MeetingCommand,
    RecordMeeting,
    SubmitReport,
    meeting,
    meeting_stream,
)
from shared.contracts.collaboration.loop import Attendees, MeetingReportSubmitted
from tests.unit.collaboration.facts import ELM, HELD, HELD_AT, ITEM, MEETING, NOW, OAK, OTHER_ITEM, TRUST
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused

RECORD = RecordMeeting(meeting_id=MEETING, trustuid=TRUST, urns=(OAK,), held_at=HELD_AT, items=(ITEM,), at=NOW)


def submit(answered: int, of: int) -> SubmitReport:
    return SubmitReport(answered=answered, of=of, at=NOW)


def submitted(answered: int, of: int) -> MeetingReportSubmitted:
    return MeetingReportSubmitted(meeting_id=MEETING, answered=answered, of=of, submitted_at=NOW)


def test_a_meeting_is_recorded() -> None:
    when = given(meeting)

    assert when(RECORD) == [HELD]


def test_a_joint_meeting_counts_each_school_and_item_once() -> None:
    when = given(meeting)
    heads = (Attendees(role="headteacher", count=2),)

    assert when(replace(RECORD, urns=(OAK, ELM, OAK), items=(ITEM, OTHER_ITEM, ITEM), attendees=heads)) == [
        replace(HELD, urns=(OAK, ELM), items=(ITEM, OTHER_ITEM), attendees=heads)
    ]


def test_the_trusts_own_executive_team_meets_without_a_school() -> None:
    when = given(meeting)

    assert when(replace(RECORD, urns=())) == [replace(HELD, urns=())]


def test_a_meeting_is_not_in_the_future() -> None:
    when = given(meeting)

    with refused("meeting_in_the_future", "/held_at"):
        when(replace(RECORD, held_at=NOW + timedelta(minutes=5, seconds=1)))


def test_a_clock_may_be_five_minutes_ahead() -> None:
    when = given(meeting)
    ahead = NOW + timedelta(minutes=5)

    assert when(replace(RECORD, held_at=ahead)) == [replace(HELD, held_at=ahead)]


def test_a_meeting_is_not_back_dated_by_more_than_366_days() -> None:
    when = given(meeting)

    with refused("meeting_too_old", "/held_at"):
        when(replace(RECORD, held_at=NOW - timedelta(days=366, seconds=1)))


def test_a_meeting_may_be_back_dated_by_366_days() -> None:
    when = given(meeting)
    last_year = NOW - timedelta(days=366)

    assert when(replace(RECORD, held_at=last_year)) == [replace(HELD, held_at=last_year)]


def test_recording_a_meeting_again_changes_nothing_however_late() -> None:
    when = given(meeting, HELD)

    assert when(replace(RECORD, at=NOW + timedelta(days=500))) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(RECORD, held_at=HELD_AT - timedelta(hours=1)),
        replace(RECORD, urns=(OAK, ELM)),
        replace(RECORD, items=()),
        replace(RECORD, attendees=(Attendees(role="headteacher", count=1),)),
    ],
    ids=["time", "schools", "items", "attendees"],
)
def test_a_recorded_meeting_keeps_its_content(other: RecordMeeting) -> None:
    when = given(meeting, HELD)

    with refused("meeting_already_recorded", "/meeting_id"):
        when(other)


def test_a_report_is_submitted() -> None:
    when = given(meeting, HELD)

    assert when(submit(2, of=3)) == [submitted(2, of=3)]


def test_a_report_needs_its_meeting() -> None:
    when = given(meeting)

    with refused("meeting_unknown", "/meeting_id"):
        when(submit(2, of=3))


def test_a_report_with_the_same_numbers_changes_nothing() -> None:
    when = given(meeting, HELD, submitted(2, of=3))

    assert when(submit(2, of=3)) == []


@pytest.mark.parametrize(("answered", "of"), [(3, 3), (2, 4), (3, 4)])
def test_a_report_may_grow(answered: int, of: int) -> None:
    when = given(meeting, HELD, submitted(2, of=3))

    assert when(submit(answered, of)) == [submitted(answered, of)]


@pytest.mark.parametrize(("answered", "of"), [(1, 3), (1, 4), (2, 2), (3, 2)])
def test_a_report_never_shrinks(answered: int, of: int) -> None:
    when = given(meeting, HELD, submitted(2, of=3))

    with refused("report_already_submitted", "/meeting_id"):
        when(submit(answered, of))


def test_its_stream_is_named_for_its_id() -> None:
    assert meeting_stream(MEETING) == f"meeting-{MEETING}"


COMMANDS: st.SearchStrategy[list[MeetingCommand]] = st.lists(
    st.builds(
        replace,
        st.just(RECORD),
        urns=st.sampled_from([(), (OAK,), (OAK, ELM)]),
        held_at=st.sampled_from([HELD_AT, NOW + timedelta(days=1), NOW - timedelta(days=400)]),
    )
    | st.builds(submit, st.integers(0, 3), of=st.integers(3, 5))
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[MeetingCommand]) -> None:
    assert_repeats_change_nothing(meeting, commands)
    assert_late_repeats_change_nothing(meeting, commands)
