"""A school's training system knows a new colleague before the register does: what it says waits, and is applied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from shared.messaging import receipts_topic
from tests.integration.stories.conftest import HERE, Trust
from tests.support.kafka import admit
from tests.support.writer import TRUST, claim, person, until

DAYS = ("2023-09-04", "2024-09-02", "2025-09-01")
BATCH = "application/cloudevents-batch+json"


def trainings(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """First aid, three years running, of somebody by their staff number."""
    by = {"source": fields["source"], "staff_ref": fields["staff_ref"]}
    return [
        claim(
            "StatutoryTrainingCompleted",
            {"person_id": by, "trustuid": TRUST, "urn": HERE, "training": "first_aid", "completed_on": day},
            service="cpd",
        )
        for day in DAYS
    ]


async def starts_work(trust: Trust, fields: Mapping[str, Any]) -> None:
    """The register hears of them, and only then where they work."""
    await trust.does("talent", "/persons", fields)
    await trust.heard("cpd", f"person-{fields['person_id']}", 1)
    engagement = {"urn": HERE, "kind": "permanent", "role": "teacher", "fte_hundredths": 100, "started_on": DAYS[0]}
    path = f"/persons/{fields['person_id']}/engagements"
    await trust.does("talent", path, {"engagement_id": str(uuid4()), **engagement})


async def recorded(trust: Trust, fields: Mapping[str, Any]) -> list[str]:
    history = await trust.history("cpd", f"training-{fields['person_id']}-first_aid")
    return [data["completed_on"] for _, data in history]


async def test_over_http_an_unknown_staff_numbers_claims_are_applied_once_the_person_is_registered(
    trust: Trust,
) -> None:
    cpd, fields = trust.writers["cpd"], person()
    headers = {"authorization": f"Bearer {cpd.place.token('school_system', urns=(HERE,))}"}
    said = trainings(fields)

    async def fates() -> list[str]:
        asked = [
            await cpd.client.get(f"/events/{one['id']}", params={"source": one["source"]}, headers=headers)
            for one in said
        ]
        return [answer.json()["outcome"] for answer in asked]

    async def all_accepted() -> bool:
        return await fates() == ["accepted"] * 3

    sent = await cpd.client.post("/events", content=json.dumps(said), headers={**headers, "content-type": BATCH})
    assert [(r["outcome"], r["code"]) for r in sent.json()] == [("parked", "person_unknown")] * 3
    assert await fates() == ["parked"] * 3
    await starts_work(trust, fields)

    await until(all_accepted)
    assert await recorded(trust, fields) == list(DAYS)


async def test_over_kafka_each_has_its_last_receipt_by_itself(trust: Trust) -> None:
    place, fields = trust.writers["cpd"].place, person()
    await admit(place.kafka.bootstrap, HERE)
    said = trainings(fields)

    async def outcomes() -> dict[str, list[str]]:
        receipts = [json.loads(record.value or b"") for record in await place.records(receipts_topic(HERE))]
        return {one["id"]: [r["outcome"] for r in receipts if r["event_id"] == one["id"]] for one in said}

    async def answered(*expected: str) -> bool:
        return list((await outcomes()).values()) == [[*expected]] * 3

    await place.produce(HERE, *said)
    await until(lambda: answered("parked"), seconds=30)
    await starts_work(trust, fields)

    await until(lambda: answered("parked", "accepted"))
    assert await recorded(trust, fields) == list(DAYS)
