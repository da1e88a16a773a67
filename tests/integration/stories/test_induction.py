"""Early-career teachers through the real doors: part-timers, pauses, new mentors, and no second induction."""

from __future__ import annotations

import asyncio

from tests.integration.stories.career_bodies import ago, induction, is_in_induction, progress
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust


async def test_a_part_timer_is_supported_through_a_pause_to_the_end(trust: Trust) -> None:
    teacher, mentor = await trust.employs("early_career_teacher", fte_hundredths=60), await trust.employs()
    tutor, new_mentor = await trust.employs("deputy_headteacher"), await trust.employs(urn=THERE)
    started = induction(teacher, mentor, tutor, started_on=ago(900))
    at = f"/ect-inductions/{started['induction_id']}"
    arranged = {name: started[name] for name in ("tutor_id", "appropriate_body", "fte_hundredths")}

    await trust.does("talent", "/ect-inductions", started, school=HERE)
    await trust.does("talent", f"{at}/review", progress(teacher, tutor, reviewed_on=ago(800)), school=HERE)
    await trust.does("talent", f"{at}/pause", {"person_id": teacher, "from_on": ago(700)})
    away = progress(teacher, tutor, reviewed_on=ago(500))
    assert await trust.cannot("talent", f"{at}/review", away) == "induction_paused"
    await trust.does("talent", f"{at}/resume", {"person_id": teacher, "from_on": ago(400)})
    await trust.does(
        "talent",
        f"{at}/change",
        {**arranged, "person_id": teacher, "mentor_id": new_mentor, "fte_hundredths": 80, "from_on": ago(400)},
    )
    await trust.does("talent", f"{at}/review", progress(teacher, tutor, formal=True))
    decided = {"person_id": teacher, "completed_on": ago(100)}
    await trust.does("talent", f"{at}/complete", {**decided, "outcome": "extended"})
    await trust.does("talent", f"{at}/complete", {**decided, "completed_on": str(TODAY), "outcome": "passed"})

    history = await trust.history("talent", f"induction-{teacher}")
    assert [name for name, _ in history] == [
        "EctInductionStarted",
        "EctProgressReviewed",
        "EctInductionPaused",
        "EctInductionResumed",
        "EctInductionChanged",
        "EctProgressReviewed",
        "EctInductionCompleted",
        "EctInductionCompleted",
    ]
    assert set(history[2][1]) == {"induction_id", "person_id", "from_on"}, "a pause says no reason"
    assert (history[0][1]["fte_hundredths"], history[4][1]["fte_hundredths"]) == (60, 80)


async def test_a_returner_goes_on_where_they_paused(trust: Trust) -> None:
    teacher, _, induction_id = await is_in_induction(trust)
    at = f"/ect-inductions/{induction_id}"
    again = induction(teacher, await trust.employs(), await trust.employs(), started_on=ago(10))

    await trust.does("talent", f"{at}/pause", {"person_id": teacher, "from_on": ago(300)})
    assert await trust.cannot("talent", "/ect-inductions", again) == "induction_running"
    await trust.does("talent", f"{at}/resume", {"person_id": teacher, "from_on": ago(10)})

    happened = await trust.happened("talent", f"induction-{teacher}")
    assert happened == ["EctInductionStarted", "EctInductionPaused", "EctInductionResumed"]


async def test_in_a_very_small_school_one_person_mentors_and_assesses_when_that_is_said(trust: Trust) -> None:
    teacher, head = await trust.employs("early_career_teacher"), await trust.employs("headteacher")
    both = induction(teacher, head, head)

    assert await trust.cannot("talent", "/ect-inductions", both) == "mentor_is_tutor"
    await trust.does("talent", "/ect-inductions", {**both, "one_person_for_both": True})

    assert await trust.happened("talent", f"induction-{teacher}") == ["EctInductionStarted"]


async def test_thirty_two_starts_at_once_are_one_induction(trust: Trust) -> None:
    teacher, mentor, tutor = [await trust.employs() for _ in range(3)]

    answers = await asyncio.gather(
        *(trust.command("talent", "/ect-inductions", induction(teacher, mentor, tutor)) for _ in range(32))
    )

    assert [answer.status_code for answer in answers].count(201) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} == {"induction_running"}
    assert await trust.happened("talent", f"induction-{teacher}") == ["EctInductionStarted"]
