"""A decision is passed on, and it is counted who understands it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.days import Dated
from services.collaboration.domain.decision import CascadedDecision, CascadeDecision, decision, decision_stream
from services.collaboration.domain.understanding import CountUnderstanding, understanding, understanding_stream
from shared.contracts.collaboration.change import DecisionCascaded, DecisionUnderstood
from tests.unit.collaboration.facts import ASH, ELM, ITEM, OAK, TRUST
from tests.unit.collaboration.properties import assert_late_repeats_change_nothing, assert_repeats_change_nothing
from tests.unit.given import given, refused

TODAY = date(2026, 11, 25)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
CASCADE = CascadeDecision(
    decision_id=ITEM,
    trustuid=TRUST,
    title="One timetable",
    reason="Teachers can share lessons.",
    audience=("teaching_assistant", "teacher"),
    urns=(OAK, ELM),
    cascaded_on=YESTERDAY,
)
CASCADED = DecisionCascaded(
    decision_id=ITEM,
    trustuid=TRUST,
    title="One timetable",
    reason="Teachers can share lessons.",
    audience=("teaching_assistant", "teacher"),
    urns=(OAK, ELM),
    cascaded_on=YESTERDAY,
)
COUNT = CountUnderstanding(
    decision_id=ITEM,
    urn=OAK,
    role="teaching_assistant",
    understood=7,
    expected=9,
    as_at=TODAY,
    decision=CascadedDecision(cascaded=CASCADED),
    today=TODAY,
)
UNDERSTOOD = DecisionUnderstood(
    decision_id=ITEM, urn=OAK, role="teaching_assistant", understood=7, expected=9, as_at=TODAY
)


def test_a_decision_is_passed_on_with_its_reason() -> None:
    assert given(decision)(Dated(CASCADE, TODAY)) == [CASCADED]


def test_roles_and_schools_are_named_once() -> None:
    twice = replace(CASCADE, audience=CASCADE.audience * 2, urns=CASCADE.urns * 2)

    assert given(decision)(Dated(twice, TODAY)) == [CASCADED]


def test_passing_it_on_again_changes_nothing() -> None:
    assert given(decision, CASCADED)(Dated(CASCADE, TODAY)) == []


def test_another_decision_has_an_id_of_its_own() -> None:
    with refused("decision_exists", "/decision_id"):
        given(decision, CASCADED)(Dated(replace(CASCADE, reason="Because."), TODAY))


def test_nothing_is_passed_on_in_the_future() -> None:
    with refused("in_the_future", "/cascaded_on"):
        given(decision)(Dated(replace(CASCADE, cascaded_on=TOMORROW), TODAY))


def test_it_is_counted_who_understands() -> None:
    assert given(understanding)(COUNT) == [UNDERSTOOD]
    assert given(understanding)(replace(COUNT, understood=9)) == [replace(UNDERSTOOD, understood=9)]


def test_counting_the_same_again_changes_nothing() -> None:
    assert given(understanding, UNDERSTOOD)(COUNT) == []


def test_the_latest_count_stands() -> None:
    when = given(understanding, UNDERSTOOD)

    assert when(replace(COUNT, understood=8)) == [replace(UNDERSTOOD, understood=8)]
    with refused("later_one_stands", "/as_at"):
        when(replace(COUNT, as_at=YESTERDAY))


def test_no_more_understand_than_there_are() -> None:
    with refused("more_understood_than_expected", "/understood"):
        given(understanding)(replace(COUNT, understood=10))


def test_only_those_whom_it_concerns_are_counted() -> None:
    when = given(understanding)

    with refused("decision_unknown", "/decision_id"):
        when(replace(COUNT, decision=CascadedDecision()))
    with refused("school_not_in_audience", "/urn"):
        when(replace(COUNT, urn=ASH))
    with refused("role_not_in_audience", "/role"):
        when(replace(COUNT, role="governor"))


def test_a_count_is_of_a_day_after_it_was_passed_on_and_not_in_the_future() -> None:
    when = given(understanding)

    with refused("understood_before_cascaded", "/as_at"):
        when(replace(COUNT, as_at=YESTERDAY - timedelta(days=1)))
    with refused("in_the_future", "/as_at"):
        when(replace(COUNT, as_at=TOMORROW))


def test_streams_are_named_so_that_schools_do_not_wait_for_each_other() -> None:
    assert decision_stream(ITEM) == f"decision-{ITEM}"
    assert understanding_stream(ITEM, OAK, "teacher") == f"understanding-{ITEM}-{OAK}-teacher"


DAYS = st.sampled_from([YESTERDAY, TODAY, TOMORROW])


@over(st.lists(st.builds(replace, st.just(CASCADE), reason=st.sampled_from("AB"), cascaded_on=DAYS), max_size=8))
def test_any_decisions_may_come_more_than_once(commands: list[CascadeDecision]) -> None:
    dated = [Dated(command, TODAY) for command in commands]

    assert_repeats_change_nothing(decision, dated)
    assert_late_repeats_change_nothing(decision, dated)


@over(st.lists(st.builds(replace, st.just(COUNT), understood=st.integers(0, 10), as_at=DAYS), max_size=8))
def test_any_counts_may_come_more_than_once(commands: list[CountUnderstanding]) -> None:
    """At once; one that comes again after another is a count like any other."""
    assert_repeats_change_nothing(understanding, commands)
