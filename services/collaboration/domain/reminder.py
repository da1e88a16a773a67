"""A reminder: the trust reminded a school of an item to answer, or of an action to close. Each is sent once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.collaboration.domain.action import Action
from services.collaboration.domain.item import AgendaItem
from services.collaboration.domain.times import check_past
from shared.contracts.collaboration.loop import ReminderSent
from shared.contracts.vocabulary import Id, Instant, TrustUid, Urn
from shared.decider import Decider, Rejected

Channel = Literal["email", "sms", "phone", "in_person", "letter"]


def reminder_stream(reminder_id: Id) -> str:
    return f"reminder-{reminder_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReminder:
    """`item` and `action` are what the streams of the one that is named say; None for the other."""

    reminder_id: Id
    trustuid: TrustUid
    urn: Urn
    item_id: Id | None = None
    action_id: Id | None = None
    channel: Channel
    sent_at: Instant
    item: AgendaItem | None = None
    action: Action | None = None
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    sent: ReminderSent | None = None


def decide(c: SendReminder, state: Reminder) -> list[ReminderSent]:
    sent = ReminderSent(
        reminder_id=c.reminder_id,
        trustuid=c.trustuid,
        urn=c.urn,
        item_id=c.item_id,
        action_id=c.action_id,
        channel=c.channel,
        sent_at=c.sent_at,
    )
    if state.sent == sent:
        return []
    if state.sent is not None:
        raise Rejected(
            "reminder_exists",
            "This reminder is recorded with other details: give a new one an id of its own.",
            field="/reminder_id",
        )
    if (c.item is None) == (c.action is None):
        raise Rejected("reminds_of_one_thing", "Name an item or an action: one of both.", field="/item_id")
    _check_item(c)
    _check_action(c)
    check_past(c.sent_at, c.at, "/sent_at")
    return [sent]


def _check_item(c: SendReminder) -> None:
    if c.item is None:
        return
    if c.item.issued is None or c.item.issued.trustuid != c.trustuid:
        raise Rejected("item_unknown", "Remind a school of an item that the trust has issued.", field="/item_id")
    if c.urn not in c.item.issued.applies_to:
        raise Rejected("item_not_for_this_school", "Remind a school of an item that was issued to it.", field="/urn")


def _check_action(c: SendReminder) -> None:
    if c.action is not None and (c.action.subject is None or c.action.subject.urn != c.urn):
        raise Rejected("action_unknown", "Remind a school of an action that was agreed with it.", field="/action_id")


def evolve(_: Reminder, event: ReminderSent) -> Reminder:
    return Reminder(sent=event)


reminder: Decider[SendReminder, Reminder, ReminderSent] = Decider(Reminder(), decide, evolve)
