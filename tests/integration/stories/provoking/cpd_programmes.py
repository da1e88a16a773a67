"""How each refusal about programmes, sessions, participation, impact, visits and needs is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.provoking import Provoke
from tests.integration.stories.training import (
    LAST_WEEK,
    TOMORROW,
    YESTERDAY,
    attended,
    books,
    evidence,
    need,
    plan,
    publishes,
    schedules,
    visit,
)
from tests.support.writer import TRUST


async def programme_exists(trust: Trust) -> str:
    programme_id = await publishes(trust)
    other = {"programme_id": programme_id, "trustuid": TRUST, "title": "Other", "kind": "visit", "cost_pence": 1}
    return await trust.cannot("cpd", "/programmes", other)


async def programme_unknown(trust: Trust) -> str:
    return await trust.cannot("cpd", "/sessions", plan(str(uuid4())))


async def trust_only(trust: Trust) -> str:
    return await trust.cannot("cpd", "/sessions", plan(await publishes(trust)), school=HERE)


async def host_missing(trust: Trust) -> str:
    return await trust.cannot("cpd", "/sessions", plan(await publishes(trust), scope="school"))


async def no_places(trust: Trust) -> str:
    return await trust.cannot("cpd", "/sessions", plan(await publishes(trust), places=0))


async def session_ends_before_it_starts(trust: Trust) -> str:
    backwards = plan(await publishes(trust))
    return await trust.cannot("cpd", "/sessions", {**backwards, "ends_at": backwards["starts_at"]})


async def session_exists(trust: Trust) -> str:
    programme_id = await publishes(trust)
    session_id = await schedules(trust, programme_id=programme_id)
    return await trust.cannot("cpd", "/sessions", plan(programme_id, session_id=session_id))


async def session_unknown(trust: Trust) -> str:
    return await trust.cannot("cpd", f"/sessions/{uuid4()}/book", {"person_id": await trust.employs()})


async def session_cancelled(trust: Trust) -> str:
    session_id = await schedules(trust, places=1)
    await trust.does("cpd", f"/sessions/{session_id}/cancel", {})
    return await trust.cannot("cpd", f"/sessions/{session_id}/book", {"person_id": await trust.employs()})


async def not_your_school(trust: Trust) -> str:
    session_id = await schedules(trust, places=1)
    person_id = await books(trust, session_id, urn=HERE)
    return await trust.cannot("cpd", f"/sessions/{session_id}/cancel-booking", {"person_id": person_id}, school=THERE)


async def booking_not_needed(trust: Trust) -> str:
    session_id = await schedules(trust)
    return await trust.cannot("cpd", f"/sessions/{session_id}/book", {"person_id": await trust.employs()})


async def already_booked(trust: Trust) -> str:
    session_id = await schedules(trust, places=1)
    booking = {"person_id": await books(trust, session_id), "urn": HERE, "funded_by": "self"}
    return await trust.cannot("cpd", f"/sessions/{session_id}/book", booking)


async def session_over(trust: Trust) -> str:
    session_id = await schedules(trust, LAST_WEEK, places=1)
    return await trust.cannot("cpd", f"/sessions/{session_id}/book", {"person_id": await trust.employs()})


async def not_booked(trust: Trust) -> str:
    session_id = await schedules(trust, places=1)
    return await trust.cannot("cpd", f"/sessions/{session_id}/cancel-booking", {"person_id": await trust.employs()})


async def session_not_started(trust: Trust) -> str:
    session_id = await schedules(trust)
    record = {"person_id": await trust.employs(), "attendance": "present"}
    return await trust.cannot("cpd", f"/sessions/{session_id}/attendance", record)


async def minutes_above_length(trust: Trust) -> str:
    session_id = await schedules(trust, LAST_WEEK)
    record = {"person_id": await trust.employs(), "attendance": "part", "minutes": 91}
    return await trust.cannot("cpd", f"/sessions/{session_id}/attendance", record)


async def minutes_of_absence(trust: Trust) -> str:
    session_id = await schedules(trust, LAST_WEEK)
    record = {"person_id": await trust.employs(), "attendance": "absent", "minutes": 5}
    return await trust.cannot("cpd", f"/sessions/{session_id}/attendance", record)


async def not_attended(trust: Trust) -> str:
    session_id = await schedules(trust, LAST_WEEK)
    opinion = {"person_id": await trust.employs(), "level": 1, "score": 5, "evaluated_on": str(TODAY)}
    return await trust.cannot("cpd", f"/sessions/{session_id}/evaluations", opinion)


async def already_evaluated(trust: Trust) -> str:
    session_id, person_id = await attended(trust)
    opinion = {"person_id": person_id, "level": 1, "evaluated_on": str(TODAY)}
    await trust.does("cpd", f"/sessions/{session_id}/evaluations", {**opinion, "score": 5})
    return await trust.cannot("cpd", f"/sessions/{session_id}/evaluations", {**opinion, "score": 2})


async def evaluated_before_session(trust: Trust) -> str:
    session_id, person_id = await attended(trust)
    day = str(TODAY - timedelta(days=14))
    opinion = {"person_id": person_id, "level": 1, "score": 5, "evaluated_on": day}
    return await trust.cannot("cpd", f"/sessions/{session_id}/evaluations", opinion)


async def reflection_exists(trust: Trust) -> str:
    session_id, person_id = await attended(trust)
    reflection = {"person_id": person_id, "reflection_id": str(uuid4())}
    await trust.does("cpd", f"/sessions/{session_id}/reflections", {**reflection, "text": "I plan my questions."})
    return await trust.cannot("cpd", f"/sessions/{session_id}/reflections", {**reflection, "text": "I ask less."})


async def impact_exists(trust: Trust) -> str:
    shown = evidence(await publishes(trust), await trust.employs())
    await trust.does("cpd", "/impact", shown)
    return await trust.cannot("cpd", "/impact", {**shown, "level": 4})


async def disadvantaged_measure_missing(trust: Trust) -> str:
    shown = evidence(await publishes(trust), await trust.employs(), disadvantaged_follow_up_thousandths=None)
    return await trust.cannot("cpd", "/impact", shown)


async def in_the_future(trust: Trust) -> str:
    shown = evidence(await publishes(trust), await trust.employs(), evidenced_on=TOMORROW)
    return await trust.cannot("cpd", "/impact", shown)


async def visitors_missing(trust: Trust) -> str:
    return await trust.cannot("cpd", "/pioneer-visits", visit())


async def visitor_named_twice(trust: Trust) -> str:
    person_id = await trust.employs()
    return await trust.cannot("cpd", "/pioneer-visits", visit(person_id, person_id))


async def visits_own_school(trust: Trust) -> str:
    return await trust.cannot("cpd", "/pioneer-visits", visit(await trust.employs(), host_urn=HERE))


async def visit_exists(trust: Trust) -> str:
    arranged = visit(await trust.employs())
    await trust.does("cpd", "/pioneer-visits", arranged)
    return await trust.cannot("cpd", "/pioneer-visits", {**arranged, "visit_on": str(TODAY)})


async def visit_unknown(trust: Trust) -> str:
    report = {"learning": "Phonics every day.", "reported_on": str(TODAY)}
    return await trust.cannot("cpd", f"/pioneer-visits/{uuid4()}/report", report)


async def visit_already_reported(trust: Trust) -> str:
    arranged, report = visit(await trust.employs()), {"reported_on": str(TODAY)}
    await trust.does("cpd", "/pioneer-visits", arranged)
    path = f"/pioneer-visits/{arranged['visit_id']}/report"
    await trust.does("cpd", path, {**report, "learning": "Phonics every day."})
    return await trust.cannot("cpd", path, {**report, "learning": "Phonics at times."})


async def reported_before_visit(trust: Trust) -> str:
    arranged = visit(await trust.employs(), visit_on=TOMORROW)
    await trust.does("cpd", "/pioneer-visits", arranged)
    report = {"learning": "Phonics every day.", "reported_on": YESTERDAY}
    return await trust.cannot("cpd", f"/pioneer-visits/{arranged['visit_id']}/report", report)


async def need_exists(trust: Trust) -> str:
    recorded = need(await trust.employs())
    await trust.does("cpd", "/development-needs", recorded)
    return await trust.cannot("cpd", "/development-needs", {**recorded, "capability": "coaching"})


async def need_unknown(trust: Trust) -> str:
    return await trust.cannot("cpd", f"/development-needs/{uuid4()}/meet", {"met_on": str(TODAY)})


async def need_already_met(trust: Trust) -> str:
    recorded = need(await trust.employs())
    await trust.does("cpd", "/development-needs", recorded)
    path = f"/development-needs/{recorded['need_id']}/meet"
    await trust.does("cpd", path, {"met_on": YESTERDAY})
    return await trust.cannot("cpd", path, {"met_on": str(TODAY)})


async def met_before_recorded(trust: Trust) -> str:
    recorded = need(await trust.employs(), recorded_on=str(TODAY))
    await trust.does("cpd", "/development-needs", recorded)
    return await trust.cannot("cpd", f"/development-needs/{recorded['need_id']}/meet", {"met_on": YESTERDAY})


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        programme_exists,
        programme_unknown,
        trust_only,
        host_missing,
        no_places,
        session_ends_before_it_starts,
        session_exists,
        session_unknown,
        session_cancelled,
        not_your_school,
        booking_not_needed,
        already_booked,
        session_over,
        not_booked,
        session_not_started,
        minutes_above_length,
        minutes_of_absence,
        not_attended,
        already_evaluated,
        evaluated_before_session,
        reflection_exists,
        impact_exists,
        disadvantaged_measure_missing,
        in_the_future,
        visitors_missing,
        visitor_named_twice,
        visits_own_school,
        visit_exists,
        visit_unknown,
        visit_already_reported,
        reported_before_visit,
        need_exists,
        need_unknown,
        need_already_met,
        met_before_recorded,
    )
}
