"""A school joins a trust, leaves it, may join again, and may go on under a new URN."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.school import (
    JoinSchool,
    LeaveTrust,
    SchoolCommand,
    SucceedUrn,
    school,
    school_stream,
)
from shared.contracts.talent.register import SchoolJoinedTrust, SchoolLeftTrust, SchoolUrnSucceeded
from shared.decider import Rejected
from tests.unit.given import given
from tests.unit.repeats import after, events_of, twice_each

JOINED_ON, LEFT_ON, BACK_ON = date(2020, 9, 1), date(2023, 4, 1), date(2025, 9, 1)


def join(on: date = JOINED_ON) -> JoinSchool:
    return JoinSchool(
        trustuid="99001",
        urn="900001",
        name="Tidewater Primary",
        phase="primary",
        la="Kent",
        ukprn="10099001",
        joined_on=on,
        easting=1,
        northing=2,
    )


def joined(on: date = JOINED_ON) -> SchoolJoinedTrust:
    return SchoolJoinedTrust(
        trustuid="99001",
        urn="900001",
        name="Tidewater Primary",
        phase="primary",
        la="Kent",
        ukprn="10099001",
        joined_on=on,
        easting=1,
        northing=2,
    )


def leave(on: date = LEFT_ON) -> LeaveTrust:
    return LeaveTrust(trustuid="99001", urn="900001", left_on=on, reason="Moved to another trust")


def left(on: date = LEFT_ON) -> SchoolLeftTrust:
    return SchoolLeftTrust(trustuid="99001", urn="900001", left_on=on, reason="Moved to another trust")


def succeed(to_urn: str = "900002", on: date = LEFT_ON) -> SucceedUrn:
    return SucceedUrn(trustuid="99001", from_urn="900001", to_urn=to_urn, on=on)


def succeeded(to_urn: str = "900002", on: date = LEFT_ON) -> SchoolUrnSucceeded:
    return SchoolUrnSucceeded(trustuid="99001", from_urn="900001", to_urn=to_urn, on=on)


def test_a_school_joins() -> None:
    when = given(school)

    assert when(join()) == [joined()]


@pytest.mark.parametrize("again", [join(), replace(join(), name="Tidewater Academy", phase="all_through", la=None)])
def test_importing_it_again_changes_nothing_even_when_details_differ(again: JoinSchool) -> None:
    when = given(school, joined())

    assert when(again) == []


def test_a_member_cannot_join_on_another_day() -> None:
    when = given(school, joined())

    with pytest.raises(Rejected) as refusal:
        when(join(BACK_ON))

    assert (refusal.value.code, refusal.value.field) == ("school_already_member", "/joined_on")


@pytest.mark.parametrize("on", [LEFT_ON, BACK_ON])
def test_a_school_may_join_again_after_leaving(on: date) -> None:
    when = given(school, joined(), left())

    assert when(join(on)) == [joined(on)]


def test_it_cannot_join_again_while_it_was_a_member() -> None:
    when = given(school, joined(), left())

    with pytest.raises(Rejected) as refusal:
        when(join(date(2022, 1, 1)))

    assert (refusal.value.code, refusal.value.field) == ("joined_before_left", "/joined_on")


def test_a_late_repeat_of_the_first_joining_is_no_rejoining() -> None:
    when = given(school, joined(), left())

    assert when(join()) == []


def test_a_succeeded_urn_does_not_join_again() -> None:
    when = given(school, joined(), succeeded())

    assert when(join()) == []
    with pytest.raises(Rejected) as refusal:
        when(join(BACK_ON))
    assert (refusal.value.code, refusal.value.field) == ("urn_already_succeeded", "/urn")


def test_a_school_leaves() -> None:
    when = given(school, joined())

    assert when(leave()) == [left()]


def test_leaving_again_changes_nothing() -> None:
    assert given(school, joined(), left())(leave()) == []
    assert given(school, joined(), left(), joined(BACK_ON))(leave()) == []


def test_who_is_no_member_cannot_leave() -> None:
    for when in (given(school), given(school, joined(), left())):
        with pytest.raises(Rejected) as refusal:
            when(leave(BACK_ON))
        assert (refusal.value.code, refusal.value.field) == ("school_not_member", "/urn")


@pytest.mark.parametrize("on", [JOINED_ON, date(2019, 1, 1)])
def test_its_first_day_outside_is_after_the_day_it_joined(on: date) -> None:
    when = given(school, joined())

    with pytest.raises(Rejected) as refusal:
        when(leave(on))

    assert (refusal.value.code, refusal.value.field) == ("left_before_joined", "/left_on")


def test_a_succeeded_urn_leaves_under_its_new_one() -> None:
    when = given(school, joined(), succeeded())

    with pytest.raises(Rejected) as refusal:
        when(leave())

    assert (refusal.value.code, refusal.value.field) == ("urn_already_succeeded", "/urn")


def test_a_urn_is_succeeded() -> None:
    when = given(school, joined())

    assert when(succeed()) == [succeeded()]


def test_succeeding_it_again_changes_nothing() -> None:
    when = given(school, joined(), succeeded())

    assert when(succeed()) == []


def test_a_urn_has_one_successor() -> None:
    when = given(school, joined(), succeeded())

    for other in (succeed("900003"), succeed(on=BACK_ON)):
        with pytest.raises(Rejected) as refusal:
            when(other)
        assert (refusal.value.code, refusal.value.field) == ("urn_already_succeeded", "/from_urn")


def test_a_urn_does_not_succeed_itself() -> None:
    when = given(school, joined())

    with pytest.raises(Rejected) as refusal:
        when(succeed("900001"))

    assert (refusal.value.code, refusal.value.field) == ("urn_succeeds_itself", "/to_urn")


def test_only_a_member_is_succeeded() -> None:
    for when in (given(school), given(school, joined(), left())):
        with pytest.raises(Rejected) as refusal:
            when(succeed())
        assert (refusal.value.code, refusal.value.field) == ("school_not_member", "/from_urn")


def test_its_stream_is_named_by_trust_and_urn() -> None:
    assert school_stream("99001", "900001") == "school-99001-900001"


days = st.sampled_from([date(year, 9, 1) for year in range(2018, 2026)])
commands = st.one_of(
    days.map(join),
    days.map(leave),
    st.builds(succeed, st.sampled_from(["900001", "900002", "900003"]), days),
)


@over(st.lists(commands, max_size=12))
def test_repeats_never_change_where_it_ends(sequence: list[SchoolCommand]) -> None:
    once, taken = after(school, sequence)

    assert after(school, twice_each(sequence)) == (once, twice_each(taken))
    assert events_of(school, taken, once) == []


@over(st.lists(commands, max_size=12))
def test_memberships_never_overlap_and_only_the_last_is_open(sequence: list[SchoolCommand]) -> None:
    state, _ = after(school, sequence)

    days = [day for m in state.memberships for day in (m.joined_on, m.left_on)]
    assert None not in days[:-1]
    known = [day for day in days if day is not None]
    assert known == sorted(known)
