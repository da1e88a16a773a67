"""The stories of the feedback loop: the trust asks, leadership teams answer, the trust responds, both look again."""

from __future__ import annotations

import pytest

from tests.integration.stories.conftest import HERE, THERE, Trust
from tests.integration.stories.looping import (
    RED,
    Asked,
    agenda,
    agrees,
    answer,
    answers,
    asks,
    closes,
    effect,
    meeting,
    reminder,
)
from tests.support.writer import until

pytestmark = pytest.mark.timeout(300)
NOTE = "Of the nine who cannot read yet, seven are disadvantaged."


async def test_every_school_finds_the_same_question_on_its_agenda(trust: Trust) -> None:
    """S4e: standard agenda items, the same for all."""
    asked = await asks(trust)

    found = [await agenda(trust, asked, urn) for urn in (HERE, THERE)]

    assert found[0] == found[1]
    assert (found[0]["title"], found[0]["question"]) == ("Reading", "Who reads at their age?")
    assert (found[0]["answer"], found[0]["response"]) == (None, None)


async def test_what_a_team_reports_is_responded_to_and_both_look_at_the_effect(trust: Trust) -> None:
    """S4e: reporting back after a meeting; acknowledged, responded, read, acted on, and looked at again."""
    asked = await asks(trust)
    meeting_id = await answers(trust, asked.item_id, **RED)
    at = f"/answers/{asked.item_id}/{HERE}"

    await trust.does("collaboration", f"{at}/acknowledge", {"meeting_id": meeting_id})
    said = {"meeting_id": meeting_id, "response": "A reading lead comes on Monday."}
    await trust.does("collaboration", f"{at}/respond", said)
    read = {"meeting_id": meeting_id, "by_role": "headteacher"}
    await trust.does("collaboration", f"{at}/mark-read", read, school=HERE)
    action_id = await agrees(trust, asked.item_id, meeting_id)
    await closes(trust, action_id)
    looked = f"/actions/{action_id}/review-effect"
    await trust.does("collaboration", looked, effect(asked.item_id), school=HERE)
    of_trust = effect(asked.item_id, reviewed_by="trust", rag_after="amber")
    assert await trust.cannot("collaboration", looked, of_trust, school=HERE) == "trust_only"
    await trust.does("collaboration", looked, of_trust)

    assert await trust.happened("collaboration", f"meeting-{meeting_id}") == [
        "LeadershipTeamMeetingHeld",
        "MeetingReportSubmitted",
    ]
    assert await trust.happened("collaboration", f"answer-{asked.item_id}-{HERE}") == [
        *("AgendaItemFeedbackGiven", "TrustAcknowledged", "TrustResponseGiven", "ResponseRead"),
    ]
    agreed, closed, *effects = await trust.history("collaboration", f"action-{action_id}")
    assert (agreed[0], closed[0]) == ("ActionAgreed", "ActionClosed")
    assert [(said["reviewed_by"], said["rag_before"], said["rag_after"]) for _, said in effects] == [
        ("school", "red", "green"),
        ("trust", "red", "amber"),
    ]
    seen = await agenda(trust, asked)
    assert (seen["response"], seen["acknowledged"], seen["response_read"]) == (said["response"], True, True)


async def test_a_joint_meeting_of_two_schools_gives_each_its_own_answers(trust: Trust) -> None:
    """S4e: one executive head, one meeting, one report; what is answered is each school's own."""
    asked = await asks(trust)
    each = [answer(asked.item_id, HERE, **RED), answer(asked.item_id, THERE)]
    held = meeting([asked.item_id], urns=[HERE, THERE], answers=each)

    await trust.does("collaboration", "/meetings", held)

    told, report = await trust.history("collaboration", f"meeting-{held['meeting_id']}")
    assert told[1]["urns"] == [HERE, THERE]
    assert (report[1]["answered"], report[1]["of"]) == (2, 2)
    for urn, rag in ((HERE, "red"), (THERE, "green")):
        [(_, given)] = await trust.history("collaboration", f"answer-{asked.item_id}-{urn}")
        assert (given["urn"], given["rag"], given["meeting_id"]) == (urn, rag, held["meeting_id"])


async def test_a_meeting_that_is_told_in_parts_comes_to_the_same(trust: Trust) -> None:
    """S4e: an answer that comes before its meeting waits for it; the report is counted, never claimed."""
    asked = await asks(trust)
    held = meeting([asked.item_id])
    early = {**answer(asked.item_id), "meeting_id": held["meeting_id"]}
    waiting = await trust.claims("collaboration", "AgendaItemFeedbackGiven", early, school=HERE)
    await trust.does("collaboration", "/meetings", held, school=HERE)

    async def is_answered() -> bool:
        return await trust.happened("collaboration", f"answer-{asked.item_id}-{HERE}") == ["AgendaItemFeedbackGiven"]

    await until(is_answered)
    claimed = {"urns": [HERE], "items": [asked.item_id], "answered": 7, "of": 7}
    at = f"/meetings/{held['meeting_id']}/submit"
    assert await trust.cannot("collaboration", at, claimed, school=HERE) == "invalid"
    await trust.does("collaboration", at, {"urns": [HERE], "items": [asked.item_id]}, school=HERE)

    assert (waiting["outcome"], waiting["code"]) == ("parked", "meeting_unknown")
    *_, (kind, report) = await trust.history("collaboration", f"meeting-{held['meeting_id']}")
    assert (kind, report["answered"], report["of"]) == ("MeetingReportSubmitted", 1, 1)


async def test_who_corrects_an_answer_says_which_one_they_saw(trust: Trust) -> None:
    """S4e: two look at the same answer; the second is told that it was put right, and looks again."""
    asked = await asks(trust)
    meeting_id = await answers(trust, asked.item_id)
    seen = await agenda(trust, asked)

    assert await _corrects(trust, asked, meeting_id, seen["answer"]["id"], "red") == "accepted"
    assert await _corrects(trust, asked, meeting_id, seen["answer"]["id"], "amber") == "already_corrected"
    latest = (await agenda(trust, asked))["answer"]
    assert await _corrects(trust, asked, meeting_id, latest["id"], "amber") == "accepted"

    assert (latest["rag"], (await agenda(trust, asked))["answer"]["rag"]) == ("red", "amber")


async def _corrects(trust: Trust, asked: Asked, meeting_id: str, supersedes: str, rag: str) -> str:
    body = {**answer(asked.item_id, rag=rag), "reason": "We looked again.", "supersedes": supersedes}
    response = await trust.command("collaboration", f"/meetings/{meeting_id}/corrections", body, school=HERE)
    found: dict[str, str] = response.json()
    return found.get("code") or found["outcome"]


async def test_a_focus_and_each_answer_to_it_look_at_disadvantaged_pupils(trust: Trust) -> None:
    """S4k: the lens is a part of what is asked, and what is answered to it is for those who may read it."""
    asked = await asks(trust)
    await answers(trust, asked.item_id, rag="amber", disadvantaged_note=NOTE)
    await answers(trust, asked.item_id, rag="green")

    [(_, agreed)] = await trust.history("collaboration", f"focus-{asked.focus_id}")
    noted, unnoted = await trust.history("collaboration", f"answer-{asked.item_id}-{HERE}")
    assert agreed["disadvantaged_lens"] == "Say how many of the others are disadvantaged."
    assert noted[1]["disadvantaged_note"].startswith("sealed:")
    assert unnoted[1].get("disadvantaged_note") is None


async def test_the_trust_reminds_a_school_of_an_item_and_of_an_action(trust: Trust) -> None:
    """S4e: a loop that is not closed is seen, and somebody is asked about it."""
    asked = await asks(trust)
    of_item = reminder(item_id=asked.item_id)
    await trust.does("collaboration", "/reminders", of_item)
    action_id = await agrees(trust, asked.item_id, await answers(trust, asked.item_id, **RED))
    of_action = reminder(action_id=action_id, channel="email")
    await trust.does("collaboration", "/reminders", of_action)

    for sent in (of_item, of_action):
        [(kind, told)] = await trust.history("collaboration", f"reminder-{sent['reminder_id']}")
        assert (kind, told["urn"], told["channel"]) == ("ReminderSent", HERE, sent["channel"])
    other = reminder(action_id=action_id, urn=THERE)
    assert await trust.cannot("collaboration", "/reminders", other) == "action_unknown"
