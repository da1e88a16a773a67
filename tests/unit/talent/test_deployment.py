"""A deployment is proposed, confirmed by the releasing head and the person, and ended with what it changed."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.deployment import (
    ConfirmDeployment,
    Deployment,
    DeploymentCommand,
    Deployments,
    EndDeployment,
    ProposeDeployment,
    deployments,
    deployments_stream,
)
from services.talent.domain.deployment_terms import DeploymentTerms
from services.talent.domain.person import Person, person
from shared.contracts.talent.deployments import (
    DeploymentEnded,
    DeploymentProposed,
    DeploymentTermsSet,
    LeaderDeployed,
)
from shared.contracts.talent.register import EngagementEnded, EngagementStarted
from tests.unit.given import given, refused
from tests.unit.repeats import after, events_of, twice_each, whatever_stands

ADA, BEN, CLEO = (UUID(int=n) for n in (1, 2, 3))
FIRST, SECOND, THIRD = (UUID(int=n) for n in (11, 12, 13))
HOME, AWAY, FAR = "900001", "900002", "900003"
STARTS, ENDS, TODAY, TOMORROW = date(2026, 11, 2), date(2026, 12, 18), date(2026, 11, 20), date(2026, 11, 21)


def works(
    role: str, *urns: str | None, person_id: UUID = ADA, fte: int = 100, until: date | None = None, acting: bool = False
) -> Person:
    """Somebody with one engagement at each of these places."""
    engagements: list[EngagementStarted | EngagementEnded] = []
    for number, urn in enumerate(urns):
        engagement_id = UUID(int=100 + number)
        engagements.append(
            EngagementStarted(
                person_id=person_id,
                engagement_id=engagement_id,
                urn=urn,
                kind="permanent",
                role=role,
                fte_hundredths=fte,
                acting=acting,
                started_on=date(2020, 9, 1),
            )
        )
        if until:
            engagements.append(EngagementEnded(person_id=person_id, engagement_id=engagement_id, ended_on=until))
    return person.fold(engagements, Person(known_as=("99001", "harbour-mis", "S1")))


def terms(days_a_year: int) -> DeploymentTerms:
    set_ = DeploymentTermsSet(person_id=ADA, days_a_year=days_a_year, from_on=date(2026, 9, 1))
    return DeploymentTerms(by_first_day={set_.from_on: set_})


PROPOSE = ProposeDeployment(
    deployment_id=FIRST,
    person_id=ADA,
    from_urn=HOME,
    to_urn=AWAY,
    days=8,
    starts_on=STARTS,
    ends_on=ENDS,
    purpose="Coaches the new head of maths.",
    person=works("assistant_headteacher", HOME),
)
PROPOSED = DeploymentProposed(
    deployment_id=FIRST,
    person_id=ADA,
    from_urn=HOME,
    to_urn=AWAY,
    days=8,
    starts_on=STARTS,
    ends_on=ENDS,
    purpose="Coaches the new head of maths.",
)
CONFIRM = ConfirmDeployment(
    deployment_id=FIRST,
    confirmed_by_head=BEN,
    confirmed_by_head_on=TODAY,
    confirmed_by_person_on=date(2026, 11, 19),
    person=works("assistant_headteacher", HOME),
    head=works("headteacher", HOME, person_id=BEN),
    terms=terms(20),
    today=TODAY,
)
DEPLOYED = LeaderDeployed(
    deployment_id=FIRST,
    person_id=ADA,
    from_urn=HOME,
    to_urn=AWAY,
    days=8,
    starts_on=STARTS,
    ends_on=ENDS,
    confirmed_by_head=BEN,
    confirmed_by_head_on=TODAY,
    confirmed_by_person_on=date(2026, 11, 19),
)
END = EndDeployment(
    deployment_id=FIRST, ended_on=TODAY, outcome="green", impact="The team plans together now.", today=TODAY
)
ENDED = DeploymentEnded(
    deployment_id=FIRST, person_id=ADA, ended_on=TODAY, outcome="green", impact="The team plans together now."
)
CALL_OFF = EndDeployment(deployment_id=FIRST, ended_on=date(2026, 11, 1), today=TODAY)
CALLED_OFF = DeploymentEnded(deployment_id=FIRST, person_id=ADA, ended_on=date(2026, 11, 1), outcome="called_off")


def test_a_deployment_is_proposed_without_any_terms() -> None:
    when = given(deployments)

    assert when(PROPOSE) == [PROPOSED]


def test_proposing_it_again_changes_nothing_whatever_came_since() -> None:
    gone = works("assistant_headteacher", HOME, until=date(2026, 10, 1))

    assert given(deployments, PROPOSED)(PROPOSE) == []
    assert given(deployments, PROPOSED, DEPLOYED, ENDED)(replace(PROPOSE, person=gone)) == []


def test_a_deployment_id_names_one_deployment() -> None:
    when = given(deployments, PROPOSED)

    with refused("deployment_exists", "/deployment_id"):
        when(replace(PROPOSE, days=9))


def test_it_leads_to_another_school() -> None:
    when = given(deployments)

    with refused("deployed_to_own_school", "/to_urn"):
        when(replace(PROPOSE, to_urn=HOME))


def test_it_ends_after_it_starts() -> None:
    when = given(deployments)

    assert when(replace(PROPOSE, ends_on=STARTS, days=1))
    with refused("deployment_ends_before_it_starts", "/ends_on"):
        when(replace(PROPOSE, ends_on=date(2026, 11, 1)))


def test_it_lies_in_one_academic_year() -> None:
    when = given(deployments)

    assert when(replace(PROPOSE, ends_on=date(2027, 8, 31)))
    with refused("deployment_crosses_years", "/ends_on"):
        when(replace(PROPOSE, ends_on=date(2027, 9, 1)))


def test_it_has_no_more_days_than_there_are() -> None:
    when = given(deployments)

    assert when(replace(PROPOSE, ends_on=date(2026, 11, 9), days=8))
    with refused("too_many_days", "/days"):
        when(replace(PROPOSE, ends_on=date(2026, 11, 8), days=8))


@pytest.mark.parametrize(
    "person",
    [
        Person(),
        works("assistant_headteacher", FAR),
        works("assistant_headteacher", None),
        works("assistant_headteacher", HOME, until=date(2026, 11, 1)),
        works("assistant_headteacher", HOME, until=date(2026, 12, 17)),
    ],
)
def test_nobody_is_deployed_who_does_not_work_there_all_that_time(person: Person) -> None:
    with refused("not_at_releasing_school", "/from_urn"):
        given(deployments)(replace(PROPOSE, person=person))
    with refused("not_at_releasing_school", "/deployment_id"):
        given(deployments, PROPOSED)(replace(CONFIRM, person=person))


def test_somebody_may_be_deployed_until_their_last_day() -> None:
    when = given(deployments)

    assert when(replace(PROPOSE, person=works("assistant_headteacher", HOME, until=ENDS)))


def test_a_leader_of_governance_may_be_deployed_too() -> None:
    when = given(deployments)

    assert when(replace(PROPOSE, person=works("chair_of_governors", HOME, fte=0)))


def test_the_head_and_the_person_confirm_it() -> None:
    when = given(deployments, PROPOSED)

    assert when(CONFIRM) == [DEPLOYED]


@pytest.mark.parametrize(
    "head",
    [
        works("executive_headteacher", AWAY, HOME, FAR, person_id=BEN, fte=33),
        works("head_of_school", HOME, person_id=BEN),
        works("headteacher", HOME, person_id=BEN, acting=True),
        works("headteacher", HOME, person_id=BEN, until=TODAY),
    ],
)
def test_whoever_heads_the_school_on_that_day_releases(head: Person) -> None:
    when = given(deployments, PROPOSED)

    assert when(replace(CONFIRM, head=head)) == [DEPLOYED]


@pytest.mark.parametrize(
    "head",
    [
        works("deputy_headteacher", HOME, person_id=BEN),
        works("headteacher", AWAY, person_id=BEN),
        works("headteacher", HOME, person_id=BEN, until=date(2026, 11, 19)),
        works("chief_executive", None, person_id=BEN),
    ],
)
def test_nobody_else_releases(head: Person) -> None:
    when = given(deployments, PROPOSED)

    with refused("not_releasing_head", "/confirmed_by_head"):
        when(replace(CONFIRM, head=head))


@pytest.mark.parametrize("role", ["chief_executive", "chair_of_trustees"])
def test_a_head_is_released_by_who_leads_the_trust(role: str) -> None:
    when = given(deployments, PROPOSED)
    confirm = replace(CONFIRM, person=works("headteacher", HOME))

    assert when(replace(confirm, head=works(role, None, person_id=BEN))) == [DEPLOYED]
    with refused("not_releasing_head", "/confirmed_by_head"):
        when(replace(confirm, head=works(role, FAR, person_id=BEN)))


def test_nobody_releases_themselves() -> None:
    when = given(deployments, PROPOSED)
    head = works("headteacher", HOME)

    with refused("releases_self", "/confirmed_by_head"):
        when(replace(CONFIRM, confirmed_by_head=ADA, person=head, head=head))


@pytest.mark.parametrize("field", ["confirmed_by_head_on", "confirmed_by_person_on"])
def test_both_have_said_yes(field: str) -> None:
    when = given(deployments, PROPOSED)
    other = {field: TOMORROW}

    with refused("in_the_future", f"/{field}"):
        when(replace(CONFIRM, **other))  # type: ignore[arg-type]  # one of the two days


def test_without_terms_it_waits_for_them() -> None:
    when = given(deployments, PROPOSED)

    with refused("terms_missing", "/deployment_id"):
        when(replace(CONFIRM, terms=DeploymentTerms()))


def test_the_terms_count_the_years_days_together() -> None:
    another = replace(PROPOSED, deployment_id=SECOND, to_urn=FAR, days=12)
    when = given(deployments, PROPOSED, DEPLOYED, another)

    assert when(replace(CONFIRM, deployment_id=SECOND))
    with refused("terms_exceeded", "/deployment_id"):
        when(replace(CONFIRM, deployment_id=SECOND, terms=terms(19)))


@pytest.mark.parametrize(
    ("ended", "left"),
    [
        (CALLED_OFF, 20),
        (ENDED, 12),
        (replace(ENDED, days_given=3), 17),
        (replace(ENDED, days_given=0), 20),
    ],
)
def test_days_that_were_not_given_can_be_given_elsewhere(ended: DeploymentEnded, left: int) -> None:
    another = replace(PROPOSED, deployment_id=SECOND, days=left)
    fits = given(deployments, PROPOSED, DEPLOYED, ended, another)
    too_many = given(deployments, PROPOSED, DEPLOYED, ended, replace(another, days=left + 1))

    assert fits(replace(CONFIRM, deployment_id=SECOND))
    with refused("terms_exceeded", "/deployment_id"):
        too_many(replace(CONFIRM, deployment_id=SECOND))


def test_confirming_it_again_changes_nothing_whatever_came_since() -> None:
    later = replace(CONFIRM, head=Person(), terms=DeploymentTerms())

    assert given(deployments, PROPOSED, DEPLOYED)(later) == []
    assert given(deployments, PROPOSED, DEPLOYED, ENDED)(later) == []


@pytest.mark.parametrize("other", [{"confirmed_by_head": CLEO}, {"confirmed_by_head_on": STARTS}])
def test_it_is_confirmed_once(other: dict[str, object]) -> None:
    when = given(deployments, PROPOSED, DEPLOYED)

    with refused("deployment_confirmed", "/deployment_id"):
        when(replace(CONFIRM, **other))  # type: ignore[arg-type]  # one field of the command or another


def test_more_than_full_time_only_warns() -> None:
    elsewhere = works("assistant_headteacher", HOME, FAR, fte=60)
    when = given(deployments, PROPOSED)

    assert when(replace(CONFIRM, person=elsewhere)) == [replace(DEPLOYED, above_full_time=True)]


def test_a_deployment_that_is_over_takes_no_time_any_more() -> None:
    whole = replace(PROPOSED, deployment_id=SECOND, starts_on=date(2026, 11, 30), days=15)
    every_day, confirmed = replace(PROPOSED, days=35), replace(DEPLOYED, days=35)
    confirm = replace(CONFIRM, deployment_id=SECOND, terms=terms(100))
    beside, after_it = (
        given(deployments, every_day, confirmed, whole),
        given(deployments, every_day, confirmed, ENDED, whole),
    )

    assert [event.above_full_time for event in beside(confirm) if isinstance(event, LeaderDeployed)] == [True]
    assert [event.above_full_time for event in after_it(confirm) if isinstance(event, LeaderDeployed)] == [False]


def test_a_deployment_ends_with_what_it_changed() -> None:
    when = given(deployments, PROPOSED, DEPLOYED)

    assert when(END) == [ENDED]
    assert when(replace(END, days_given=5)) == [replace(ENDED, days_given=5)]
    assert when(replace(END, ended_on=STARTS)) == [replace(ENDED, ended_on=STARTS)]


def test_what_came_of_it_is_said() -> None:
    when = given(deployments, PROPOSED, DEPLOYED)

    with refused("outcome_missing", "/outcome"):
        when(replace(END, outcome="called_off"))
    with refused("outcome_missing", "/impact"):
        when(replace(END, impact=None))


def test_no_more_days_are_given_than_were_confirmed() -> None:
    when = given(deployments, PROPOSED, DEPLOYED)

    assert when(replace(END, days_given=8))
    with refused("more_days_than_confirmed", "/days_given"):
        when(replace(END, days_given=9))


def test_a_proposal_may_be_called_off() -> None:
    when = given(deployments, PROPOSED)

    assert when(CALL_OFF) == [CALLED_OFF]
    assert when(replace(CALL_OFF, ended_on=TODAY)) == [replace(CALLED_OFF, ended_on=TODAY)]


def test_a_confirmed_deployment_may_be_called_off_before_it_begins() -> None:
    when = given(deployments, PROPOSED, DEPLOYED)

    assert when(CALL_OFF) == [CALLED_OFF]


@pytest.mark.parametrize("said", [{"outcome": "red"}, {"impact": "Nothing."}, {"days_given": 0}])
def test_what_never_began_has_nothing_to_report(said: dict[str, object]) -> None:
    [field] = said

    for when in (given(deployments, PROPOSED), given(deployments, PROPOSED, DEPLOYED)):
        with refused("deployment_never_began", f"/{field}"):
            when(replace(CALL_OFF, **said))  # type: ignore[arg-type]  # one field of the command or another


def test_what_was_called_off_is_not_confirmed() -> None:
    when = given(deployments, PROPOSED, CALLED_OFF)

    with refused("deployment_called_off", "/deployment_id"):
        when(CONFIRM)


def test_it_has_ended() -> None:
    when = given(deployments, PROPOSED, DEPLOYED)

    with refused("in_the_future", "/ended_on"):
        when(replace(END, ended_on=TOMORROW))


def test_ending_it_again_changes_nothing() -> None:
    when = given(deployments, PROPOSED, DEPLOYED, ENDED)

    assert when(END) == []
    assert when(replace(END, impact="In other words.")) == []


def test_it_ends_once() -> None:
    when = given(deployments, PROPOSED, DEPLOYED, ENDED)

    for other in (replace(END, outcome="amber"), replace(END, ended_on=STARTS), replace(END, days_given=1)):
        with refused("deployment_already_ended", "/deployment_id"):
            when(other)


@pytest.mark.parametrize("command", [CONFIRM, END])
def test_a_deployment_that_nobody_proposed_is_unknown(command: DeploymentCommand) -> None:
    when = given(deployments, replace(PROPOSED, deployment_id=SECOND))

    with refused("deployment_unknown", "/deployment_id"):
        when(command)


def test_what_it_changed_does_not_stay_in_the_state() -> None:
    assert "plans together" not in repr(deployments.fold([PROPOSED, DEPLOYED, ENDED]))


def test_a_year_of_a_person_has_a_stream_of_its_own() -> None:
    assert deployments_stream(ADA, "2026/27") == f"deployments-{ADA}-2026-27"


ids = st.sampled_from([FIRST, SECOND, THIRD])
days = st.sampled_from([date(2026, 11, 1), STARTS, TODAY, TOMORROW])
commands: st.SearchStrategy[DeploymentCommand] = st.one_of(
    st.builds(replace, st.just(PROPOSE), deployment_id=ids, days=st.integers(1, 20)),
    st.builds(
        replace,
        st.just(CONFIRM),
        deployment_id=ids,
        confirmed_by_head=st.sampled_from([ADA, BEN]),
        confirmed_by_head_on=days,
    ),
    st.builds(
        replace,
        st.just(END),
        deployment_id=ids,
        ended_on=days,
        outcome=st.sampled_from([None, "amber"]),
        impact=st.sampled_from([None, "It helped."]),
        days_given=st.sampled_from([None, 0, 4]),
    ),
)


@over(st.lists(commands, max_size=20))
def test_repeats_never_change_where_it_ends(sequence: list[DeploymentCommand]) -> None:
    once, taken = after(deployments, sequence)

    assert after(deployments, twice_each(sequence)) == (once, twice_each(taken))
    assert events_of(deployments, taken, once) == []


@over(st.lists(commands, max_size=20))
def test_the_days_never_exceed_the_terms(sequence: list[DeploymentCommand]) -> None:
    state: Deployments
    for state in whatever_stands(deployments, sequence):
        assert sum(_taken(deployment) for deployment in state.by_id.values()) <= 20
        assert all(d.confirmed.confirmed_by_head != ADA for d in state.by_id.values() if d.confirmed)


def _taken(deployment: Deployment) -> int:
    """The days by the rule's own words."""
    if deployment.confirmed is None:
        return 0
    match deployment.ended:
        case None:
            return deployment.confirmed.days
        case (day, _, _) if day < STARTS:
            return 0
        case (_, given_days, _):
            return deployment.confirmed.days if given_days is None else given_days
