"""What the stories of reactions begin with, and how they wait for what a fact causes in another service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from shared.messaging import Cluster, events_topic, make_producer
from tests.integration.stories.conftest import HERE, THERE, TODAY, Service, Trust
from tests.integration.stories.leading import assessment, nominated
from tests.integration.stories.sharing import allocates, offers
from tests.support.writer import TRUST, Place, until

SPRING: dict[str, Any] = {"from_on": f"{TODAY.year}-01-13", "to_on": f"{TODAY.year}-02-14"}  # of one academic year
SUMMER: dict[str, Any] = {"from_on": f"{TODAY.year - 1}-08-01", "to_on": f"{TODAY.year - 1}-09-30"}  # of two


async def comes(trust: Trust, service: Service, stream: str, *names: str) -> list[dict[str, Any]]:
    """Wait until this has happened in a stream and nothing else; what each of its events says."""

    async def has_come() -> bool:
        return await trust.happened(service, stream) == [*names]

    await until(has_come)
    return [data for _, data in await trust.history(service, stream)]


async def is_refused(trust: Trust, service: Service, target: str, code: str) -> dict[str, Any]:
    """Wait until it is seen that a reaction was refused on a stream; what the one record of it says."""

    async def seen() -> list[str]:
        found: list[str] = await trust.writers[service].place.fetchval(
            """select coalesce(array_agg(stream), '{}') from event
               where stream like 'reaction-%' and convert_from(record, 'utf8') like $1""",
            f'%"target":"{target}"%',
        )
        return found

    [stream] = await until(seen)
    [(name, said)] = await trust.history(service, stream)
    assert (name, said["code"]) == ("ReactionRefused", code)
    return said


async def is_done_with(trust: Trust, service: Service, stream: str, version: int = 1) -> None:
    """Wait until a service has heard of a stream up to a version, and has done all about it."""
    await trust.heard(service, stream, version)

    async def nothing_is_due() -> bool:
        due: int = await trust.writers[service].place.fetchval(
            "select count(*) from fact_due where convert_from(meta, 'utf8') like $1", f'%"subject":"{stream}"%'
        )
        return due == 0

    await until(nothing_is_due)


async def comes_again(place: Place, stream: str) -> None:
    """All that a service published of a stream is published once more."""
    topic = events_topic(place.service.name)
    producer = make_producer(Cluster(place.kafka.bootstrap), "tester")
    await producer.start()
    try:
        for record in await place.records(topic):
            if record.key == stream.encode():
                await producer.send_and_wait(topic, record.value, key=record.key, headers=list(record.headers))
    finally:
        await producer.stop()


async def assessed(trust: Trust, leader_id: str | None = None, *, alone: bool = False, **more: Any) -> dict[str, Any]:
    """What a leader is ready for is assessed, by two or by one alone; the assessment's fields, and `leader_id`."""
    leader_id = leader_id or (await nominated(trust))[0]
    assessors = [await trust.employs("headteacher", urn=urn) for urn in ((THERE,) if alone else (HERE, THERE))]
    said = assessment(*assessors, **more)
    await trust.does("talent", f"/leaders/{leader_id}/readiness", said)
    return {**said, "leader_id": leader_id}


async def gives_time_of(trust: Trust, person_id: str, quantity: int = 9, **window: Any) -> str:
    """Half-days of somebody's time go from one school to another; the id of the allocation."""
    offer_id = await offers(trust, HERE, quantity=quantity, person_id=person_id, **window)
    path = await allocates(trust, offer_id, THERE, quantity=quantity, **window)
    return path.rpartition("/")[2]


def trust_induction(**more: Any) -> dict[str, Any]:
    """The fields of a trust-wide induction that is planned for the next month."""
    starts_at = datetime.now(UTC) + timedelta(days=30)
    return {
        "induction_id": str(uuid4()),
        "trustuid": TRUST,
        "title": f"Welcome {uuid4().hex[:8]}",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=6)).isoformat(),
        "where": "The hall",
        "places": 120,
        **more,
    }
