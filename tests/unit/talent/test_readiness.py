"""What a leader is ready for is said by two who know them, one of them from elsewhere, and holds for a year."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.leader import Leader
from services.talent.domain.person import Person, person
from services.talent.domain.readiness import (
    AssessReadiness,
    readiness,
    readiness_stream,
    years_of_validity,
)
from shared.contracts.talent.leaders import ReadinessAssessed
from shared.contracts.talent.register import EngagementEnded, EngagementStarted, HalfTerm, TermDatesSet
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each

ADA, HEAD, DEPUTY, OTHER_HEAD, EXECUTIVE, UNPLACED = (UUID(int=n) for n in range(1, 7))
ASSESSMENT = UUID(int=11)
TODAY = date(2026, 11, 16)
ACTIVE = Leader(begun_by=HEAD)
TERM_DATES = TermDatesSet(
    trustuid="99001",
    academic_year="2027/28",
    half_terms=(
        HalfTerm(name="A1", starts_on=date(2027, 9, 2), ends_on=date(2027, 10, 22)),
        HalfTerm(name="A2", starts_on=date(2027, 11, 1), ends_on=date(2027, 12, 17)),
    ),
)


def at(*urns: str | None, until: date | None = None) -> Person:
    """Somebody's entry, who works at these places, for ever or until a day."""
    started = [
        EngagementStarted(
            person_id=ADA,
            engagement_id=UUID(int=number),
            urn=urn,
            kind="permanent",
            role="teacher",
            fte_hundredths=50,
            started_on=date(2020, 9, 1),
        )
        for number, urn in enumerate(urns)
    ]
    ended = [EngagementEnded(person_id=ADA, engagement_id=e.engagement_id, ended_on=until) for e in started if until]
    return person.fold([*started, *ended])


ASSESSORS = {
    HEAD: at("900001"),
    DEPUTY: at("900001", "900002"),
    OTHER_HEAD: at("900003"),
    EXECUTIVE: at(None),
    UNPLACED: at(),
}
ASSESS = AssessReadiness(
    leader_id=ADA,
    assessment_id=ASSESSMENT,
    post_type="headteacher",
    readiness="1_year",
    assessor_ids=(HEAD, OTHER_HEAD),
    assessed_on=date(2026, 11, 12),
    leader=ACTIVE,
    person=at("900001"),
    assessors=ASSESSORS,
    term_dates=(TERM_DATES,),
    today=TODAY,
)
ASSESSED = ReadinessAssessed(
    leader_id=ADA,
    assessment_id=ASSESSMENT,
    post_type="headteacher",
    readiness="1_year",
    assessor_ids=(HEAD, OTHER_HEAD),
    provisional=False,
    assessed_on=date(2026, 11, 12),
    valid_until=date(2027, 12, 17),
)


def test_two_assess_what_a_leader_is_ready_for() -> None:
    when = given(readiness)

    assert when(ASSESS) == [ASSESSED]


@pytest.mark.parametrize("assessor", [HEAD, OTHER_HEAD])
def test_with_one_assessor_it_is_provisional(assessor: UUID) -> None:
    when = given(readiness)

    assert when(replace(ASSESS, assessor_ids=(assessor,))) == [
        replace(ASSESSED, assessor_ids=(assessor,), provisional=True)
    ]


# Who is from outside


@pytest.mark.parametrize(
    ("works_at", "assessor_ids", "outside"),
    [
        (at("900001"), (HEAD, OTHER_HEAD), True),
        (at("900001"), (HEAD, EXECUTIVE), True),
        (at("900001"), (HEAD, DEPUTY), False),
        (at("900002"), (HEAD, DEPUTY), True),
        (at("900001"), (HEAD, UNPLACED), False),
        (at("900001", "900003"), (HEAD, OTHER_HEAD), False),
        (at("900001", "900003"), (HEAD, OTHER_HEAD, EXECUTIVE), True),
        (at(None), (HEAD, EXECUTIVE), True),
        (at(None, "900001"), (HEAD, EXECUTIVE), False),
        (at("900003", until=date(2026, 8, 31)), (OTHER_HEAD, UNPLACED), True),
        (at("900003", until=date(2026, 11, 12)), (OTHER_HEAD, UNPLACED), False),
    ],
)
def test_one_assessor_is_from_outside_every_place_where_the_person_works(
    *, works_at: Person, assessor_ids: tuple[UUID, ...], outside: bool
) -> None:
    when = given(readiness)
    command = replace(ASSESS, person=works_at, assessor_ids=assessor_ids)

    if outside:
        assert len(when(command)) == 1
    else:
        with refused("no_assessor_from_outside", "/assessor_ids"):
            when(command)


# How long it holds


@pytest.mark.parametrize(
    ("assessed_on", "valid_until"),
    [
        (date(2026, 10, 22), date(2027, 10, 22)),
        (date(2026, 10, 23), date(2027, 12, 17)),  # a year later is a holiday, which counts to what follows it
        (date(2025, 11, 12), date(2026, 12, 31)),  # the trust has set nothing for that year
        (date(2024, 2, 29), date(2025, 3, 31)),
        (date(2026, 8, 31), date(2027, 8, 31)),
    ],
)
def test_it_holds_to_the_end_of_the_half_term_in_which_twelve_months_pass(assessed_on: date, valid_until: date) -> None:
    when = given(readiness)

    [assessed] = when(replace(ASSESS, assessed_on=assessed_on))

    assert assessed == replace(ASSESSED, assessed_on=assessed_on, valid_until=valid_until)


def test_the_term_dates_of_two_years_are_asked_for() -> None:
    assert years_of_validity(date(2026, 8, 31)) == ("2026/27", "2027/28")
    assert years_of_validity(date(2026, 9, 1)) == ("2027/28", "2028/29")


# What is refused


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (replace(ASSESS, leader=Leader()), "leader_not_active", "/leader_id"),
        (replace(ASSESS, assessed_on=TODAY + timedelta(days=1)), "in_the_future", "/assessed_on"),
        (replace(ASSESS, assessor_ids=(OTHER_HEAD, ADA)), "assesses_self", "/assessor_ids/1"),
        (replace(ASSESS, assessor_ids=(ADA,)), "assesses_self", "/assessor_ids/0"),
        (replace(ASSESS, assessor_ids=(HEAD, OTHER_HEAD, HEAD)), "assessor_named_twice", "/assessor_ids/2"),
        (replace(ASSESS, assessor_ids=(HEAD, UUID(int=99))), "person_unknown", "/assessor_ids/1"),
        (replace(ASSESS, assessor_ids=(HEAD, DEPUTY)), "no_assessor_from_outside", "/assessor_ids"),
    ],
)
def test_an_assessment_that_cannot_be_is_refused(command: AssessReadiness, code: str, field: str) -> None:
    when = given(readiness)

    with refused(code, field):
        when(command)


# Never edited


@pytest.mark.parametrize(
    "again",
    [
        ASSESS,
        replace(ASSESS, assessor_ids=(OTHER_HEAD, HEAD)),
        replace(ASSESS, term_dates=()),
        replace(ASSESS, leader=Leader(), assessors={}, person=at("900003")),
    ],
)
def test_the_same_assessment_again_changes_nothing(again: AssessReadiness) -> None:
    when = given(readiness, ASSESSED)

    assert when(again) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(ASSESS, readiness="ready_now"),
        replace(ASSESS, post_type="executive_headteacher"),
        replace(ASSESS, leader_id=UUID(int=98)),
        replace(ASSESS, assessor_ids=(HEAD, EXECUTIVE)),
        replace(ASSESS, assessed_on=TODAY),
    ],
)
def test_an_assessment_is_never_edited(other: AssessReadiness) -> None:
    when = given(readiness, ASSESSED)

    with refused("assessment_exists", "/assessment_id"):
        when(other)


def test_its_stream_is_named_for_its_id() -> None:
    assert readiness_stream(ASSESSMENT) == f"readiness-{ASSESSMENT}"


commands = st.lists(
    st.builds(
        replace,
        st.just(ASSESS),
        assessor_ids=st.lists(st.sampled_from([ADA, *ASSESSORS]), min_size=1, max_size=4).map(tuple),
        readiness=st.sampled_from(["ready_now", "not_ready"]),
        leader=st.sampled_from([ACTIVE, ACTIVE, Leader()]),
        person=st.sampled_from([at(), at("900001"), at("900001", None)]),
    ),
    max_size=8,
)


@over(commands)
def test_repeats_never_change_where_it_ends(sequence: list[AssessReadiness]) -> None:
    once, taken = after(readiness, sequence)

    assert after(readiness, twice_each(sequence)) == (once, twice_each(taken))
    assert events_of(readiness, taken, once) == []


@over(commands)
def test_what_is_not_provisional_was_seen_from_outside(sequence: list[AssessReadiness]) -> None:
    state, taken = after(readiness, sequence)

    if state.assessed is None:
        return
    by, works_at = state.assessed.assessor_ids, {e.urn for e in taken[0].person.started.values()}
    assert ADA not in by
    assert state.assessed.provisional == (len(by) == 1)
    elsewhere = [{e.urn for e in ASSESSORS[a].started.values()} for a in by]
    assert state.assessed.provisional or any(places and places.isdisjoint(works_at) for places in elsewhere)
