"""An action is agreed about an answer, closed once, and each side says once what it changed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.action import (
    ActionCommand,
    ActionEvent,
    AgreeAction,
    CloseAction,
    RaiseActionOverdue,
    ReviewEffect,
    Side,
    action,
    action_stream,
)
from services.collaboration.domain.answer import ItemAnswer, MeetingAnswer
from services.collaboration.domain.item import AgendaItem
from shared.contracts.collaboration.loop import ActionAgreed, ActionClosed, ActionOverdue, EffectReviewed
from shared.contracts.vocabulary import Answer
from tests.unit.collaboration.facts import ACTION, FOCUS, ITEM, KNOWN_ITEM, LATER_MEETING, MEETING, NOW, OAK
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused


def answered(rag: Answer) -> ItemAnswer:
    return ItemAnswer(meetings={MEETING: MeetingAnswer(item_id=ITEM, urn=OAK, rag=rag)})


AGREE = AgreeAction(
    action_id=ACTION,
    meeting_id=MEETING,
    urn=OAK,
    action="A reading lead teaches beside Year 4.",
    owner="deputy-head",
    due_on=date(2026, 10, 16),
    item=KNOWN_ITEM,
    answer=answered("red"),
    at=NOW,
)
AGREED = ActionAgreed(
    action_id=ACTION,
    meeting_id=MEETING,
    item_id=ITEM,
    focus_id=FOCUS,
    urn=OAK,
    action="A reading lead teaches beside Year 4.",
    owner="deputy-head",
    due_on=date(2026, 10, 16),
)
DAY_AFTER = RaiseActionOverdue(today=date(2026, 10, 17))
OVERDUE = ActionOverdue(action_id=ACTION, urn=OAK, due_on=date(2026, 10, 16))
CLOSE = CloseAction(outcome="green")
CLOSED = ActionClosed(action_id=ACTION, urn=OAK, outcome="green")
REVIEW = ReviewEffect(reviewed_by="school", rag_after="amber", help_still_needed=False, answer=answered("red"))
REVIEWED = EffectReviewed(
    action_id=ACTION,
    focus_id=FOCUS,
    item_id=ITEM,
    urn=OAK,
    reviewed_by="school",
    rag_before="red",
    rag_after="amber",
    help_still_needed=False,
)


def test_an_action_is_agreed() -> None:
    when = given(action)

    assert when(AGREE) == [AGREED]


def test_an_action_may_be_due_on_the_day_it_is_agreed() -> None:
    when = given(action)
    after_midnight_in_london = datetime(2026, 9, 15, 23, 30, tzinfo=UTC)

    assert when(replace(AGREE, due_on=date(2026, 9, 16), at=after_midnight_in_london)) == [
        replace(AGREED, due_on=date(2026, 9, 16))
    ]


def test_an_action_is_not_due_before_it_is_agreed() -> None:
    when = given(action)
    after_midnight_in_london = datetime(2026, 9, 15, 23, 30, tzinfo=UTC)

    with refused("due_before_agreed", "/due_on"):
        when(replace(AGREE, due_on=date(2026, 9, 15), at=after_midnight_in_london))


def test_an_action_is_about_an_issued_item() -> None:
    when = given(action)

    with refused("item_unknown", "/item_id"):
        when(replace(AGREE, item=AgendaItem()))


@pytest.mark.parametrize("other", [{"answer": ItemAnswer()}, {"meeting_id": LATER_MEETING}])
def test_an_action_is_about_an_answer(other: dict[str, object]) -> None:
    when = given(action)

    with refused("not_answered", "/meeting_id"):
        when(replace(AGREE, **other))  # type: ignore[arg-type]  # one field of the command or another


def test_an_action_is_agreed_once() -> None:
    when = given(action, AGREED)

    with refused("action_exists", "/action_id"):
        when(AGREE)


def test_an_action_is_closed() -> None:
    when = given(action, AGREED)

    assert when(CLOSE) == [CLOSED]


def test_closing_an_action_again_changes_nothing() -> None:
    when = given(action, AGREED, CLOSED)

    assert when(CLOSE) == []


def test_a_closed_action_keeps_its_outcome() -> None:
    when = given(action, AGREED, CLOSED)

    with refused("action_already_closed", "/outcome"):
        when(CloseAction(outcome="red"))


def test_an_action_is_overdue_on_the_day_after_its_due_day() -> None:
    when = given(action, AGREED)

    assert when(DAY_AFTER) == [OVERDUE]


def test_an_action_is_not_overdue_while_its_due_day_lasts() -> None:
    when = given(action, AGREED)

    assert when(RaiseActionOverdue(today=date(2026, 10, 16))) == []


@pytest.mark.parametrize("happened", [[AGREED, CLOSED], [AGREED, OVERDUE], [AGREED, OVERDUE, CLOSED]])
def test_an_action_is_overdue_once_and_only_if_it_is_open(happened: list[ActionEvent]) -> None:
    when = given(action, *happened)

    assert when(DAY_AFTER) == []


def test_an_overdue_action_is_closed_like_any_other() -> None:
    when = given(action, AGREED, OVERDUE)

    assert when(CLOSE) == [CLOSED]


@pytest.mark.parametrize("command", [CLOSE, REVIEW, DAY_AFTER])
def test_what_was_not_agreed_is_unknown(command: ActionCommand) -> None:
    when = given(action)

    with refused("action_unknown", "/action_id"):
        when(command)


def test_a_side_reviews_the_effect() -> None:
    when = given(action, AGREED, CLOSED)

    assert when(REVIEW) == [REVIEWED]


def test_each_side_reviews_the_effect() -> None:
    when = given(action, AGREED, CLOSED, REVIEWED)

    assert when(replace(REVIEW, reviewed_by="trust", rag_after="red", help_still_needed=True)) == [
        replace(REVIEWED, reviewed_by="trust", rag_after="red", help_still_needed=True)
    ]


def test_an_effect_is_reviewed_after_the_action_is_closed() -> None:
    when = given(action, AGREED)

    with refused("action_not_closed", "/action_id"):
        when(REVIEW)


def test_reviewing_an_effect_again_changes_nothing_even_when_the_answer_was_put_right_since() -> None:
    when = given(action, AGREED, CLOSED, REVIEWED)

    assert when(replace(REVIEW, answer=answered("not_applicable"))) == []


@pytest.mark.parametrize("other", [replace(REVIEW, rag_after="green"), replace(REVIEW, help_still_needed=True)])
def test_a_side_reviews_an_effect_once(other: ReviewEffect) -> None:
    when = given(action, AGREED, CLOSED, REVIEWED)

    with refused("effect_already_reviewed", "/reviewed_by"):
        when(other)


@pytest.mark.parametrize("before", [ItemAnswer(), answered("not_applicable")])
def test_an_effect_needs_something_to_compare_with(before: ItemAnswer) -> None:
    when = given(action, AGREED, CLOSED)

    with refused("rag_before_unknown", "/action_id"):
        when(replace(REVIEW, answer=before))


def test_no_personal_text_stays_in_the_state() -> None:
    assert AGREED.action not in repr(action.fold([AGREED, CLOSED, REVIEWED]))


def test_its_stream_is_named_for_its_id() -> None:
    assert action_stream(ACTION) == f"action-{ACTION}"


SIDES: list[Side] = ["school", "trust"]
ANSWERS = st.sampled_from([answered("red"), answered("red"), answered("not_applicable"), ItemAnswer()])
COMMANDS: st.SearchStrategy[list[ActionCommand]] = st.lists(
    st.builds(replace, st.just(AGREE), answer=ANSWERS, item=st.sampled_from([KNOWN_ITEM, AgendaItem()]))
    | st.builds(CloseAction, outcome=st.sampled_from(["red", "green"]))
    | st.just(DAY_AFTER)
    | st.builds(
        ReviewEffect,
        reviewed_by=st.sampled_from(SIDES),
        rag_after=st.sampled_from(["red", "green"]),
        help_still_needed=st.booleans(),
        answer=ANSWERS,
    )
)


@over(COMMANDS)
def test_any_commands_may_come_more_than_once(commands: list[ActionCommand]) -> None:
    assert_repeats_change_nothing(action, commands)
    assert_late_repeats_change_nothing(action, commands)


@pytest.mark.parametrize("side", SIDES)
def test_an_effect_of_one_side_says_nothing_of_the_other(side: Side) -> None:
    events: list[ActionEvent] = [AGREED, CLOSED, replace(REVIEWED, reviewed_by=side)]

    assert list(action.fold(events).effects) == [side]
