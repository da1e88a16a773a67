"""Where a school's performance is heading, as it was judged."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.school import Membership, School
from services.talent.domain.trajectory import AssessTrajectory, trajectory, trajectory_stream
from shared.contracts.talent.register import SchoolTrajectoryAssessed, SchoolUrnSucceeded
from tests.unit.given import given, refused
from tests.unit.repeats import after, twice_each

ADA = UUID(int=1)
JOINED, JUDGED, LEFT, TODAY = date(2020, 9, 1), date(2026, 3, 1), date(2026, 6, 1), date(2026, 11, 1)
MEMBER = School(memberships=(Membership(joined_on=JOINED),))
ASSESS = AssessTrajectory(
    trustuid="99001",
    urn="900001",
    trajectory="declining",
    basis="Reading fell two years in a row.",
    assessed_by=ADA,
    assessed_on=JUDGED,
    school=MEMBER,
    today=TODAY,
)
ASSESSED = SchoolTrajectoryAssessed(
    trustuid="99001",
    urn="900001",
    trajectory="declining",
    basis="Reading fell two years in a row.",
    assessed_by=ADA,
    assessed_on=JUDGED,
)


def test_a_trajectory_is_assessed() -> None:
    when = given(trajectory)

    assert when(ASSESS) == [ASSESSED]
    assert when(replace(ASSESS, assessed_on=TODAY)) == [replace(ASSESSED, assessed_on=TODAY)]


def test_saying_it_again_changes_nothing() -> None:
    later = replace(ASSESSED, trajectory="steady", assessed_on=TODAY)

    assert given(trajectory, ASSESSED)(ASSESS) == []
    assert given(trajectory, ASSESSED, later)(ASSESS) == []
    assert given(trajectory, ASSESSED)(replace(ASSESS, school=School(), today=JOINED)) == []


def test_another_judgement_on_the_same_day_takes_its_place() -> None:
    when = given(trajectory, ASSESSED)

    assert when(replace(ASSESS, trajectory="steady")) == [replace(ASSESSED, trajectory="steady")]


def test_nobody_has_judged_tomorrow() -> None:
    with refused("in_the_future", "/assessed_on"):
        given(trajectory)(replace(ASSESS, today=date(2026, 2, 28)))


def test_the_school_is_a_member_on_the_day() -> None:
    left = School(memberships=(Membership(joined_on=JOINED, left_on=LEFT), Membership(joined_on=TODAY)))
    succeeded = SchoolUrnSucceeded(trustuid="99001", from_urn="900001", to_urn="900009", on=LEFT)
    when = given(trajectory)

    assert when(replace(ASSESS, school=left))
    assert when(replace(ASSESS, school=left, assessed_on=TODAY))
    assert when(replace(ASSESS, school=replace(MEMBER, succeeded=succeeded)))
    for school, day in (
        (School(), JUDGED),
        (MEMBER, date(2020, 8, 31)),
        (left, LEFT),
        (replace(MEMBER, succeeded=succeeded), LEFT),
    ):
        with refused("school_not_member", "/urn"):
            when(replace(ASSESS, school=school, assessed_on=day))


def test_its_stream_is_the_trusts_and_the_schools() -> None:
    assert trajectory_stream("99001", "900001") == "trajectory-99001-900001"


commands = st.builds(
    replace,
    st.just(ASSESS),
    trajectory=st.sampled_from(["improving", "steady", "declining"]),
    assessed_on=st.sampled_from([date(2019, 1, 1), JUDGED, TODAY, date(2027, 1, 1)]),
)


@over(st.lists(commands, max_size=8))
def test_repeats_never_change_where_it_ends(sequence: list[AssessTrajectory]) -> None:
    once, taken = after(trajectory, sequence)

    assert after(trajectory, twice_each(sequence)) == (once, twice_each(taken))
    assert once.by_day.keys() <= {JUDGED, TODAY}
