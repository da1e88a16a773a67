"""Priorities are proposed, voted on by leaders of all levels, and agreed: each place once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.agreed_priorities import (
    AgreedPriorities,
    AgreePriority,
    agreed_priorities,
    agreed_priorities_stream,
    check_voting_open,
)
from services.collaboration.domain.ballot import CastBallot, ballot, ballot_stream
from services.collaboration.domain.days import Dated
from services.collaboration.domain.priority import (
    Priority,
    ProposePriority,
    check_proposed,
    priority,
    priority_stream,
)
from shared.contracts.collaboration.planning import PriorityAgreed, PriorityProposed, PriorityVoted
from tests.unit.collaboration.facts import ACTION, FOCUS, ITEM, OAK, OTHER_ITEM, OTHER_TRUST, TRUST
from tests.unit.collaboration.properties import assert_late_repeats_change_nothing, assert_repeats_change_nothing
from tests.unit.given import given, refused

TODAY = date(2026, 11, 25)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
CYCLE = "2026/27-A1"
FIRST, SECOND, THIRD, PERSON = ITEM, OTHER_ITEM, FOCUS, ACTION

PROPOSE = ProposePriority(
    priority_id=FIRST,
    trustuid=TRUST,
    cycle=CYCLE,
    urn=OAK,
    title="Reading",
    role_level="middle",
    proposed_on=TODAY,
)
PROPOSED = PriorityProposed(
    priority_id=FIRST,
    trustuid=TRUST,
    cycle=CYCLE,
    urn=OAK,
    title="Reading",
    role_level="middle",
    proposed_on=TODAY,
)
VOTE = CastBallot(
    trustuid=TRUST,
    cycle=CYCLE,
    urn=OAK,
    person_id=PERSON,
    role_level="teacher",
    ranking=(SECOND, FIRST),
    voted_on=TODAY,
)
VOTED = PriorityVoted(
    trustuid=TRUST,
    cycle=CYCLE,
    urn=OAK,
    person_id=PERSON,
    role_level="teacher",
    ranking=(SECOND, FIRST),
    voted_on=TODAY,
)
AGREE = AgreePriority(priority_id=FIRST, trustuid=TRUST, cycle=CYCLE, rank=1, agreed_on=TODAY)
AGREED = PriorityAgreed(priority_id=FIRST, trustuid=TRUST, cycle=CYCLE, rank=1, agreed_on=TODAY)


def test_a_priority_is_proposed_by_a_school_or_by_the_trust() -> None:
    when = given(priority)

    assert when(Dated(PROPOSE, TODAY)) == [PROPOSED]
    assert when(Dated(replace(PROPOSE, urn=None), TODAY)) == [replace(PROPOSED, urn=None)]


def test_proposing_it_again_changes_nothing() -> None:
    assert given(priority, PROPOSED)(Dated(PROPOSE, TODAY)) == []


def test_another_priority_has_an_id_of_its_own() -> None:
    with refused("priority_exists", "/priority_id"):
        given(priority, PROPOSED)(Dated(replace(PROPOSE, title="Writing"), TODAY))


def test_nothing_is_proposed_in_the_future() -> None:
    with refused("in_the_future", "/proposed_on"):
        given(priority)(Dated(PROPOSE, YESTERDAY))


def test_only_what_was_proposed_in_the_cycle_of_the_trust_is_voted_on() -> None:
    check_proposed(Priority(proposed=PROPOSED), TRUST, CYCLE, "/ranking/0")

    for state, trust, cycle in (
        (Priority(), TRUST, CYCLE),
        (Priority(proposed=PROPOSED), OTHER_TRUST, CYCLE),
        (Priority(proposed=PROPOSED), TRUST, "2026/27-A2"),
    ):
        with refused("priority_unknown", "/ranking/0"):
            check_proposed(state, trust, cycle, "/ranking/0")


def test_a_leader_votes() -> None:
    assert given(ballot)(Dated(VOTE, TODAY)) == [VOTED]


def test_voting_the_same_again_changes_nothing() -> None:
    assert given(ballot, VOTED)(Dated(VOTE, TODAY)) == []


def test_a_later_vote_takes_the_place_of_the_one_before() -> None:
    other = replace(VOTED, ranking=(FIRST,))
    when = given(ballot, VOTED, other)

    assert when(Dated(VOTE, TODAY)) == [VOTED]
    assert when(Dated(replace(VOTE, voted_on=TOMORROW), TOMORROW)) == [replace(VOTED, voted_on=TOMORROW)]


def test_a_vote_of_an_earlier_day_takes_nobodys_place() -> None:
    with refused("later_one_stands", "/voted_on"):
        given(ballot, VOTED)(Dated(replace(VOTE, voted_on=YESTERDAY), TODAY))


def test_each_priority_has_one_place_on_a_ballot() -> None:
    with refused("ranked_twice", "/ranking"):
        given(ballot)(Dated(replace(VOTE, ranking=(FIRST, SECOND, FIRST)), TODAY))


def test_nobody_votes_in_the_future() -> None:
    with refused("in_the_future", "/voted_on"):
        given(ballot)(Dated(VOTE, YESTERDAY))


def test_the_vote_is_over_when_the_first_priority_is_agreed() -> None:
    check_voting_open(AgreedPriorities(), "/cycle")

    with refused("voting_closed", "/cycle"):
        check_voting_open(agreed_priorities.fold([AGREED]), "/cycle")


def test_the_trust_agrees_places_in_any_order() -> None:
    third = replace(AGREED, priority_id=THIRD, rank=3)

    assert given(agreed_priorities, third)(Dated(AGREE, TODAY)) == [AGREED]


def test_agreeing_it_again_changes_nothing() -> None:
    other = replace(AGREED, priority_id=SECOND, rank=2)

    assert given(agreed_priorities, AGREED, other)(Dated(AGREE, TODAY)) == []


def test_a_place_is_given_once_and_a_priority_has_one() -> None:
    when = given(agreed_priorities, AGREED)

    with refused("rank_taken", "/rank"):
        when(Dated(replace(AGREE, priority_id=SECOND), TODAY))
    with refused("priority_already_agreed", "/priority_id"):
        when(Dated(replace(AGREE, rank=2), TODAY))


def test_nothing_is_agreed_in_the_future() -> None:
    with refused("in_the_future", "/agreed_on"):
        given(agreed_priorities)(Dated(AGREE, YESTERDAY))


def test_streams_are_named_so_that_nothing_stands_twice() -> None:
    assert priority_stream(FIRST) == f"priority-{FIRST}"
    assert ballot_stream(TRUST, CYCLE, PERSON) == f"ballot-{TRUST}-2026-27-A1-{PERSON}"
    assert agreed_priorities_stream(TRUST, CYCLE) == f"agreed-priorities-{TRUST}-2026-27-A1"


DAYS = st.sampled_from([YESTERDAY, TODAY, TOMORROW])
IDS = st.sampled_from([FIRST, SECOND, THIRD])


@over(st.lists(st.builds(replace, st.just(PROPOSE), title=st.sampled_from("AB"), proposed_on=DAYS), max_size=8))
def test_any_proposals_may_come_more_than_once(commands: list[ProposePriority]) -> None:
    dated = [Dated(command, TODAY) for command in commands]

    assert_repeats_change_nothing(priority, dated)
    assert_late_repeats_change_nothing(priority, dated)


@over(st.lists(st.builds(replace, st.just(VOTE), ranking=st.lists(IDS, min_size=1).map(tuple), voted_on=DAYS)))
def test_any_votes_may_come_more_than_once(commands: list[CastBallot]) -> None:
    """At once; one that comes again after another is a vote like any other."""
    assert_repeats_change_nothing(ballot, [Dated(command, TODAY) for command in commands])


@over(st.lists(st.builds(replace, st.just(AGREE), priority_id=IDS, rank=st.integers(1, 3), agreed_on=DAYS)))
def test_any_agreements_may_come_more_than_once_and_give_each_place_once(commands: list[AgreePriority]) -> None:
    dated = [Dated(command, TODAY) for command in commands]

    assert_repeats_change_nothing(agreed_priorities, dated)
    assert_late_repeats_change_nothing(agreed_priorities, dated)
