"""What a leader did counts once as experience."""

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.experience import RecordExperience, experience, experience_stream
from services.talent.domain.leader import Ending, Leader
from shared.contracts.talent.leaders import Experience, ExperienceGained
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each

ADA, HEAD, REVIEW = (UUID(int=n) for n in (1, 2, 11))
TODAY = date(2026, 11, 16)
ACTIVE = Leader(begun_by=HEAD)

RECORD = RecordExperience(
    leader_id=ADA, experience="review", basis=REVIEW, gained_on=date(2019, 5, 10), leader=ACTIVE, today=TODAY
)
GAINED = ExperienceGained(leader_id=ADA, experience="review", basis=REVIEW, gained_on=date(2019, 5, 10))


def test_what_a_leader_did_years_ago_counts() -> None:
    when = given(experience)

    assert when(RECORD) == [GAINED]


@pytest.mark.parametrize("again", [RECORD, replace(RECORD, leader=Leader())])
def test_the_same_fact_counts_once(again: RecordExperience) -> None:
    when = given(experience, GAINED)

    assert when(again) == []


@pytest.mark.parametrize("other", [replace(RECORD, experience="coaching"), replace(RECORD, gained_on=TODAY)])
def test_the_same_fact_with_other_details_is_refused(other: RecordExperience) -> None:
    when = given(experience, GAINED)

    with refused("experience_exists", "/basis"):
        when(other)


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (replace(RECORD, leader=Leader()), "leader_not_active", "/leader_id"),
        (
            replace(RECORD, leader=replace(ACTIVE, ending=Ending(how="closed", on=TODAY, why="retired"))),
            "leader_not_active",
            "/leader_id",
        ),
        (replace(RECORD, gained_on=TODAY + timedelta(days=1)), "in_the_future", "/gained_on"),
    ],
)
def test_what_cannot_count_is_refused(command: RecordExperience, code: str, field: str) -> None:
    when = given(experience)

    with refused(code, field):
        when(command)


def test_its_stream_is_named_for_the_leader_and_the_fact() -> None:
    assert experience_stream(ADA, REVIEW) == f"experience-{ADA}-{REVIEW}"


@over(
    st.lists(
        st.builds(
            replace,
            st.just(RECORD),
            experience=st.sampled_from(get_args(Experience)),
            leader=st.sampled_from([ACTIVE, Leader()]),
            gained_on=st.sampled_from([TODAY, TODAY + timedelta(days=1)]),
        ),
        max_size=8,
    )
)
def test_repeats_never_change_where_it_ends(sequence: list[RecordExperience]) -> None:
    once, taken = after(experience, sequence)

    assert after(experience, twice_each(sequence)) == (once, twice_each(taken))
    assert events_of(experience, taken, once) == []
    gained = once.gained
    assert all(gained and (c.experience, c.gained_on) == (gained.experience, gained.gained_on) for c in taken)
