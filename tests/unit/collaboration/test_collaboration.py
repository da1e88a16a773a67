"""A collaboration is agreed, assessed by five tests, committed to, and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.collaboration import (
    AgreeCollaboration,
    AssessCollaboration,
    CloseCollaboration,
    CollaborationCommand,
    CommitPracticeChange,
    collaboration,
    collaboration_stream,
)
from services.collaboration.domain.days import Dated
from services.collaboration.domain.five_tests import Judgement
from shared.contracts.collaboration.capacity import Amount
from shared.contracts.collaboration.partnerships import (
    CollaborationAgreed,
    CollaborationClosed,
    FiveTest,
    FiveTestsAssessed,
    Partner,
    PracticeChangeCommitted,
)
from tests.unit.collaboration.facts import ACTION, ASH, ELM, ITEM, OAK, STARTS, TRUST
from tests.unit.collaboration.properties import assert_late_repeats_change_nothing, assert_repeats_change_nothing
from tests.unit.given import given, refused

TODAY = date(2026, 11, 25)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
BEFORE = STARTS - timedelta(days=1)
HELP = Amount(dimension="people", quantity=10, unit="half_days")
PLACES = Amount(dimension="intellectual", quantity=4, unit="places")
GIVER = Partner(kind="school", urn=OAK, gives=(HELP,))
TAKER = Partner(kind="school", urn=ELM, receives=(HELP,))
UNIVERSITY = Partner(kind="university", name="University of Leicester", gives=(PLACES,), receives=(HELP,))
ITSELF = Partner(kind="trust")
AGREE = AgreeCollaboration(
    collaboration_id=ITEM,
    trustuid=TRUST,
    title="Early reading",
    purpose="Every child reads by seven.",
    measures=("Phonics check",),
    partners=(GIVER, TAKER),
    starts_on=STARTS,
    ends_on=date(2027, 7, 20),
    opportunity_cost_days=0,
    opportunity_cost_pence=0,
)
AGREED = CollaborationAgreed(
    collaboration_id=ITEM,
    trustuid=TRUST,
    title="Early reading",
    purpose="Every child reads by seven.",
    measures=("Phonics check",),
    partners=(GIVER, TAKER),
    starts_on=STARTS,
    ends_on=date(2027, 7, 20),
    opportunity_cost_days=0,
    opportunity_cost_pence=0,
)
ASSESS = AssessCollaboration(
    collaboration_id=ITEM, scores=Judgement(purpose=4, prioritisation=2), assessed_on=TODAY, by="leader-1"
)
COMMIT = CommitPracticeChange(
    collaboration_id=ITEM, commitment_id=ACTION, urn=ELM, practice="Phonics daily.", by="head", from_on=TOMORROW
)
COMMITTED = PracticeChangeCommitted(
    collaboration_id=ITEM, commitment_id=ACTION, urn=ELM, practice="Phonics daily.", by="head", from_on=TOMORROW
)
CLOSE = CloseCollaboration(collaboration_id=ITEM, outcome="green", closed_on=TODAY)
CLOSED = CollaborationClosed(collaboration_id=ITEM, outcome="green", closed_on=TODAY)


def on(command: CollaborationCommand, today: date = TODAY) -> Dated[CollaborationCommand]:
    return Dated(command, today)


def judged(test: FiveTest, score: int, assessed_on: date = TODAY) -> FiveTestsAssessed:
    return FiveTestsAssessed(
        collaboration_id=ITEM, test=test, score=score, basis="judged", by="leader-1", assessed_on=assessed_on
    )


def worked_out(score: int, assessed_on: date = TODAY) -> FiveTestsAssessed:
    return FiveTestsAssessed(
        collaboration_id=ITEM,
        test="mutuality",
        score=score,
        basis="worked_out",
        by="collaboration",
        assessed_on=assessed_on,
    )


def test_partners_agree_also_where_help_goes_one_way() -> None:
    assert given(collaboration)(on(AGREE)) == [AGREED]


def test_partners_outside_and_the_trust_itself_take_part() -> None:
    partners = (UNIVERSITY, ITSELF)

    assert given(collaboration)(on(replace(AGREE, partners=partners))) == [replace(AGREED, partners=partners)]


def test_agreeing_it_again_changes_nothing() -> None:
    assert given(collaboration, AGREED)(on(AGREE)) == []
    assert given(collaboration, AGREED, CLOSED)(on(AGREE)) == []


def test_another_collaboration_has_an_id_of_its_own() -> None:
    with refused("collaboration_exists", "/collaboration_id"):
        given(collaboration, AGREED)(on(replace(AGREE, purpose="Another one.")))


def test_a_collaboration_ends_after_it_starts() -> None:
    with refused("collaboration_ends_before_it_starts", "/ends_on"):
        given(collaboration)(on(replace(AGREE, ends_on=STARTS)))


@pytest.mark.parametrize(
    ("partner", "field"),
    [
        (Partner(kind="school"), "/partners/1/urn"),
        (Partner(kind="school", urn=ELM, name="Elm"), "/partners/1/name"),
        (Partner(kind="trust", urn=ELM), "/partners/1/urn"),
        (Partner(kind="trust", name="Harbour"), "/partners/1/name"),
        (Partner(kind="university"), "/partners/1/name"),
        (Partner(kind="other_trust", urn=ELM, name="Bay Trust"), "/partners/1/urn"),
    ],
)
def test_partners_are_named_as_their_kind_asks(partner: Partner, field: str) -> None:
    with refused("partner_misnamed", field):
        given(collaboration)(on(replace(AGREE, partners=(GIVER, partner))))


def test_each_partner_is_named_once() -> None:
    for partner in (GIVER, UNIVERSITY, ITSELF):
        again = replace(partner, gives=())
        with refused("partner_named_twice", "/partners/2"):
            given(collaboration)(on(replace(AGREE, partners=(TAKER, partner, again))))


def test_a_partner_is_the_trusts_own() -> None:
    diocese = Partner(kind="diocese", name="Leicester")

    with refused("no_partner_of_trust", "/partners"):
        given(collaboration)(on(replace(AGREE, partners=(UNIVERSITY, diocese))))


def test_what_partners_exchange_is_counted_in_units_of_its_dimension() -> None:
    wrong = Amount(dimension="people", quantity=1, unit="pence")

    with refused("unit_of_other_dimension", "/partners/0/gives/1/unit"):
        given(collaboration)(on(replace(AGREE, partners=(replace(GIVER, gives=(HELP, wrong)), TAKER))))
    with refused("unit_of_other_dimension", "/partners/1/receives/0/unit"):
        given(collaboration)(on(replace(AGREE, partners=(GIVER, replace(TAKER, receives=(wrong,))))))


def test_people_judge_and_mutuality_is_worked_out() -> None:
    when = given(collaboration, AGREED)

    assert when(on(ASSESS)) == [judged("purpose", 4), judged("prioritisation", 2), worked_out(0)]


def test_mutuality_is_worked_out_whenever_somebody_assesses() -> None:
    both = replace(AGREED, partners=(UNIVERSITY, replace(ITSELF, gives=(HELP,), receives=(PLACES,))))
    when = given(collaboration, both)

    assert when(on(replace(ASSESS, scores=Judgement()))) == [worked_out(4)]


def test_assessing_the_same_again_changes_nothing() -> None:
    when = given(collaboration, AGREED, judged("purpose", 4), judged("prioritisation", 2), worked_out(0))

    assert when(on(ASSESS)) == []


def test_a_later_assessment_takes_the_place_of_the_one_before_and_no_earlier_one_does() -> None:
    when = given(collaboration, AGREED, judged("purpose", 4, YESTERDAY), worked_out(0, YESTERDAY))

    assert when(on(replace(ASSESS, scores=Judgement(purpose=1)))) == [judged("purpose", 1), worked_out(0)]
    with refused("later_one_stands", "/assessed_on"):
        when(on(replace(ASSESS, scores=Judgement(purpose=1), assessed_on=YESTERDAY - timedelta(days=1))))


def test_an_assessment_is_of_a_day_on_which_the_collaboration_ran() -> None:
    with refused("in_the_future", "/assessed_on"):
        given(collaboration, AGREED)(on(replace(ASSESS, assessed_on=TOMORROW)))
    with refused("assessed_while_not_running", "/assessed_on"):
        given(collaboration, AGREED)(on(replace(ASSESS, assessed_on=BEFORE)))
    with refused("assessed_while_not_running", "/assessed_on"):
        given(collaboration, AGREED, replace(CLOSED, closed_on=YESTERDAY))(on(ASSESS))


def test_the_last_day_is_assessed_after_closing_too() -> None:
    when = given(collaboration, AGREED, CLOSED)

    assert when(on(ASSESS)) == [judged("purpose", 4), judged("prioritisation", 2), worked_out(0)]


def test_a_school_commits_to_do_something_differently() -> None:
    assert given(collaboration, AGREED)(on(COMMIT)) == [COMMITTED]


def test_committing_again_changes_nothing() -> None:
    assert given(collaboration, AGREED, COMMITTED)(on(COMMIT)) == []
    assert given(collaboration, AGREED, COMMITTED, CLOSED)(on(COMMIT)) == []


def test_commitments_are_of_partners_while_they_work_together() -> None:
    when = given(collaboration, AGREED, COMMITTED)

    with refused("commitment_exists", "/commitment_id"):
        when(on(replace(COMMIT, practice="Phonics at times.")))
    with refused("not_a_partner", "/urn"):
        when(on(replace(COMMIT, commitment_id=ITEM, urn=ASH)))
    with refused("change_before_collaboration", "/from_on"):
        when(on(replace(COMMIT, commitment_id=ITEM, from_on=BEFORE)))
    with refused("collaboration_closed", "/collaboration_id"):
        given(collaboration, AGREED, CLOSED)(on(COMMIT))


def test_it_is_closed_with_its_outcome_also_past_its_end() -> None:
    when = given(collaboration, replace(AGREED, ends_on=YESTERDAY))

    assert when(on(CLOSE)) == [CLOSED]


def test_closing_it_again_changes_nothing() -> None:
    assert given(collaboration, AGREED, CLOSED)(on(CLOSE)) == []


def test_it_is_closed_once_when_it_has_begun_and_not_in_the_future() -> None:
    with refused("collaboration_closed", "/collaboration_id"):
        given(collaboration, AGREED, CLOSED)(on(replace(CLOSE, outcome="red")))
    with refused("collaboration_closed_before_it_starts", "/closed_on"):
        given(collaboration, AGREED)(on(replace(CLOSE, closed_on=BEFORE)))
    with refused("in_the_future", "/closed_on"):
        given(collaboration, AGREED)(on(replace(CLOSE, closed_on=TOMORROW)))


@pytest.mark.parametrize("command", [ASSESS, COMMIT, CLOSE])
def test_what_was_not_agreed_is_unknown(command: CollaborationCommand) -> None:
    with refused("collaboration_unknown", "/collaboration_id"):
        given(collaboration)(on(command))


def test_its_stream_is_named_by_its_id() -> None:
    assert collaboration_stream(ITEM) == f"collaboration-{ITEM}"


DAYS = st.sampled_from([BEFORE, YESTERDAY, TODAY, TOMORROW])
ONCE = (
    st.builds(replace, st.just(AGREE), partners=st.sampled_from([(GIVER, TAKER), (ITSELF, UNIVERSITY)]))
    | st.builds(replace, st.just(COMMIT), commitment_id=st.sampled_from([ACTION, ITEM]), from_on=DAYS)
    | st.builds(replace, st.just(CLOSE), closed_on=DAYS)
)
SCORES = st.builds(Judgement, purpose=st.none() | st.integers(0, 4), change=st.none() | st.integers(0, 4))
ANY = ONCE | st.builds(replace, st.just(ASSESS), scores=SCORES, assessed_on=DAYS)


@over(st.lists(ANY.map(on), max_size=12))
def test_any_commands_may_come_more_than_once(commands: list[Dated[CollaborationCommand]]) -> None:
    assert_repeats_change_nothing(collaboration, commands)


@over(st.lists(ONCE.map(on), max_size=12))
def test_all_but_judgements_may_come_again_late(commands: list[Dated[CollaborationCommand]]) -> None:
    """Of judgements the latest counts: one that is given again after another is a judgement like any other."""
    assert_late_repeats_change_nothing(collaboration, commands)
