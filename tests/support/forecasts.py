"""What a forecast is made from, put into talent's history as it would stand there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.talent.leaders import ReadinessAssessed
from shared.contracts.talent.posts import CriticalPostRegistered, Incumbent, PostVacated
from tests.support.process import context, facts, opened
from tests.support.writer import TRUST, Place, until

TODAY = date.today()  # noqa: DTZ011  the services' clock is the real one
SCHOOL = "900001"


async def recorded(place: Place, *events: Any, trust: str = TRUST, actor: str = "tester") -> None:
    """These stand in talent's history, each in a stream of its own, and are numbered."""
    async with opened(place) as process:
        await process.says(*(facts(f"told-{uuid4()}", event, within=context(trust, actor)) for event in events))
    await all_numbered(place)


async def all_numbered(place: Place) -> None:
    """Whatever stands in talent's history has its number: a forecast reads up to the last one."""

    async def numbered() -> bool:
        waiting: int = await place.fetchval("select count(*) from pending")
        return waiting == 0

    await until(numbered)


async def forecastable(place: Place) -> str:
    """Ten posts of a new type, of which one fell vacant, and a leader who is ready for one; the type."""
    post_type = a_type()
    held = posts(post_type, [uuid4() for _ in range(10)])
    left = PostVacated(
        post_id=held[0].post_id,
        post_type=post_type,
        person_id=held[0].incumbents[0].person_id,
        vacated_on=TODAY - timedelta(days=100),
        reason="retirement",
    )
    await recorded(place, *held, left, ready(post_type))
    return post_type


def a_type() -> str:
    return f"head_{uuid4().hex[:8]}"


def posts(post_type: str, people: Sequence[UUID], trust: str = TRUST) -> list[CriticalPostRegistered]:
    """A post for each of these people, who has held it for three years."""
    begun = TODAY - timedelta(days=3 * 365)
    return [
        CriticalPostRegistered(
            post_id=uuid4(),
            trustuid=trust,
            urns=(SCHOOL,),
            post_type=post_type,
            incumbents=(Incumbent(person_id=person, share_hundredths=100, from_on=begun),),
            registered_on=begun,
        )
        for person in people
    ]


def ready(post_type: str, *, provisional: bool = False) -> ReadinessAssessed:
    """Somebody new is ready."""
    return ReadinessAssessed(
        leader_id=uuid4(),
        assessment_id=uuid4(),
        post_type=post_type,
        readiness="ready_now",
        assessor_ids=(uuid4(), uuid4()),
        provisional=provisional,
        assessed_on=TODAY - timedelta(days=30),
        valid_until=TODAY + timedelta(days=365),
    )


def question(post_type: str, **more: Any) -> dict[str, Any]:
    """What the trust asks."""
    return {"forecast_id": str(uuid4()), "trustuid": TRUST, "post_type": post_type, "horizon_years": 3, **more}
