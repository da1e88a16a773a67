"""Deployment terms: how many days of a year somebody can be elsewhere, from a day on."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.deployment_terms import (
    DeploymentTerms,
    SetDeploymentTerms,
    check_terms_allow,
    deployment_terms,
    deployment_terms_stream,
)
from shared.contracts.talent.deployments import DeploymentProposed, DeploymentTermsSet
from tests.unit.given import given, refused
from tests.unit.repeats import after, twice_each

ADA = UUID(int=1)
FROM, JAN, UNTIL = date(2026, 9, 1), date(2027, 1, 4), date(2027, 7, 20)

SET = SetDeploymentTerms(person_id=ADA, days_a_year=20, from_on=FROM, to_on=UNTIL)
TERMS = DeploymentTermsSet(person_id=ADA, days_a_year=20, from_on=FROM, to_on=UNTIL)
PROPOSED = DeploymentProposed(
    deployment_id=UUID(int=11),
    person_id=ADA,
    from_urn="900001",
    to_urn="900002",
    days=8,
    starts_on=date(2026, 11, 2),
    ends_on=date(2026, 12, 18),
    purpose="Coaches the new head.",
)


def test_terms_are_set_also_ahead_and_with_no_end() -> None:
    when = given(deployment_terms)

    assert when(SET) == [TERMS]
    assert when(replace(SET, from_on=date(2050, 9, 1), to_on=None)) == [
        replace(TERMS, from_on=date(2050, 9, 1), to_on=None)
    ]


def test_setting_them_again_changes_nothing_and_otherwise_puts_them_right() -> None:
    when = given(deployment_terms, TERMS, replace(TERMS, from_on=JAN))

    assert when(SET) == []
    assert when(replace(SET, days_a_year=0)) == [replace(TERMS, days_a_year=0)]
    assert when(replace(SET, to_on=None)) == [replace(TERMS, to_on=None)]


def test_they_end_after_they_start() -> None:
    when = given(deployment_terms)

    assert when(replace(SET, to_on=FROM))
    with refused("terms_end_before_they_start", "/to_on"):
        when(replace(SET, to_on=date(2026, 8, 31)))


def test_they_allow_as_many_days_as_they_leave() -> None:
    state = deployment_terms.fold([TERMS])

    check_terms_allow(PROPOSED, state, taken=12)
    with refused("terms_exceeded", "/deployment_id"):
        check_terms_allow(PROPOSED, state, taken=13)


def test_without_terms_on_the_first_day_nothing_is_allowed() -> None:
    for state in (
        DeploymentTerms(),
        deployment_terms.fold([replace(TERMS, from_on=date(2026, 11, 3))]),
        deployment_terms.fold([replace(TERMS, to_on=date(2026, 11, 1))]),
        deployment_terms.fold([replace(TERMS, to_on=None), replace(TERMS, from_on=date(2026, 10, 1), to_on=FROM)]),
    ):
        with refused("terms_missing", "/deployment_id"):
            check_terms_allow(PROPOSED, state, taken=0)


def test_they_hold_until_its_last_day() -> None:
    check_terms_allow(PROPOSED, deployment_terms.fold([replace(TERMS, to_on=PROPOSED.ends_on)]), taken=0)
    with refused("terms_end_before", "/deployment_id"):
        check_terms_allow(PROPOSED, deployment_terms.fold([replace(TERMS, to_on=date(2026, 12, 17))]), taken=0)


def test_the_narrower_terms_count_where_they_change_meanwhile() -> None:
    fewer = replace(TERMS, days_a_year=7, from_on=date(2026, 12, 1))

    with refused("terms_exceeded", "/deployment_id"):
        check_terms_allow(PROPOSED, deployment_terms.fold([TERMS, fewer]), taken=0)
    check_terms_allow(PROPOSED, deployment_terms.fold([TERMS, replace(fewer, from_on=JAN)]), taken=0)


def test_their_stream_is_the_persons() -> None:
    assert deployment_terms_stream(ADA) == f"deployment-terms-{ADA}"


days = st.sampled_from([FROM, JAN, UNTIL])
commands = st.builds(
    replace, st.just(SET), days_a_year=st.integers(0, 3), from_on=days, to_on=st.one_of(st.none(), days)
)


@over(st.lists(commands, max_size=12))
def test_repeats_never_change_where_it_ends(sequence: list[SetDeploymentTerms]) -> None:
    once, taken = after(deployment_terms, sequence)

    assert after(deployment_terms, twice_each(sequence)) == (once, twice_each(taken))
    assert all(terms.to_on is None or terms.from_on <= terms.to_on for terms in once.by_first_day.values())
