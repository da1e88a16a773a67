"""How each refusal about the leadership-team feedback loop comes about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.looping import (
    STARTS,
    Asked,
    agrees,
    answer,
    answers,
    asks,
    closes,
    cycle,
    effect,
    focus,
    hours_ago,
    meeting,
    plan,
    reminder,
    sets,
)
from tests.integration.stories.provoking import Provoke
from tests.integration.stories.voiding import wrong

DAY_BEFORE = str(TODAY - timedelta(days=21))


async def _cannot(trust: Trust, path: str, body: dict[str, Any], *, school: str | None = None) -> str:
    return await trust.cannot("collaboration", path, body, school=school)


async def _issue(trust: Trust, **more: Any) -> str:
    """The refusal of an item that differs in this from one that would be taken."""
    return await _cannot(trust, "/agenda-items", (await sets(trust)).item(**more))


async def _meet(trust: Trust, **more: Any) -> str:
    """The refusal of a meeting that differs in this from one that would be taken."""
    return await _cannot(trust, "/meetings", meeting([(await asks(trust)).item_id], **more), school=HERE)


async def _answer(trust: Trust, item_id: str = "", **more: Any) -> str:
    """The refusal of an answer that differs in this from one that would be taken."""
    item_id = item_id or (await asks(trust)).item_id
    return await _cannot(trust, "/meetings", meeting([], answers=[answer(item_id, **more)]), school=HERE)


async def _remind(trust: Trust, **more: Any) -> str:
    return await _cannot(trust, "/reminders", reminder(**more))


async def cycle_already_open(trust: Trust) -> str:
    asked = await sets(trust)
    return await _cannot(trust, "/cycles", cycle(cycle=asked.cycle, ends_on=str(TODAY)))


async def cycle_ends_before_it_starts(trust: Trust) -> str:
    return await _cannot(trust, "/cycles", cycle(ends_on=DAY_BEFORE))


async def cycle_unknown(trust: Trust) -> str:
    return await _issue(trust, cycle="2026/27-never-opened")


async def focus_area_exists(trust: Trust) -> str:
    asked = await sets(trust)
    return await _cannot(trust, "/focus-areas", focus(focus_id=asked.focus_id, title="Writing"))


async def focus_area_ends_before_it_starts(trust: Trust) -> str:
    return await _cannot(trust, "/focus-areas", focus(ends_on=DAY_BEFORE))


async def focus_area_unknown(trust: Trust) -> str:
    return await _issue(trust, focus_id=str(uuid4()))


async def focus_area_closed(trust: Trust) -> str:
    asked = await sets(trust)
    await trust.does("collaboration", f"/focus-areas/{asked.focus_id}/close", {"closed_on": STARTS})
    return await _cannot(trust, "/agenda-items", asked.item())


async def focus_area_closed_before_it_starts(trust: Trust) -> str:
    asked = await sets(trust)
    return await _cannot(trust, f"/focus-areas/{asked.focus_id}/close", {"closed_on": DAY_BEFORE})


async def focus_area_not_started(trust: Trust) -> str:
    asked = await sets(trust, starts_on=str(TODAY + timedelta(days=21)))
    return await _cannot(trust, "/agenda-items", asked.item())


async def item_already_issued(trust: Trust) -> str:
    asked = await asks(trust)
    return await _cannot(trust, "/agenda-items", asked.item(applies_to=[HERE]))


async def due_outside_cycle(trust: Trust) -> str:
    return await _issue(trust, due_by=f"{DAY_BEFORE}T16:00:00Z")


async def applies_to_no_school(trust: Trust) -> str:
    return await _issue(trust, applies_to=[])


async def meeting_already_recorded(trust: Trust) -> str:
    held = meeting([(await asks(trust)).item_id])
    await trust.does("collaboration", "/meetings", held, school=HERE)
    return await _cannot(trust, "/meetings", {**held, "held_at": hours_ago(2)}, school=HERE)


async def meeting_in_the_future(trust: Trust) -> str:
    return await _meet(trust, held_at=hours_ago(-1))


async def meeting_too_old(trust: Trust) -> str:
    return await _meet(trust, held_at=hours_ago(24 * 367))


async def meeting_unknown(trust: Trust) -> str:
    asked = await asks(trust)
    body = {"urns": [HERE], "items": [asked.item_id]}
    return await _cannot(trust, f"/meetings/{uuid4()}/submit", body, school=HERE)


async def answered_twice(trust: Trust) -> str:
    item_id = (await asks(trust)).item_id
    return await _meet(trust, answers=[answer(item_id), answer(item_id, rag="red")])


async def item_unknown(trust: Trust) -> str:
    return await _answer(trust, str(uuid4()))


async def item_not_for_this_school(trust: Trust) -> str:
    return await _answer(trust, (await asks(trust, applies_to=[THERE])).item_id)


async def not_your_meeting(trust: Trust) -> str:
    held = meeting([], urns=[THERE], answers=[answer((await asks(trust)).item_id)])
    return await _cannot(trust, "/meetings", held)


async def item_not_on_agenda(trust: Trust) -> str:
    return await _meet(trust, answers=[answer((await asks(trust)).item_id)])


async def already_answered(trust: Trust) -> str:
    asked = await asks(trust)
    meeting_id = await answers(trust, asked.item_id)
    again = answer(asked.item_id, rag="red")
    return await _cannot(trust, f"/meetings/{meeting_id}/answers", again, school=HERE)


async def not_applicable_needs_no_help(trust: Trust) -> str:
    return await _answer(trust, rag="not_applicable", needs_help=True)


async def help_dimension_missing(trust: Trust) -> str:
    return await _answer(trust, rag="red", needs_help=True)


async def help_without_need(trust: Trust) -> str:
    return await _answer(trust, help_dimension="time")


async def not_this_meeting(trust: Trust) -> str:
    asked = await asks(trust)
    meeting_id = await answers(trust, asked.item_id)
    return await _cannot(trust, f"/meetings/{meeting_id}/submit", {"urns": [HERE], "items": []}, school=HERE)


async def report_already_submitted(trust: Trust) -> str:
    """It was given for an item that was issued by mistake: without it the meeting could answer less."""
    first, second = await asks(trust), await asks(trust)
    items = [first.item_id, second.item_id]
    held = meeting(items, answers=[answer(first.item_id)])
    await trust.does("collaboration", "/meetings", held, school=HERE)
    issued = await wrong(trust, "collaboration", f"item-{second.item_id}", "StandardAgendaItemIssued")
    await trust.does("collaboration", "/records/void", issued)
    submitted = {"urns": [HERE], "items": items}
    return await _cannot(trust, f"/meetings/{held['meeting_id']}/submit", submitted, school=HERE)


async def _correct(trust: Trust, asked: Asked, meeting_id: str, **more: Any) -> str:
    correction = {**answer(asked.item_id, rag="amber"), "reason": "We looked again.", **more}
    return await _cannot(trust, f"/meetings/{meeting_id}/corrections", correction, school=HERE)


async def nothing_to_correct(trust: Trust) -> str:
    return await _correct(trust, await asks(trust), str(uuid4()))


async def already_corrected(trust: Trust) -> str:
    """Two of a school look at the same answer, and each of them corrects it."""
    asked = await asks(trust)
    meeting_id = await answers(trust, asked.item_id)
    seen = await wrong(trust, "collaboration", f"answer-{asked.item_id}-{HERE}", "AgendaItemFeedbackGiven")
    first = {**answer(asked.item_id, rag="red"), "reason": "We looked again.", "supersedes": seen["event_id"]}
    await trust.does("collaboration", f"/meetings/{meeting_id}/corrections", first, school=HERE)
    return await _correct(trust, asked, meeting_id, supersedes=seen["event_id"])


async def not_answered(trust: Trust) -> str:
    asked = await asks(trust)
    at = f"/answers/{asked.item_id}/{HERE}/acknowledge"
    return await _cannot(trust, at, {"meeting_id": str(uuid4())})


async def no_response_to_read(trust: Trust) -> str:
    asked = await asks(trust)
    meeting_id = await answers(trust, asked.item_id)
    read = {"meeting_id": meeting_id, "by_role": "headteacher"}
    return await _cannot(trust, f"/answers/{asked.item_id}/{HERE}/mark-read", read, school=HERE)


async def action_exists(trust: Trust) -> str:
    asked = await asks(trust)
    meeting_id = await answers(trust, asked.item_id)
    action_id = await agrees(trust, asked.item_id, meeting_id)
    return await _cannot(trust, "/actions", plan(asked.item_id, meeting_id, action_id=action_id))


async def due_before_agreed(trust: Trust) -> str:
    asked = await asks(trust)
    meeting_id = await answers(trust, asked.item_id)
    return await _cannot(trust, "/actions", plan(asked.item_id, meeting_id, due_on=DAY_BEFORE))


async def action_unknown(trust: Trust) -> str:
    return await _cannot(trust, f"/actions/{uuid4()}/close", {"urn": HERE, "outcome": "green"}, school=HERE)


async def action_already_closed(trust: Trust) -> str:
    asked = await asks(trust)
    action_id = await agrees(trust, asked.item_id, await answers(trust, asked.item_id))
    await closes(trust, action_id)
    return await _cannot(trust, f"/actions/{action_id}/close", {"urn": HERE, "outcome": "red"}, school=HERE)


async def action_not_closed(trust: Trust) -> str:
    asked = await asks(trust)
    action_id = await agrees(trust, asked.item_id, await answers(trust, asked.item_id))
    return await _cannot(trust, f"/actions/{action_id}/review-effect", effect(asked.item_id), school=HERE)


async def effect_already_reviewed(trust: Trust) -> str:
    asked = await asks(trust)
    action_id = await agrees(trust, asked.item_id, await answers(trust, asked.item_id))
    await closes(trust, action_id)
    await trust.does("collaboration", f"/actions/{action_id}/review-effect", effect(asked.item_id), school=HERE)
    other = effect(asked.item_id, rag_after="red")
    return await _cannot(trust, f"/actions/{action_id}/review-effect", other, school=HERE)


async def rag_before_unknown(trust: Trust) -> str:
    asked = await asks(trust)
    action_id = await agrees(trust, asked.item_id, await answers(trust, asked.item_id, rag="not_applicable"))
    await closes(trust, action_id)
    return await _cannot(trust, f"/actions/{action_id}/review-effect", effect(asked.item_id), school=HERE)


async def reminder_exists(trust: Trust) -> str:
    sent = reminder(item_id=(await asks(trust)).item_id)
    await trust.does("collaboration", "/reminders", sent)
    return await _cannot(trust, "/reminders", {**sent, "channel": "letter"})


async def reminds_of_one_thing(trust: Trust) -> str:
    return await _remind(trust)


async def in_the_future(trust: Trust) -> str:
    return await _remind(trust, item_id=(await asks(trust)).item_id, sent_at=hours_ago(-1))


async def trust_only(trust: Trust) -> str:
    sent = reminder(item_id=(await asks(trust)).item_id)
    return await _cannot(trust, "/reminders", sent, school=HERE)


async def not_your_school(trust: Trust) -> str:
    return await _cannot(trust, "/meetings", meeting([(await asks(trust)).item_id]), school=THERE)


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        *(cycle_already_open, cycle_ends_before_it_starts, cycle_unknown),
        *(focus_area_exists, focus_area_ends_before_it_starts, focus_area_unknown, focus_area_closed),
        *(focus_area_closed_before_it_starts, focus_area_not_started),
        *(item_already_issued, due_outside_cycle, applies_to_no_school),
        *(meeting_already_recorded, meeting_in_the_future, meeting_too_old, meeting_unknown),
        *(answered_twice, item_unknown, item_not_for_this_school, not_your_meeting, item_not_on_agenda),
        *(already_answered, not_applicable_needs_no_help, help_dimension_missing, help_without_need),
        *(not_this_meeting, report_already_submitted, nothing_to_correct, already_corrected),
        *(not_answered, no_response_to_read),
        *(action_exists, due_before_agreed, action_unknown, action_already_closed, action_not_closed),
        *(effect_already_reviewed, rag_before_unknown),
        *(reminder_exists, reminds_of_one_thing, in_the_future, trust_only, not_your_school),
    )
}
