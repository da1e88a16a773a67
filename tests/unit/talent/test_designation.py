"""System leadership roles: what each scheme asks for, once in the same days, and what a leader's schools become."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.designation import (
    DesignateRole,
    DesignationCommand,
    FollowHeadships,
    WithdrawDesignation,
    designations,
    designations_stream,
)
from services.talent.domain.leading_roles import leads_a_part
from services.talent.domain.service_record import Headship
from shared.contracts.talent.register import CHAIRS, HEADS
from shared.contracts.talent.roles import (
    NationalSupportSchoolEnded,
    NationalSupportSchoolRecognised,
    RoleDesignated,
    RoleDesignationWithdrawn,
)
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each, whatever_stands

ID, OTHER, ADA = UUID(int=1), UUID(int=2), UUID(int=11)
OAK, ELM, ASH = "900001", "900002", "900003"
SINCE, TODAY, SOON = date(2024, 9, 1), date(2026, 11, 22), date(2027, 1, 1)
A_DAY = timedelta(days=1)
AT_OAK, AT_ELM, AT_ASH = (Headship(urn=urn, from_on=date(2020 + n, 9, 1)) for n, urn in enumerate((OAK, ELM, ASH)))

DESIGNATE = DesignateRole(
    designation_id=ID,
    trustuid="99001",
    person_id=ADA,
    scheme="nle",
    awarding_body="National College",
    from_on=SINCE,
    roles=frozenset({"headteacher"}),
    headships=(AT_OAK,),
    today=TODAY,
)
DESIGNATED = RoleDesignated(
    designation_id=ID,
    trustuid="99001",
    person_id=ADA,
    scheme="nle",
    awarding_body="National College",
    from_on=SINCE,
)
RECOGNISED = NationalSupportSchoolRecognised(trustuid="99001", urn=OAK, designation_id=ID, person_id=ADA, from_on=SINCE)
ENDED = NationalSupportSchoolEnded(trustuid="99001", urn=OAK, designation_id=ID, person_id=ADA, ended_on=TODAY)
WITHDRAW = WithdrawDesignation(
    designation_id=ID, withdrawn_on=TODAY, reason="left_headship", headships=(AT_OAK,), today=TODAY
)
WITHDRAWN = RoleDesignationWithdrawn(
    designation_id=ID, person_id=ADA, scheme="nle", withdrawn_on=TODAY, reason="left_headship"
)
SPECIALIST = replace(
    DESIGNATE, scheme="sle", specialism="Early reading", roles=frozenset({"assistant_headteacher"}), headships=()
)
IS_SPECIALIST = replace(DESIGNATED, scheme="sle", specialism="Early reading")
TEACHING_SCHOOL = replace(DESIGNATE, scheme="tsa", person_id=None, urn=OAK, roles=frozenset(), headships=())
IS_TEACHING_SCHOOL = replace(DESIGNATED, scheme="tsa", person_id=None, urn=OAK)


def test_a_head_becomes_a_national_leader_and_their_school_a_national_support_school() -> None:
    assert given(designations)(DESIGNATE) == [DESIGNATED, RECOGNISED]


def test_every_scheme_has_its_holder() -> None:
    when = given(designations)
    local = replace(DESIGNATE, scheme="lle")
    of_governance = replace(DESIGNATE, scheme="nlg", roles=frozenset({"chair_of_governors"}), headships=())
    own = replace(DESIGNATE, scheme="our_maths_mentor", roles=frozenset(), headships=())

    assert when(local) == [replace(DESIGNATED, scheme="lle")]
    assert when(of_governance) == [replace(DESIGNATED, scheme="nlg")]
    assert when(SPECIALIST) == [IS_SPECIALIST]
    assert when(TEACHING_SCHOOL) == [IS_TEACHING_SCHOOL]
    assert when(own) == [replace(DESIGNATED, scheme="our_maths_mentor")]
    assert when(replace(TEACHING_SCHOOL, scheme="our_hub")) == [replace(IS_TEACHING_SCHOOL, scheme="our_hub")]


def test_designating_again_changes_nothing() -> None:
    warned = replace(DESIGNATED, historic=True, warnings=("post_not_held",))

    assert given(designations, DESIGNATED, RECOGNISED)(DESIGNATE) == []
    assert given(designations, DESIGNATED, RECOGNISED, WITHDRAWN, ENDED)(DESIGNATE) == []
    assert given(designations, warned)(replace(DESIGNATE, historic=True)) == []


def test_the_same_id_with_other_details_is_refused() -> None:
    with refused("designation_exists", "/designation_id"):
        given(designations, DESIGNATED, RECOGNISED)(replace(DESIGNATE, awarding_body="Department for Education"))


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (replace(DESIGNATE, person_id=None, urn=OAK), "scheme_of_people", "/person_id"),
        (replace(TEACHING_SCHOOL, person_id=ADA, urn=None), "scheme_of_schools", "/urn"),
        (replace(DESIGNATE, from_on=SOON), "in_the_future", "/from_on"),
        (replace(DESIGNATE, to_on=SINCE), "designation_ends_before_it_starts", "/to_on"),
        (replace(SPECIALIST, specialism=None), "specialism_missing", "/specialism"),
        (replace(DESIGNATE, roles=frozenset({"deputy_headteacher"})), "post_not_held", "/person_id"),
        (replace(DESIGNATE, scheme="lle", roles=frozenset()), "post_not_held", "/person_id"),
        (replace(DESIGNATE, scheme="nlg"), "post_not_held", "/person_id"),
        (replace(SPECIALIST, roles=frozenset({"teacher"})), "post_not_held", "/person_id"),
        (replace(SPECIALIST, roles=frozenset({"senco", "headteacher"})), "post_not_held", "/person_id"),
    ],
)
def test_a_designation_that_cannot_be_is_refused(command: DesignateRole, code: str, field: str) -> None:
    with refused(code, field):
        given(designations)(command)


def test_what_is_odd_about_an_imported_one_is_a_warning() -> None:
    when = given(designations, IS_SPECIALIST)
    odd = replace(SPECIALIST, designation_id=OTHER, historic=True, roles=frozenset())
    nameless = replace(odd, specialism=None)

    assert when(odd) == [
        replace(IS_SPECIALIST, designation_id=OTHER, historic=True, warnings=("post_not_held", "designation_overlaps"))
    ]
    assert when(nameless) == [
        replace(
            IS_SPECIALIST,
            designation_id=OTHER,
            historic=True,
            specialism=None,
            warnings=("specialism_missing", "post_not_held"),
        )
    ]


def test_imported_ones_still_have_the_right_holder_and_days() -> None:
    when = given(designations)

    with refused("scheme_of_people", "/person_id"):
        when(replace(DESIGNATE, historic=True, person_id=None, urn=OAK))
    with refused("in_the_future", "/from_on"):
        when(replace(DESIGNATE, historic=True, from_on=SOON))


@pytest.mark.parametrize("from_on", [SINCE, TODAY, SINCE - timedelta(days=365)])
def test_the_same_role_is_not_held_twice_in_the_same_days(from_on: date) -> None:
    when = given(designations, IS_SPECIALIST)

    with refused("designation_overlaps", "/from_on"):
        when(replace(SPECIALIST, designation_id=OTHER, specialism="early  Reading", from_on=from_on))


def test_another_specialism_or_other_days_are_fine() -> None:
    until_june = replace(IS_SPECIALIST, to_on=date(2026, 6, 30))
    again = replace(SPECIALIST, designation_id=OTHER, from_on=date(2026, 7, 1))
    before = replace(SPECIALIST, designation_id=OTHER, from_on=date(2020, 9, 1), to_on=SINCE - A_DAY)
    withdrawn = RoleDesignationWithdrawn(designation_id=ID, person_id=ADA, scheme="sle", withdrawn_on=TODAY)

    assert given(designations, IS_SPECIALIST)(replace(SPECIALIST, designation_id=OTHER, specialism="Maths"))
    assert given(designations, until_june)(again)
    assert given(designations, IS_SPECIALIST)(before)
    assert given(designations, IS_SPECIALIST, withdrawn)(replace(again, from_on=TODAY))
    with refused("designation_overlaps", "/from_on"):
        given(designations, until_june)(replace(again, from_on=date(2026, 6, 30)))


def test_a_designation_is_withdrawn_and_its_schools_end() -> None:
    assert given(designations, DESIGNATED, RECOGNISED)(WITHDRAW) == [WITHDRAWN, ENDED]


def test_a_schools_designation_is_withdrawn() -> None:
    gone = replace(WITHDRAWN, person_id=None, urn=OAK, scheme="tsa")

    assert given(designations, IS_TEACHING_SCHOOL)(WITHDRAW) == [gone]


def test_withdrawing_again_changes_nothing() -> None:
    assert given(designations, DESIGNATED, RECOGNISED, WITHDRAWN, ENDED)(WITHDRAW) == []


@pytest.mark.parametrize(
    ("happened", "command", "code", "field"),
    [
        ([], WITHDRAW, "designation_unknown", "/designation_id"),
        ([DESIGNATED, WITHDRAWN], replace(WITHDRAW, reason="retired"), "already_withdrawn", "/designation_id"),
        ([DESIGNATED], replace(WITHDRAW, withdrawn_on=SOON), "in_the_future", "/withdrawn_on"),
        (
            [DESIGNATED],
            replace(WITHDRAW, withdrawn_on=SINCE - A_DAY),
            "withdrawn_before_designated",
            "/withdrawn_on",
        ),
        ([replace(DESIGNATED, to_on=TODAY - A_DAY)], WITHDRAW, "designation_has_ended", "/withdrawn_on"),
    ],
)
def test_a_withdrawal_that_cannot_be_is_refused(
    happened: list[RoleDesignated | RoleDesignationWithdrawn], command: WithdrawDesignation, code: str, field: str
) -> None:
    with refused(code, field):
        given(designations, *happened)(command)


def test_an_executive_head_of_three_schools_supports_from_the_two_headed_longest() -> None:
    of_three = replace(DESIGNATE, headships=(AT_ASH, AT_OAK, AT_ELM))

    assert given(designations)(of_three) == [
        replace(DESIGNATED, warnings=("heads_more_than_two_schools",)),
        RECOGNISED,
        replace(RECOGNISED, urn=ELM),
    ]


def test_the_third_school_follows_when_one_of_the_two_ends() -> None:
    left_oak = replace(AT_OAK, until_on=TODAY)
    when = given(designations, DESIGNATED, RECOGNISED, replace(RECOGNISED, urn=ELM))
    follow = FollowHeadships(headships=(left_oak, AT_ELM, AT_ASH), today=TODAY)

    assert when(replace(follow, headships=(AT_OAK, AT_ELM, AT_ASH))) == []
    assert when(follow) == [ENDED, replace(RECOGNISED, urn=ASH, from_on=TODAY)]


def test_following_headships_again_changes_nothing() -> None:
    left = FollowHeadships(headships=(replace(AT_OAK, until_on=TODAY),), today=TODAY)

    assert given(designations, DESIGNATED, RECOGNISED)(left) == [ENDED]
    assert given(designations, DESIGNATED, RECOGNISED, ENDED)(left) == []
    assert given(designations)(left) == []


def test_a_designation_that_runs_out_ends_its_schools() -> None:
    for_two_years = replace(DESIGNATED, to_on=TODAY - A_DAY)
    when = given(designations, for_two_years, RECOGNISED)

    assert when(FollowHeadships(headships=(AT_OAK,), today=TODAY - A_DAY)) == []
    assert when(FollowHeadships(headships=(AT_OAK,), today=TODAY)) == [ENDED]


def test_the_last_day_that_there_is_does_no_harm() -> None:
    for_ever = replace(DESIGNATE, to_on=date.max)

    assert given(designations)(for_ever) == [replace(DESIGNATED, to_on=date.max), RECOGNISED]


def test_a_stream_belongs_to_one_person_or_one_school() -> None:
    assert designations_stream("99001", ADA, None) == "designations-00000000-0000-0000-0000-00000000000b"
    assert designations_stream("99001", None, OAK) == "designations-99001-900001"
    with refused("person_or_school", "/person_id"):
        designations_stream("99001", ADA, OAK)
    with refused("person_or_school", "/person_id"):
        designations_stream("99001", None, None)


@pytest.mark.parametrize(
    ("role", "leads"),
    [
        ("deputy_headteacher", True),
        ("assistant_headteacher", True),
        ("head_of_year", True),
        ("subject_leader", True),
        ("phonics_lead", True),
        ("senco", True),
        ("head_of_school", False),
        ("executive_headteacher", False),
        ("teacher", False),
        ("chair_of_governors", False),
        ("leading_practitioner", False),
    ],
)
def test_who_leads_a_part_of_a_school(role: str, leads: bool) -> None:  # noqa: FBT001
    assert leads_a_part(role) is leads
    assert not HEADS & CHAIRS


headships = st.lists(
    st.builds(
        Headship,
        urn=st.sampled_from([OAK, ELM, ASH]),
        from_on=st.sampled_from([date(2023, 9, 1), SINCE, date(2025, 9, 1)]),
        until_on=st.sampled_from([None, date(2026, 1, 1), TODAY, SOON]),
    ),
    max_size=4,
).map(tuple)
days = st.sampled_from([SINCE - A_DAY, SINCE, date(2025, 1, 1), TODAY, SOON])
commands = st.one_of(
    st.builds(
        replace,
        st.just(DESIGNATE),
        designation_id=st.sampled_from([ID, OTHER]),
        scheme=st.sampled_from(["nle", "lle"]),
        from_on=days,
        to_on=st.none() | days,
        historic=st.booleans(),
        headships=headships,
    ),
    st.builds(
        replace,
        st.just(WITHDRAW),
        designation_id=st.sampled_from([ID, OTHER]),
        withdrawn_on=days,
        headships=headships,
    ),
    st.builds(FollowHeadships, headships=headships, today=st.just(TODAY)),
)


@over(st.lists(commands, max_size=12))
def test_repeats_never_change_where_it_ends(sequence: list[DesignationCommand]) -> None:
    once, taken = after(designations, sequence)

    assert after(designations, twice_each(sequence)) == (once, twice_each(taken))
    # Headships are left out: they are facts of the moment, and older ones would be news again.
    late = [command for command in taken if not isinstance(command, FollowHeadships)]
    assert events_of(designations, late, once) == []


@over(st.lists(commands, max_size=12))
def test_a_leader_never_carries_more_schools_than_two(sequence: list[DesignationCommand]) -> None:
    for state in whatever_stands(designations, sequence):
        for day in {support.from_on for support in state.supports}:
            carried = [support.urn for support in state.supports if support.holds_on(day)]
            assert len(carried) <= 2
            assert len(set(carried)) == len(carried)


@over(st.lists(commands, max_size=8), headships)
def test_what_is_recorded_is_what_is_true_today(sequence: list[DesignationCommand], now: tuple[Headship, ...]) -> None:
    state, _ = after(designations, [*sequence, FollowHeadships(headships=now, today=TODAY)])
    leads = any(
        d.scheme == "nle"
        and d.from_on <= TODAY
        and (d.to_on is None or d.to_on >= TODAY)
        and (i not in state.withdrawn or state.withdrawn[i].withdrawn_on > TODAY)
        for i, d in state.designated.items()
    )
    headed = {headship.urn for headship in now if headship.holds_on(TODAY)} if leads else set()
    carried = {support.urn for support in state.supports if support.holds_on(TODAY)}

    assert carried <= headed
    assert len(carried) == min(len(headed), 2)
