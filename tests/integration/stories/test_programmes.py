"""The stories of programmes: what is on offer and by whom, who takes part, what they say, and what it changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.training import (
    IN_A_MONTH,
    LAST_WEEK,
    YESTERDAY,
    attended,
    attends,
    books,
    evidence,
    moves,
    need,
    plan,
    publishes,
    schedules,
    visit,
)


async def test_training_in_school_reviews_widens_the_bank_of_leaders(trust: Trust) -> None:
    """S0b."""
    programme_id = await publishes(trust, title="Reviewing a school", audience_roles=["headteacher", "deputy_head"])
    session_id = await schedules(trust, timedelta(days=1), programme_id=programme_id, places=12)
    person_id = await books(trust, session_id)

    await moves(trust, session_id, LAST_WEEK)
    await attends(trust, session_id, person_id, minutes=90)

    [(_, record)] = await trust.history("cpd", f"participation-{session_id}-{person_id}")
    assert (record["attendance"], record["minutes"], record["urn"]) == ("present", 90, HERE)


@pytest.mark.parametrize("kind", ["course", "npq", "masters", "mba", "visit", "induction", "moderation"])
async def test_every_kind_of_programme_stands_in_one_calendar(trust: Trust, kind: str) -> None:
    """S4h and S3d: joint moderation and a trust-wide induction are sessions like any other."""
    programme_id = await publishes(trust, kind=kind)

    session_id = await schedules(trust, programme_id=programme_id, how_to_join="Enter by the hall")

    assert await trust.happened("cpd", f"session-{session_id}") == ["SessionScheduled"]


async def test_a_research_group_meets_across_schools(trust: Trust) -> None:
    """S0e."""
    group = await publishes(trust, kind="research_group", outcomes=["What helps boys to write?"], school=HERE)
    session_id = await schedules(trust, programme_id=group, places=8)

    for urn in (HERE, THERE):
        await books(trust, session_id, urn=urn)

    booked = [
        data["urn"] for name, data in await trust.history("cpd", f"session-{session_id}") if name == "PlaceBooked"
    ]
    assert booked == [HERE, THERE]


@pytest.mark.parametrize("reach", ["local", "regional", "national"])
async def test_a_programme_leads_from_early_career_to_senior_leadership_with_a_partner(
    trust: Trust, reach: str
) -> None:
    """S1d."""
    partner = {"name": "Harbour Teaching School Hub", "reach": reach}
    programme_id = await publishes(
        trust,
        title="Stepping up to senior leadership",
        audience_stages=["1", "2", "3", "4"],
        partner=partner,
        cost_pence=12_000,
    )

    [(_, published)] = await trust.history("cpd", f"programme-{programme_id}")
    assert (published["partner"], published["audience_stages"]) == (partner, ["1", "2", "3", "4"])


async def test_what_a_school_owns_it_plans_delivers_and_evaluates_itself(trust: Trust) -> None:
    """S3c."""
    programme_id = await publishes(trust, school=HERE)
    session = plan(programme_id, LAST_WEEK, scope="school", urn=HERE)
    await trust.does("cpd", "/sessions", session, school=HERE)
    session_id, person_id = str(session["session_id"]), await trust.employs()

    record = {"person_id": person_id, "urn": HERE, "attendance": "part", "minutes": 60}
    await trust.does("cpd", f"/sessions/{session_id}/attendance", record, school=HERE)
    for level in range(1, 6):
        opinion = {"person_id": person_id, "urn": HERE, "level": level, "score": 4, "evaluated_on": YESTERDAY}
        await trust.does("cpd", f"/sessions/{session_id}/evaluations", opinion, school=HERE)
    shown = evidence(programme_id, await trust.employs("headteacher"))
    await trust.does("cpd", "/impact", shown, school=HERE)

    stream = f"participation-{session_id}-{person_id}"
    assert await trust.happened("cpd", stream) == ["AttendanceRecorded", *["CpdEvaluated"] * 5]
    move = {"starts_at": session["starts_at"], "ends_at": session["ends_at"], "where": "Hall"}
    assert await trust.cannot("cpd", f"/sessions/{session_id}/reschedule", move, school=THERE) == "not_your_school"


async def test_participants_say_what_they_think_and_what_they_made_of_it(trust: Trust) -> None:
    """S3e: feedback is numbers; a reflection is a person's own words, sealed, and theirs to publish."""
    session_id, person_id = await attended(trust)

    opinion = {"person_id": person_id, "level": 1, "score": 5, "evaluated_on": str(TODAY), "due_on": YESTERDAY}
    await trust.does("cpd", f"/sessions/{session_id}/evaluations", opinion)
    words = {"person_id": person_id, "reflection_id": str(uuid4()), "text": "I ask first.", "may_publish": True}
    await trust.does("cpd", f"/sessions/{session_id}/reflections", words)

    _, (_, evaluated), (_, reflected) = await trust.history("cpd", f"participation-{session_id}-{person_id}")
    assert (evaluated["level"], evaluated["score"], evaluated["urn"]) == (1, 5, HERE)
    assert reflected["text"].startswith("sealed:")
    assert reflected["may_publish"]


async def test_who_was_absent_has_nothing_to_evaluate(trust: Trust) -> None:
    session_id, person_id = await attended(trust)
    await attends(trust, session_id, person_id, "absent")

    opinion = {"person_id": person_id, "level": 1, "score": 5, "evaluated_on": str(TODAY)}
    assert await trust.cannot("cpd", f"/sessions/{session_id}/evaluations", opinion) == "not_attended"


async def test_one_school_says_nothing_for_the_people_of_another(trust: Trust) -> None:
    session_id, person_id = await attended(trust)
    record = {"person_id": person_id, "urn": THERE, "attendance": "absent"}
    opinion = {"person_id": person_id, "urn": THERE, "level": 1, "score": 1, "evaluated_on": str(TODAY)}
    words = {"person_id": person_id, "urn": THERE, "reflection_id": str(uuid4()), "text": "No."}

    for path, body in (("attendance", record), ("evaluations", opinion), ("reflections", words)):
        assert await trust.cannot("cpd", f"/sessions/{session_id}/{path}", body, school=THERE) == "not_your_school"


async def test_training_changed_something_and_it_shows(trust: Trust) -> None:
    """S1a and S4k: a measure before and after, for all pupils and for the disadvantaged."""
    programme_id, head = await publishes(trust), await trust.employs("headteacher")
    shown = evidence(programme_id, head)

    await trust.does("cpd", "/impact", shown)

    [(_, evidenced)] = await trust.history("cpd", f"impact-{shown['impact_id']}")
    assert evidenced == shown


async def test_a_measure_may_have_no_disadvantaged_pupils_but_not_half_of_them(trust: Trust) -> None:
    """S4k."""
    programme_id, head = await publishes(trust), await trust.employs("headteacher")
    neither = {"disadvantaged_baseline_thousandths": None, "disadvantaged_follow_up_thousandths": None}

    await trust.does("cpd", "/impact", evidence(programme_id, head, **neither))
    half = evidence(programme_id, head, disadvantaged_baseline_thousandths=None)
    assert await trust.cannot("cpd", "/impact", half) == "disadvantaged_measure_missing"


async def test_a_school_shows_impact_at_itself_of_a_programme_of_its_trust(trust: Trust) -> None:
    head = await trust.employs("headteacher")
    shown = evidence(await publishes(trust), head)

    assert await trust.cannot("cpd", "/impact", shown, school=THERE) == "not_your_school"
    assert await trust.cannot("cpd", "/impact", evidence(str(uuid4()), head), school=HERE) == "programme_unknown"
    await trust.does("cpd", "/impact", shown, school=HERE)


@pytest.mark.parametrize("host", [{"host_urn": THERE}, {"host": "A school in Finland"}])
async def test_people_visit_a_pioneer_school_and_say_what_they_learnt(trust: Trust, host: dict[str, Any]) -> None:
    """S1c: in the trust or outside."""
    arranged = visit(await trust.employs(), await trust.employs("headteacher"), **host)
    report = {"learning": "Phonics every day, everywhere.", "reported_on": str(TODAY)}

    await trust.does("cpd", "/pioneer-visits", arranged, school=HERE)
    path = f"/pioneer-visits/{arranged['visit_id']}/report"
    assert await trust.cannot("cpd", path, report, school=THERE) == "not_your_school"
    await trust.does("cpd", path, report, school=HERE)

    (_, planned), (name, reported) = await trust.history("cpd", f"pioneer-visit-{arranged['visit_id']}")
    assert planned == arranged
    assert (name, reported["urn"]) == ("PioneerVisitReported", HERE)
    assert reported["learning"].startswith("sealed:")


async def test_what_somebody_needs_is_answered_by_a_programme_and_met(trust: Trust) -> None:
    """S1d."""
    person_id, programme_id = await trust.employs("deputy_head"), await publishes(trust)
    recorded = need(person_id, programme_ids=[programme_id])
    path, met = f"/development-needs/{recorded['need_id']}/meet", {"met_by": programme_id, "met_on": str(TODAY)}

    await trust.does("cpd", "/development-needs", recorded, school=HERE)
    assert await trust.cannot("cpd", path, met, school=THERE) == "not_your_school"
    await trust.does("cpd", path, met, school=HERE)

    stream = f"development-need-{recorded['need_id']}"
    assert await trust.history("cpd", stream) == [
        ("DevelopmentNeedRecorded", recorded),
        ("DevelopmentNeedMet", {"need_id": recorded["need_id"], "person_id": person_id, "urn": HERE, **met}),
    ]


async def test_a_programme_that_answers_a_need_is_on_offer(trust: Trust) -> None:
    dreamt_of = need(await trust.employs(), programme_ids=[await publishes(trust), str(uuid4())])

    response = await trust.command("cpd", "/development-needs", dreamt_of)

    assert response.json()["code"] == "programme_unknown"
    assert [error["pointer"] for error in response.json()["errors"]] == ["/programme_ids/1"]


async def test_a_school_names_itself_in_what_it_says(trust: Trust) -> None:
    session_id, person_id = await schedules(trust, IN_A_MONTH, places=1), await trust.employs()
    nameless = need(person_id, urn=None)

    assert await trust.cannot("cpd", "/development-needs", nameless, school=HERE) == "trust_only"
    assert (
        await trust.cannot("cpd", f"/sessions/{session_id}/book", {"person_id": person_id}, school=HERE) == "trust_only"
    )


async def test_another_trust_knows_nothing_of_this_ones_sessions_programmes_and_visits(trust: Trust) -> None:
    session_id, person_id = await attended(trust)
    arranged, programme_id = visit(person_id), await publishes(trust)
    await trust.does("cpd", "/pioneer-visits", arranged)
    opinion = {"person_id": person_id, "level": 1, "score": 1, "evaluated_on": str(TODAY)}
    report = {"learning": "Nothing.", "reported_on": str(TODAY)}
    stranger = await trust.stranger()
    shown = evidence(programme_id, stranger, trustuid="99002")
    opinion["person_id"] = stranger

    for path, body, code in (
        (f"/sessions/{session_id}/book", {"person_id": stranger}, "session_unknown"),
        (f"/sessions/{session_id}/cancel-booking", {"person_id": stranger}, "session_unknown"),
        (f"/sessions/{session_id}/attendance", {"person_id": stranger, "attendance": "absent"}, "session_unknown"),
        (f"/sessions/{session_id}/evaluations", opinion, "session_unknown"),
        (f"/pioneer-visits/{arranged['visit_id']}/report", report, "visit_unknown"),
        ("/impact", shown, "programme_unknown"),
    ):
        assert await _asked_by_another_trust(trust, path, body) == code


async def _asked_by_another_trust(trust: Trust, path: str, body: dict[str, Any]) -> str:
    token = trust.writers["cpd"].place.token("trust_leader", trust="99002")
    headers = {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}
    response = await trust.writers["cpd"].client.post(path, json=body, headers=headers)
    code: str = response.json()["code"]
    return code
