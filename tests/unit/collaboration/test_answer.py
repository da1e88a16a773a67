"""A school answers an item once a meeting, may put it right, and reads what the trust said to it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.answer import (
    Acknowledge,
    AnswerCommand,
    AnswerEvent,
    CorrectFeedback,
    GiveFeedback,
    ItemAnswer,
    MarkResponseRead,
    RaiseOverdue,
    Respond,
    answer,
    answer_stream,
)
from services.collaboration.domain.item import AgendaItem
from services.collaboration.domain.meeting import Meeting
from shared.contracts.collaboration.loop import (
    AgendaItemFeedbackGiven,
    FeedbackCorrected,
    FeedbackOverdue,
    ResponseRead,
    TrustAcknowledged,
    TrustResponseGiven,
)
from tests.unit.collaboration.facts import (
    ASH,
    DUE_BY,
    ELM,
    FOCUS,
    HELD,
    HELD_AT,
    ISSUED,
    ITEM,
    KNOWN_ITEM,
    KNOWN_MEETING,
    LATER_MEETING,
    MEETING,
    NOW,
    OAK,
    OTHER_ITEM,
    OTHER_TRUST,
)
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused

FIRST = UUID("01900000-0000-7000-8000-00000000000a")  # the event that gave the answer
SECOND = UUID("01900000-0000-7000-8000-00000000000b")  # the event that corrected it
LATER = Meeting(held=replace(HELD, meeting_id=LATER_MEETING))

GIVE = GiveFeedback(
    urn=OAK,
    rag="red",
    confidence=4,
    comment="Two year groups are behind.",
    disadvantaged_note="Most of them are disadvantaged.",
    needs_help=True,
    help_dimension="people",
    item=KNOWN_ITEM,
    meeting=KNOWN_MEETING,
    at=NOW,
)
GIVEN = AgendaItemFeedbackGiven(
    meeting_id=MEETING,
    item_id=ITEM,
    focus_id=FOCUS,
    cycle="2026/27-A1",
    urn=OAK,
    held_at=HELD_AT,
    rag="red",
    confidence=4,
    comment="Two year groups are behind.",
    disadvantaged_note="Most of them are disadvantaged.",
    needs_help=True,
    help_dimension="people",
)
CORRECT = CorrectFeedback(
    meeting_id=MEETING, supersedes=FIRST, rag="amber", confidence=3, reason="The wrong box was ticked."
)
CORRECTED = FeedbackCorrected(
    meeting_id=MEETING,
    item_id=ITEM,
    urn=OAK,
    supersedes=FIRST,
    rag="amber",
    confidence=3,
    reason="The wrong box was ticked.",
)
RAISE_OVERDUE = RaiseOverdue(item_id=ITEM, urn=OAK, due_by=DUE_BY, at=DUE_BY + timedelta(seconds=1))
OVERDUE = FeedbackOverdue(item_id=ITEM, urn=OAK, due_by=DUE_BY)
ACKNOWLEDGE = Acknowledge(meeting_id=MEETING, by="trust-leader-7")
ACKNOWLEDGED = TrustAcknowledged(item_id=ITEM, urn=OAK, meeting_id=MEETING, by="trust-leader-7")
RESPOND = Respond(meeting_id=MEETING, response="A reading lead joins you on Monday.", by="trust-leader-7")
RESPONDED = TrustResponseGiven(
    item_id=ITEM,
    urn=OAK,
    meeting_id=MEETING,
    response="A reading lead joins you on Monday.",
    by="trust-leader-7",
)
MARK_READ = MarkResponseRead(meeting_id=MEETING, by_role="headteacher")
READ = ResponseRead(item_id=ITEM, urn=OAK, meeting_id=MEETING, by_role="headteacher")


# Giving feedback


def test_a_school_answers() -> None:
    when = given(answer)

    assert when(GIVE) == [GIVEN]


def test_a_late_answer_is_taken_and_flagged() -> None:
    when = given(answer, OVERDUE)

    assert when(replace(GIVE, at=DUE_BY + timedelta(seconds=1))) == [replace(GIVEN, late=True)]


def test_an_answer_at_the_due_time_is_not_late() -> None:
    when = given(answer)

    assert when(replace(GIVE, at=DUE_BY)) == [GIVEN]


def test_an_item_may_be_answered_in_a_later_meeting_too() -> None:
    when = given(answer, GIVEN)

    assert when(replace(GIVE, meeting=LATER)) == [replace(GIVEN, meeting_id=LATER_MEETING)]


def test_a_meeting_without_an_agenda_may_answer_any_item() -> None:
    when = given(answer)

    assert when(replace(GIVE, meeting=Meeting(held=replace(HELD, items=())))) == [GIVEN]


def test_each_school_of_a_joint_meeting_answers_for_itself() -> None:
    when = given(answer)
    joint = Meeting(held=replace(HELD, urns=(OAK, ELM)))

    assert when(replace(GIVE, urn=ELM, meeting=joint)) == [replace(GIVEN, urn=ELM)]


@pytest.mark.parametrize("again", [GIVE, replace(GIVE, rag="amber")], ids=["the same", "another"])
def test_a_meeting_answers_an_item_once(again: GiveFeedback) -> None:
    when = given(answer, GIVEN)

    with refused("already_answered", "/meeting_id"):
        when(again)


def test_an_item_that_was_not_issued_is_not_answered() -> None:
    when = given(answer)

    with refused("item_unknown", "/item_id"):
        when(replace(GIVE, item=AgendaItem()))


def test_only_the_schools_that_were_asked_answer() -> None:
    when = given(answer)

    with refused("item_not_for_this_school", "/item_id"):
        when(replace(GIVE, urn=ASH, meeting=Meeting(held=replace(HELD, urns=(ASH,)))))


def test_an_answer_needs_its_meeting() -> None:
    when = given(answer)

    with refused("meeting_unknown", "/meeting_id"):
        when(replace(GIVE, meeting=Meeting()))


def test_an_answer_that_can_never_be_taken_does_not_wait_for_its_meeting() -> None:
    when = given(answer)

    with refused("item_unknown", "/item_id"):
        when(replace(GIVE, item=AgendaItem(), meeting=Meeting()))


def test_a_school_answers_in_its_own_meetings_only() -> None:
    when = given(answer)

    with refused("not_your_meeting", "/meeting_id"):
        when(replace(GIVE, urn=ELM))


def test_a_meeting_answers_what_stood_on_its_agenda() -> None:
    when = given(answer)

    with refused("item_not_on_agenda", "/item_id"):
        when(replace(GIVE, meeting=Meeting(held=replace(HELD, items=(OTHER_ITEM,)))))


def test_another_trusts_item_stands_on_no_agenda_of_ours() -> None:
    when = given(answer)

    with refused("item_not_on_agenda", "/item_id"):
        when(replace(GIVE, item=AgendaItem(issued=replace(ISSUED, trustuid=OTHER_TRUST))))


# Asking for help, in an answer and in its correction


@pytest.mark.parametrize("command", [GIVE, CORRECT])
def test_help_needs_a_dimension(command: GiveFeedback | CorrectFeedback) -> None:
    when = given(answer, *_history_for(command))

    with refused("help_dimension_missing", "/help_dimension"):
        when(replace(command, needs_help=True, help_dimension=None))


@pytest.mark.parametrize("command", [GIVE, CORRECT])
def test_a_dimension_needs_a_need(command: GiveFeedback | CorrectFeedback) -> None:
    when = given(answer, *_history_for(command))

    with refused("help_without_need", "/help_dimension"):
        when(replace(command, needs_help=False, help_dimension="time"))


@pytest.mark.parametrize("command", [GIVE, CORRECT])
def test_what_does_not_apply_needs_no_help(command: GiveFeedback | CorrectFeedback) -> None:
    when = given(answer, *_history_for(command))

    with refused("not_applicable_needs_no_help", "/needs_help"):
        when(replace(command, rag="not_applicable", needs_help=True, help_dimension="people"))


def _history_for(command: GiveFeedback | CorrectFeedback) -> list[AnswerEvent]:
    return [GIVEN] if isinstance(command, CorrectFeedback) else []


def test_an_item_may_not_apply() -> None:
    when = given(answer)
    not_applicable = replace(GIVE, rag="not_applicable", needs_help=False, help_dimension=None)

    assert when(not_applicable) == [replace(GIVEN, rag="not_applicable", needs_help=False, help_dimension=None)]


# Putting an answer right


def test_an_answer_is_put_right() -> None:
    when = given(answer, GIVEN)

    assert when(CORRECT) == [CORRECTED]


def test_a_correction_may_change_all_that_was_said() -> None:
    when = given(answer, GIVEN)
    command = replace(
        CORRECT, needs_help=True, help_dimension="time", comment="One year group.", disadvantaged_note="Half of them."
    )

    assert when(command) == [
        replace(
            CORRECTED,
            needs_help=True,
            help_dimension="time",
            comment="One year group.",
            disadvantaged_note="Half of them.",
        )
    ]


def test_a_correction_stands_in_the_place_of_the_answer() -> None:
    assert answer.fold([GIVEN, CORRECTED]).meetings[MEETING].rag == "amber"


def test_a_correction_is_put_right_too() -> None:
    when = given(answer, GIVEN, CORRECTED)

    assert when(replace(CORRECT, supersedes=SECOND)) == [replace(CORRECTED, supersedes=SECOND)]


def test_each_meetings_answer_is_put_right_for_itself() -> None:
    when = given(answer, GIVEN)

    with refused("nothing_to_correct", "/meeting_id"):
        when(replace(CORRECT, meeting_id=LATER_MEETING))


def test_nothing_is_put_right_before_it_is_said() -> None:
    when = given(answer)

    with refused("nothing_to_correct", "/meeting_id"):
        when(CORRECT)


def test_what_was_put_right_is_not_put_right_again() -> None:
    when = given(answer, GIVEN, CORRECTED)

    with refused("already_corrected", "/supersedes"):
        when(replace(CORRECT, rag="green"))


# Overdue


def test_silence_after_the_due_time_is_overdue() -> None:
    when = given(answer)

    assert when(RAISE_OVERDUE) == [OVERDUE]


def test_nothing_is_overdue_at_its_due_time() -> None:
    when = given(answer)

    assert when(replace(RAISE_OVERDUE, at=DUE_BY)) == []


def test_silence_is_overdue_once() -> None:
    when = given(answer, OVERDUE)

    assert when(RAISE_OVERDUE) == []


def test_an_answered_item_is_not_overdue() -> None:
    when = given(answer, GIVEN)

    assert when(RAISE_OVERDUE) == []


# What the trust says, and that the school has read it


def test_the_trust_acknowledges_an_answer() -> None:
    when = given(answer, GIVEN)

    assert when(ACKNOWLEDGE) == [ACKNOWLEDGED]


def test_the_trust_acknowledges_no_silence() -> None:
    when = given(answer, OVERDUE)

    with refused("not_answered", "/meeting_id"):
        when(ACKNOWLEDGE)


def test_the_trust_acknowledges_each_meetings_answer_for_itself() -> None:
    when = given(answer, GIVEN, ACKNOWLEDGED)

    with refused("not_answered", "/meeting_id"):
        when(replace(ACKNOWLEDGE, meeting_id=LATER_MEETING))


def test_acknowledging_again_changes_nothing() -> None:
    when = given(answer, GIVEN, ACKNOWLEDGED)

    assert when(replace(ACKNOWLEDGE, by="trust-leader-8")) == []


def test_what_was_put_right_is_to_be_acknowledged_again() -> None:
    when = given(answer, GIVEN, ACKNOWLEDGED, CORRECTED)

    assert when(ACKNOWLEDGE) == [ACKNOWLEDGED]


def test_the_trust_responds_to_an_answer() -> None:
    when = given(answer, GIVEN)

    assert when(RESPOND) == [RESPONDED]


def test_the_trust_may_say_more() -> None:
    when = given(answer, GIVEN, RESPONDED)

    assert when(RESPOND) == [RESPONDED]


def test_the_trust_responds_to_no_silence() -> None:
    when = given(answer, OVERDUE)

    with refused("not_answered", "/meeting_id"):
        when(RESPOND)


def test_the_school_reads_the_response() -> None:
    when = given(answer, GIVEN, RESPONDED)

    assert when(MARK_READ) == [READ]


def test_reading_it_again_changes_nothing() -> None:
    when = given(answer, GIVEN, RESPONDED, READ)

    assert when(MARK_READ) == []


def test_a_further_response_is_to_be_read_again() -> None:
    when = given(answer, GIVEN, RESPONDED, READ, RESPONDED)

    assert when(MARK_READ) == [READ]


@pytest.mark.parametrize("history", [[], [GIVEN], [GIVEN, ACKNOWLEDGED]])
def test_there_is_nothing_to_read_without_a_response(history: list[AnswerEvent]) -> None:
    when = given(answer, *history)

    with refused("no_response_to_read", "/meeting_id"):
        when(MARK_READ)


def test_putting_an_answer_right_leaves_the_response_to_it_unread() -> None:
    when = given(answer, GIVEN, RESPONDED, CORRECTED)

    assert when(MARK_READ) == [READ]


# All of it


def test_no_personal_text_stays_in_the_state() -> None:
    state = repr(answer.fold([GIVEN, CORRECTED, ACKNOWLEDGED, RESPONDED, READ]))

    for text in (GIVEN.comment, GIVEN.disadvantaged_note, CORRECTED.reason, RESPONDED.response):
        assert str(text) not in state


def test_its_stream_is_named_for_the_item_and_the_school() -> None:
    assert answer_stream(ITEM, OAK) == f"answer-{ITEM}-{OAK}"


MEETINGS = st.sampled_from([MEETING, LATER_MEETING])
RAGS = st.sampled_from(["red", "amber", "green", "not_applicable"])
HELP = st.sampled_from([None, None, "people", "time"])
GIVES = st.builds(
    replace,
    st.just(GIVE),
    rag=RAGS,
    needs_help=st.booleans(),
    help_dimension=HELP,
    item=st.sampled_from([KNOWN_ITEM, KNOWN_ITEM, AgendaItem()]),
    meeting=st.sampled_from([KNOWN_MEETING, LATER, Meeting()]),
    at=st.sampled_from([NOW, DUE_BY + timedelta(days=1)]),
)
CORRECTS = st.builds(
    replace,
    st.just(CORRECT),
    meeting_id=MEETINGS,
    supersedes=st.sampled_from([FIRST, SECOND]),
    rag=RAGS,
    needs_help=st.booleans(),
    help_dimension=HELP,
)
OVERDUES = st.builds(replace, st.just(RAISE_OVERDUE), at=st.sampled_from([NOW, DUE_BY + timedelta(days=1)]))
WHAT_THE_SCHOOL_SAYS: st.SearchStrategy[AnswerCommand] = GIVES | CORRECTS | OVERDUES
WHAT_BOTH_SAY: st.SearchStrategy[AnswerCommand] = WHAT_THE_SCHOOL_SAYS | st.builds(
    replace, st.sampled_from([ACKNOWLEDGE, RESPOND, MARK_READ]), meeting_id=MEETINGS
)


@over(st.lists(WHAT_BOTH_SAY))
def test_any_commands_may_come_more_than_once(commands: list[AnswerCommand]) -> None:
    assert_repeats_change_nothing(answer, commands)


@over(st.lists(WHAT_THE_SCHOOL_SAYS))
def test_what_a_school_says_may_come_again_much_later(commands: list[AnswerCommand]) -> None:
    # The trust may acknowledge, respond and be read again: only the store knows a repeat of that.
    assert_late_repeats_change_nothing(answer, commands)


def test_a_fresh_state_knows_nothing() -> None:
    assert answer.initial == ItemAnswer(meetings={}, overdue=False)
