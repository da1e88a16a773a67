"""The stories of the calendar's places: booked, waited for, given up, taken by coming; also by many at once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx

from tests.integration.stories.conftest import HERE, THERE, Trust
from tests.integration.stories.training import (
    IN_A_MONTH,
    LAST_WEEK,
    attends,
    books,
    moves,
    plan,
    publishes,
    schedules,
)
from tests.support.writer import claim

CLIENTS = 32


async def test_sessions_of_the_trust_and_of_a_school_are_open_to_everybody(trust: Trust) -> None:
    """S4e: one calendar; a school's people go to another school's session."""
    session = plan(await publishes(trust, school=THERE), scope="school", urn=THERE, places=5)
    await trust.does("cpd", "/sessions", session, school=THERE)

    await books(trust, str(session["session_id"]), urn=HERE)

    assert await trust.happened("cpd", f"session-{session['session_id']}") == ["SessionScheduled", "PlaceBooked"]


async def test_who_waits_gets_the_place_that_somebody_gives_up(trust: Trust) -> None:
    session_id = await schedules(trust, places=1)
    first, second, third = [await books(trust, session_id, urn=urn) for urn in (HERE, THERE, HERE)]

    await _gives_up(trust, session_id, first, HERE)
    await _gives_up(trust, session_id, third, HERE)

    history = await trust.history("cpd", f"session-{session_id}")
    assert [(name, data["person_id"]) for name, data in history[1:]] == [
        ("PlaceBooked", first),
        ("PlaceWaitlisted", second),
        ("PlaceWaitlisted", third),
        ("BookingCancelled", first),
        ("PlaceBooked", second),
        ("BookingCancelled", third),
    ]
    assert history[5][1]["from_waiting_list"]


async def test_a_whole_staff_day_needs_no_bookings_and_its_session_does_not_grow(trust: Trust) -> None:
    """An INSET day of two hundred: one register, in one batch, corrected by another."""
    session_id = await schedules(trust, LAST_WEEK)
    people = await trust.staff(200)

    first = await _register(trust, session_id, people, "present")
    put_right = await _register(trust, session_id, people[:2], "absent")

    assert (Counter(first), put_right) == (Counter({"accepted": 200}), ["accepted"] * 2)
    assert await trust.happened("cpd", f"session-{session_id}") == ["SessionScheduled"]
    latest = [data["attendance"] for _, data in await trust.history("cpd", f"participation-{session_id}-{people[0]}")]
    assert latest == ["present", "absent"]


async def test_who_comes_without_a_booking_has_a_place(trust: Trust) -> None:
    session_id = await schedules(trust, places=1)
    booked, waiting = await books(trust, session_id), await books(trust, session_id)
    unexpected = await trust.employs(urn=THERE)
    await moves(trust, session_id, LAST_WEEK)

    await attends(trust, session_id, booked, "absent")
    await attends(trust, session_id, waiting)
    await attends(trust, session_id, unexpected, urn=THERE)

    walked_in = [data for _, data in await trust.history("cpd", f"session-{session_id}") if data.get("walk_in")]
    assert [(data["person_id"], data["urn"]) for data in walked_in] == [(waiting, HERE), (unexpected, THERE)]


async def test_a_walk_in_that_was_a_mistake_has_no_place_any_more(trust: Trust) -> None:
    session_id, person_id = await schedules(trust, LAST_WEEK, places=1), await trust.employs()

    await attends(trust, session_id, person_id, urn=HERE)
    await attends(trust, session_id, person_id, "absent")

    happened = await trust.happened("cpd", f"session-{session_id}")
    assert happened == ["SessionScheduled", "PlaceBooked", "BookingCancelled"]


async def test_a_session_that_moves_keeps_its_bookings(trust: Trust) -> None:
    """S3d."""
    session_id = await schedules(trust, places=1)
    first, second = await books(trust, session_id), await books(trust, session_id)

    await moves(trust, session_id, IN_A_MONTH * 2)
    await _gives_up(trust, session_id, first, HERE)

    *_, (name, promoted) = await trust.history("cpd", f"session-{session_id}")
    assert (name, promoted["person_id"], promoted["from_waiting_list"]) == ("PlaceBooked", second, True)


async def test_a_cancelled_session_ends_its_bookings(trust: Trust) -> None:
    session_id = await schedules(trust, places=1)
    person_id = await books(trust, session_id)
    await trust.does("cpd", f"/sessions/{session_id}/cancel", {"reason": "Snow"})

    booking = {"person_id": await trust.employs(), "urn": HERE}
    assert await trust.cannot("cpd", f"/sessions/{session_id}/book", booking) == "session_cancelled"
    record = {"person_id": person_id, "attendance": "absent"}
    assert await trust.cannot("cpd", f"/sessions/{session_id}/attendance", record) == "session_cancelled"
    again = await trust.command("cpd", f"/sessions/{session_id}/cancel-booking", {"person_id": person_id})
    assert again.status_code == httpx.codes.CREATED
    assert await trust.happened("cpd", f"session-{session_id}") == [
        "SessionScheduled",
        "PlaceBooked",
        "SessionCancelled",
    ]


async def test_a_booking_made_in_time_may_be_told_late(trust: Trust) -> None:
    """A school's system tells at night what was booked in the morning."""
    session_id, person_id = await schedules(trust, LAST_WEEK, places=1), await trust.employs()
    booked = {"session_id": session_id, "person_id": person_id, "urn": HERE, "funded_by": "school"}
    headers = {
        "authorization": f"Bearer {trust.writers['cpd'].place.token('school_system', urns=(HERE,))}",
        "content-type": "application/cloudevents+json",
    }

    late = await trust.claims("cpd", "PlaceBooked", booked, school=HERE)
    a_month_ago = datetime.now(UTC) - timedelta(days=30)
    in_time = claim("PlaceBooked", booked, service="cpd", happenedat=a_month_ago.isoformat())
    response = await trust.writers["cpd"].client.post("/events", content=json.dumps(in_time), headers=headers)

    assert late["code"] == "session_over"
    assert response.status_code == httpx.codes.ACCEPTED
    assert await trust.happened("cpd", f"session-{session_id}") == ["SessionScheduled", "PlaceBooked"]


async def test_ten_of_thirty_two_at_once_get_the_ten_places(trust: Trust) -> None:
    session_id = await schedules(trust, places=10)

    await asyncio.gather(*(_asks(trust, session_id, person_id) for person_id in await trust.staff(CLIENTS)))

    happened = await trust.happened("cpd", f"session-{session_id}")
    assert happened == ["SessionScheduled", *["PlaceBooked"] * 10, *["PlaceWaitlisted"] * 22]


async def test_places_are_never_given_twice_while_many_come_and_go(trust: Trust) -> None:
    """Those who have the places give them up while others ask: each freed place goes to who has waited longest."""
    session_id = await schedules(trust, places=8)
    before, after = [await trust.staff(CLIENTS // 2) for _ in range(2)]
    for person_id in before:
        await _asks(trust, session_id, person_id)

    await asyncio.gather(
        *(_gives_up(trust, session_id, person_id, None) for person_id in before),
        *(_asks(trust, session_id, person_id) for person_id in after),
    )

    booked: set[str] = set()
    waiting: list[str] = []
    for name, data in (await trust.history("cpd", f"session-{session_id}"))[1:]:
        person_id = data["person_id"]
        if name == "PlaceBooked":
            assert not data.get("from_waiting_list") or waiting.pop(0) == person_id
            booked.add(person_id)
        elif name == "PlaceWaitlisted":
            waiting.append(person_id)
        else:
            booked.discard(person_id)
            waiting = [other for other in waiting if other != person_id]
        assert len(booked) <= 8
    assert booked | set(waiting) == set(after)
    assert len(booked) == 8


async def _asks(trust: Trust, session_id: str, person_id: str) -> None:
    await trust.does("cpd", f"/sessions/{session_id}/book", {"person_id": person_id})


async def _gives_up(trust: Trust, session_id: str, person_id: str, urn: str | None) -> None:
    await trust.does("cpd", f"/sessions/{session_id}/cancel-booking", {"person_id": person_id}, school=urn)


async def _register(trust: Trust, session_id: str, people: list[str], attendance: str) -> list[str]:
    """A school's register of attendance, sent as one batch; each line's outcome."""
    said = [{"session_id": session_id, "person_id": who, "urn": HERE, "attendance": attendance} for who in people]
    return await trust.claim_all("cpd", "AttendanceRecorded", said, school=HERE)
