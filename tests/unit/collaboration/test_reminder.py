"""A reminder is of one thing that waits for a school, and is recorded once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from services.collaboration.domain.action import Action, Subject
from services.collaboration.domain.item import AgendaItem
from services.collaboration.domain.reminder import SendReminder, reminder, reminder_stream
from shared.contracts.collaboration.loop import ReminderSent
from tests.unit.collaboration.facts import (
    ACTION,
    ASH,
    ELM,
    FOCUS,
    ITEM,
    KNOWN_ITEM,
    MEETING,
    NOW,
    OAK,
    OTHER_TRUST,
    TRUST,
)
from tests.unit.collaboration.properties import (
    assert_late_repeats_change_nothing,
    assert_repeats_change_nothing,
)
from tests.unit.given import given, refused

REMINDER = UUID(int=1)
AGREED = Action(
    subject=Subject(
        action_id=ACTION, meeting_id=MEETING, item_id=ITEM, focus_id=FOCUS, urn=OAK, due_on=date(2026, 10, 16)
    )
)
OF_ITEM = SendReminder(
    reminder_id=REMINDER,
    trustuid=TRUST,
    urn=OAK,
    item_id=ITEM,
    channel="phone",
    sent_at=NOW,
    item=KNOWN_ITEM,
    at=NOW,
)
OF_ACTION = replace(OF_ITEM, item_id=None, item=None, action_id=ACTION, action=AGREED)
SENT = ReminderSent(reminder_id=REMINDER, trustuid=TRUST, urn=OAK, item_id=ITEM, channel="phone", sent_at=NOW)


def test_a_school_is_reminded_of_an_item() -> None:
    assert given(reminder)(OF_ITEM) == [SENT]


def test_a_school_is_reminded_of_an_action() -> None:
    assert given(reminder)(OF_ACTION) == [replace(SENT, item_id=None, action_id=ACTION)]


def test_recording_it_again_changes_nothing() -> None:
    assert given(reminder, SENT)(OF_ITEM) == []


def test_another_reminder_has_an_id_of_its_own() -> None:
    with refused("reminder_exists", "/reminder_id"):
        given(reminder, SENT)(replace(OF_ITEM, channel="letter"))


@pytest.mark.parametrize(
    "command", [replace(OF_ITEM, item_id=None, item=None), replace(OF_ITEM, action_id=ACTION, action=AGREED)]
)
def test_it_is_of_an_item_or_of_an_action(command: SendReminder) -> None:
    with refused("reminds_of_one_thing", "/item_id"):
        given(reminder)(command)


@pytest.mark.parametrize("command", [replace(OF_ITEM, item=AgendaItem()), replace(OF_ITEM, trustuid=OTHER_TRUST)])
def test_the_trust_has_issued_the_item(command: SendReminder) -> None:
    with refused("item_unknown", "/item_id"):
        given(reminder)(command)


def test_the_item_was_issued_to_the_school() -> None:
    with refused("item_not_for_this_school", "/urn"):
        given(reminder)(replace(OF_ITEM, urn=ASH))


@pytest.mark.parametrize("command", [replace(OF_ACTION, action=Action()), replace(OF_ACTION, urn=ELM)])
def test_the_action_was_agreed_with_the_school(command: SendReminder) -> None:
    with refused("action_unknown", "/action_id"):
        given(reminder)(command)


def test_nothing_is_recorded_of_the_future() -> None:
    with refused("in_the_future", "/sent_at"):
        given(reminder)(replace(OF_ITEM, sent_at=NOW + timedelta(minutes=6)))


def test_its_stream_is_named_for_its_id() -> None:
    assert reminder_stream(REMINDER) == f"reminder-{REMINDER}"


@over(st.lists(st.sampled_from([OF_ITEM, OF_ACTION, replace(OF_ITEM, urn=ASH), replace(OF_ACTION, channel="sms")])))
def test_any_commands_may_come_more_than_once(commands: list[SendReminder]) -> None:
    assert_repeats_change_nothing(reminder, commands)
    assert_late_repeats_change_nothing(reminder, commands)
