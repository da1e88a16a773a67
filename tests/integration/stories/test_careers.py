"""Careers through the real doors: stages for everybody, aspirations of every kind, ten-year plans, and capabilities."""

from __future__ import annotations

from tests.integration.stories.career_bodies import (
    THIS_YEAR,
    YEAR,
    ago,
    aspiration,
    plan,
    plan_review,
    rating,
    stage,
    year,
)
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust


async def test_everybody_is_at_a_stage_of_a_pathway_from_trainee_to_late_career(trust: Trust) -> None:
    head = await trust.employs("headteacher")
    officer = await trust.employs("attendance_officer", fte_hundredths=50)
    trainee = await trust.employs("trainee_teacher", kind="trainee", years=1)
    caretaker = await trust.employs("caretaker", years=30)

    await trust.does("talent", f"/persons/{officer}/career-stage", stage(head, stage="stage_2", pathway="support"))
    await trust.does("talent", f"/persons/{trainee}/career-stage", stage(head, stage="trainee"), school=HERE)
    await trust.does(
        "talent", f"/persons/{caretaker}/career-stage", stage(head, stage="late_career", pathway="support")
    )

    [(name, assessed)] = await trust.history("talent", f"career-{caretaker}")
    assert (name, assessed["stage"], assessed["pathway"]) == ("CareerStageAssessed", "late_career", "support")
    assert await trust.happened("talent", f"career-{officer}") == ["CareerStageAssessed"]
    assert await trust.happened("talent", f"career-{trainee}") == ["CareerStageAssessed"]


async def test_a_school_speaks_of_its_own_people(trust: Trust) -> None:
    head, teacher = await trust.employs("headteacher"), await trust.employs()

    assert await trust.cannot("talent", f"/persons/{teacher}/career-stage", stage(head), school=THERE) == (
        "not_your_school"
    )
    receipt = await trust.claims("talent", "CareerStageAssessed", {"person_id": teacher, **stage(head)}, school=HERE)
    assert receipt["outcome"] == "accepted"


async def test_a_career_leads_up_or_to_a_specialism_across_the_schools(trust: Trust) -> None:
    teacher, elsewhere = await trust.employs(), await trust.employs("headteacher", urn=THERE)

    await trust.does("talent", f"/persons/{teacher}/aspiration", aspiration(recorded_on=ago(300)))
    await trust.does(
        "talent",
        f"/persons/{teacher}/aspiration",
        aspiration(direction="specialist", target_role="specialist_leader_of_education"),
    )
    await trust.does(
        "talent", f"/persons/{teacher}/career-stage", stage(elsewhere, stage="stage_4", pathway="specialist")
    )

    history = await trust.history("talent", f"career-{teacher}")
    assert [data.get("direction") for _, data in history] == ["up", "specialist", None]


async def test_a_distinctive_role_at_the_same_level_is_an_aspiration_too(trust: Trust) -> None:
    manager = await trust.employs("business_manager", fte_hundredths=80)

    await trust.does(
        "talent", f"/persons/{manager}/aspiration", aspiration(direction="lateral", target_role="trust_buyer")
    )
    await trust.does(
        "talent",
        f"/persons/{manager}/aspiration",
        aspiration(direction="stay", target_role=None, target_year=None, recorded_on=str(TODAY)),
    )

    assert len(await trust.happened("talent", f"career-{manager}")) == 2


async def test_a_ten_year_plan_through_five_stages_is_agreed_reviewed_and_replaced(trust: Trust) -> None:
    teacher, head = await trust.employs(), await trust.employs("headteacher")
    stages = [f"stage_{1 + n // 2}" for n in range(10)]
    ten_years = [{"academic_year": year(THIS_YEAR + n), "stage": stage} for n, stage in enumerate(stages)]
    first = plan(teacher, head, years=ten_years)
    second = plan(teacher, head)

    await trust.does("talent", "/career-plans", first)
    await trust.does("talent", f"/career-plans/{first['plan_id']}/review", plan_review(teacher, head, on_track=False))
    await trust.does("talent", "/career-plans", second)
    await trust.does("talent", f"/career-plans/{second['plan_id']}/review", plan_review(teacher, head))

    history = await trust.history("talent", f"career-plan-{teacher}")
    assert [name for name, _ in history] == [
        "CareerPlanAgreed",
        "CareerPlanReviewed",
        "CareerPlanAgreed",
        "CareerPlanReviewed",
    ]
    agreed = history[0][1]
    assert [planned["stage"] for planned in agreed["years"]] == stages
    assert agreed["next_step"].startswith("sealed:")
    eleven = [*ten_years, {"academic_year": year(THIS_YEAR + 10), "stage": "late_career"}]
    assert await trust.cannot("talent", "/career-plans", plan(teacher, head, years=eleven)) == "invalid"


async def test_a_person_their_manager_and_a_peer_rate_what_the_person_can_do(trust: Trust) -> None:
    leader, manager = await trust.employs("assistant_headteacher"), await trust.employs("headteacher")
    peer, before = await trust.employs("assistant_headteacher", urn=THERE), await trust.employs("deputy_headteacher")
    for manager_id, from_on in ((before, ago(500)), (manager, ago(100))):
        await trust.does("talent", f"/persons/{leader}/line-manager", {"manager_id": manager_id, "from_on": from_on})
    path = f"/persons/{leader}/capabilities"

    for rater, rater_id, value in (("self", leader, 4), ("manager", manager, 2), ("peer", peer, 3)):
        await trust.does("talent", path, rating(rater, rater_id, rating=value))
    assert await trust.cannot("talent", path, rating("manager", before)) == "rater_not_manager"
    await trust.does("talent", path, rating("peer", before))
    await trust.does("talent", path, rating("manager", manager, rating=3))

    history = await trust.history("talent", f"capabilities-{leader}-{YEAR.replace('/', '-')}-A2")
    assert [(data["rater"], data["rating"]) for _, data in history] == [
        ("self", 4),
        ("manager", 2),
        ("peer", 3),
        ("peer", 3),
        ("manager", 3),
    ]
