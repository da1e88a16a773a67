"""A leader is given a project once, and completes it once."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.leader import Leader
from services.talent.domain.project_leadership import (
    CompleteProject,
    GiveProject,
    ProjectCommand,
    ProjectEvent,
    project_leadership,
    project_leadership_stream,
)
from shared.contracts.talent.leaders import ProjectLeadershipCompleted, ProjectLeadershipGiven
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each

ADA, HEAD, PROJECT = (UUID(int=n) for n in (1, 2, 11))
TODAY = date(2026, 11, 16)
A_DAY = timedelta(days=1)
ACTIVE = Leader(begun_by=HEAD)

GIVE = GiveProject(
    leader_id=ADA,
    project_id=PROJECT,
    project="Reading across the trust",
    scope_urns=("900002", "900001"),
    given_on=TODAY - A_DAY,
    leader=ACTIVE,
    members=frozenset({"900001", "900002"}),
    today=TODAY,
)
GIVEN = ProjectLeadershipGiven(
    leader_id=ADA,
    project_id=PROJECT,
    project="Reading across the trust",
    scope_urns=("900001", "900002"),
    given_on=TODAY - A_DAY,
)
COMPLETE = CompleteProject(leader_id=ADA, project_id=PROJECT, outcome="green", completed_on=TODAY, today=TODAY)
COMPLETED = ProjectLeadershipCompleted(leader_id=ADA, project_id=PROJECT, outcome="green", completed_on=TODAY)


def test_a_leader_is_given_a_project() -> None:
    when = given(project_leadership)

    assert when(GIVE) == [GIVEN]


def test_a_project_may_be_trust_wide() -> None:
    when = given(project_leadership)

    assert when(replace(GIVE, scope_urns=(), members=frozenset())) == [replace(GIVEN, scope_urns=())]


@pytest.mark.parametrize(
    "again",
    [
        GIVE,
        replace(GIVE, scope_urns=("900001", "900002", "900001")),
        replace(GIVE, leader=Leader(), members=frozenset()),
    ],
)
def test_giving_it_again_changes_nothing(again: GiveProject) -> None:
    assert given(project_leadership, GIVEN)(again) == []
    assert given(project_leadership, GIVEN, COMPLETED)(again) == []


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (replace(GIVE, leader=Leader()), "leader_not_active", "/leader_id"),
        (replace(GIVE, leader=Leader(begun_by=ADA, begun_by_self=True)), "leader_not_active", "/leader_id"),
        (replace(GIVE, members=frozenset({"900002"})), "school_not_member", "/scope_urns/1"),
        (replace(GIVE, given_on=TODAY + A_DAY), "in_the_future", "/given_on"),
    ],
)
def test_a_project_that_cannot_be_given_is_refused(command: GiveProject, code: str, field: str) -> None:
    when = given(project_leadership)

    with refused(code, field):
        when(command)


def test_the_same_project_with_other_details_is_refused() -> None:
    when = given(project_leadership, GIVEN)

    with refused("project_exists", "/project_id"):
        when(replace(GIVE, project="Writing across the trust"))


def test_a_project_is_completed() -> None:
    when = given(project_leadership, GIVEN)

    assert when(COMPLETE) == [COMPLETED]


def test_completing_it_again_changes_nothing() -> None:
    when = given(project_leadership, GIVEN, COMPLETED)

    assert when(COMPLETE) == []


@pytest.mark.parametrize(
    ("history", "command", "code", "field"),
    [
        ([], COMPLETE, "project_unknown", "/project_id"),
        ([GIVEN, COMPLETED], replace(COMPLETE, outcome="red"), "project_already_completed", "/project_id"),
        (
            [GIVEN],
            replace(COMPLETE, completed_on=GIVEN.given_on - A_DAY),
            "project_completed_before_given",
            "/completed_on",
        ),
        ([GIVEN], replace(COMPLETE, completed_on=TODAY + A_DAY), "in_the_future", "/completed_on"),
    ],
)
def test_a_completion_that_cannot_be_is_refused(
    history: list[ProjectEvent], command: CompleteProject, code: str, field: str
) -> None:
    when = given(project_leadership, *history)

    with refused(code, field):
        when(command)


def test_its_stream_is_named_for_project_and_leader() -> None:
    assert project_leadership_stream(PROJECT, ADA) == f"projectleadership-{PROJECT}-{ADA}"


DAYS = st.integers(-3, 1).map(lambda days: TODAY + days * A_DAY)
commands = st.lists(
    st.one_of(
        st.builds(replace, st.just(GIVE), given_on=DAYS, leader=st.sampled_from([ACTIVE, Leader()])),
        st.builds(replace, st.just(COMPLETE), completed_on=DAYS, outcome=st.sampled_from(["red", "green"])),
    ),
    max_size=12,
)


@over(commands)
def test_repeats_never_change_where_it_ends(sequence: list[ProjectCommand]) -> None:
    once, taken = after(project_leadership, sequence)

    assert after(project_leadership, twice_each(sequence)) == (once, twice_each(taken))
    assert events_of(project_leadership, taken, once) == []


@over(commands)
def test_a_project_ends_once_after_it_began(sequence: list[ProjectCommand]) -> None:
    state, _ = after(project_leadership, sequence)

    if state.completed is not None:
        assert state.given is not None
        assert state.given.given_on <= state.completed.completed_on <= TODAY
