"""Claims about reminders: that the trust reminded a school of something that waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.collaboration.domain.action import action, action_stream
from services.collaboration.domain.item import agenda_item, item_stream
from services.collaboration.domain.reminder import Channel, SendReminder, reminder, reminder_stream
from shared.contracts.collaboration import loop as events
from shared.contracts.vocabulary import Id, Instant, TrustUid, Urn
from shared.decider import AnyDecider
from shared.eventstore import Act, Context, Decision, States
from shared.intake import Admission, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """`ReminderSent`: of an item to answer, or of an action to close."""

    reminder_id: Id
    trustuid: TrustUid
    urn: Urn
    item_id: Id | None = None
    action_id: Id | None = None
    channel: Channel
    sent_at: Instant


def send_reminder(c: Reminding, context: Context) -> Act:
    """Say that a school was reminded."""
    stream = reminder_stream(c.reminder_id)
    item = None if c.item_id is None else item_stream(c.item_id)
    agreed = None if c.action_id is None else action_stream(c.action_id)

    def decide(states: States) -> Decision:
        command = SendReminder(
            reminder_id=c.reminder_id,
            trustuid=c.trustuid,
            urn=c.urn,
            item_id=c.item_id,
            action_id=c.action_id,
            channel=c.channel,
            sent_at=c.sent_at,
            item=None if item is None else states[item],
            action=None if agreed is None else states[agreed],
            at=states.at,
        )
        return {stream: reminder.decide(command, states[stream])}

    reads: dict[str, AnyDecider] = {stream: reminder}
    reads |= {} if item is None else {item: agenda_item}
    reads |= {} if agreed is None else {agreed: action}
    return Act(replace(context, happened_at=c.sent_at), reads, decide, writes=frozenset({stream}))


taken: Sequence[Taken] = ((events.ReminderSent, "/reminders", Admission(Reminding, send_reminder, trust_only=True)),)
