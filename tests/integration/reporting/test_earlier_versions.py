"""What was recorded under an earlier version: decided upon, projected and shown as the newest, and stored as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.reporting.projections import network
from services.reporting.read_models import rebuild
from services.reporting.read_models.as_of import AsOf
from services.talent.domain.deployment import EndDeployment, deployments, deployments_stream
from shared.contracts import codec
from shared.contracts.envelope import Envelope, chain_hash
from shared.contracts.talent import earlier
from shared.contracts.talent.deployments import DeploymentProposed, LeaderDeployed
from shared.eventstore import Act, NewEvent, Part, Write, act, execute
from shared.messaging import Delivered
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.pages import app, browsing
from tests.support.process import Process, context, facts, opened, place_of
from tests.support.read_model import HandClock
from tests.support.story import Story
from tests.support.writer import TALENT, TRUST, Place
from tests.unit.talent.test_deployment import ADA, CALL_OFF, DEPLOYED, END, FIRST, PROPOSED, SECOND

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
STREAM = deployments_stream(ADA, "2026/27")
V1 = "uk.mat.talent.DeploymentEnded.v1"
IMPACT = "The team plans together now."

here = place_of(TALENT)


@pytest.fixture
async def talent(here: Place, ring: KeyRing) -> AsyncIterator[Process]:
    """Two deployments that version 1 ended: the first was called off, the second changed something."""
    async with opened(here) as running:
        process = replace(running, clock=HandClock(NOW))
        began: list[DeploymentProposed | LeaderDeployed] = [
            PROPOSED,
            DEPLOYED,
            replace(PROPOSED, deployment_id=SECOND),
            replace(DEPLOYED, deployment_id=SECOND),
        ]
        await process.says(facts(STREAM, *began))
        about: dict[str, Any] = {"person_id": ADA, "days_given": None}
        ended = [
            earlier.DeploymentEnded(deployment_id=FIRST, ended_on=CALL_OFF.ended_on, **about),
            earlier.DeploymentEnded(
                deployment_id=SECOND, ended_on=END.ended_on, outcome="green", impact=IMPACT, **about
            ),
        ]
        await process.store.append([Write([Part(STREAM, 4, [_recorded(e, n, ring) for n, e in enumerate(ended, 5)])])])
        yield process


async def test_it_is_decided_upon_projected_and_shown(talent: Process, pool: asyncpg.Pool, ring: KeyRing) -> None:
    ended = replace(END, deployment_id=SECOND)
    assert await _again(talent, CALL_OFF, ended) == ["accepted", "accepted"]  # nothing new: it is recorded already
    assert await _again(talent, replace(ended, outcome="amber")) == ["refused"]

    recorded = (await talent.store.load([STREAM]))[0][STREAM].events
    assert [codec.type_name(one.event()) for one in recorded[4:]] == ["uk.mat.talent.DeploymentEnded.v2"] * 2
    assert [one.envelope.type for one in recorded[4:]] == [V1] * 2
    assert b"outcome" not in recorded[4].record
    previous = recorded[3].hash
    for one in recorded[4:]:
        previous = chain_hash(previous, one.meta, one.record)
        assert one.hash == previous

    story = Story(now=NOW)
    story.registers("Harbour Trust")
    told = [Delivered(one.meta, n, one.record) for n, one in enumerate(recorded, start=1)]
    await read_model.receive(pool, [*story.told, *told])
    outcomes = [(FIRST, "called_off"), (SECOND, "green")]
    async with read_model.reading(pool, HandClock(LATER))(("network",)) as view:
        assert await _outcomes(view.conn) == outcomes
    await rebuild.rebuild(pool, network.projection)
    async with read_model.reading(pool, HandClock(LATER))(("network",)) as view:
        assert await _outcomes(view.conn) == outcomes
    async with read_model.reading(pool, HandClock(LATER))(("network",), AsOf(LATER)) as view:
        assert await _outcomes(view.conn) == outcomes

    async with browsing(app(pool, HandClock(LATER), ring=ring)) as client:
        await client.post("/sign-in", data={"who": "trust"})
        pages = [(await client.get(f"/events/{one.envelope.id}")).text for one in recorded[4:]]
        listed = (await client.get("/events", params={"kind": "uk.mat.talent.DeploymentEnded.v2"})).text
    assert "<dd>called off<" in pages[0]
    assert IMPACT in pages[1]
    assert all(f"/events/{one.envelope.id}" in listed for one in recorded[4:])


async def _again(talent: Process, *commands: EndDeployment) -> list[str]:
    acts: list[Act] = [act(deployments, STREAM, command, context()) for command in commands]
    return [one.status for one in await execute(talent.store, talent.vault, talent.clock, acts)]


def _recorded(ended: earlier.DeploymentEnded, version: int, ring: KeyRing) -> NewEvent:
    envelope = Envelope(
        id=uuid4(),
        type=V1,
        service="talent",
        stream=STREAM,
        version=version,
        time=NOW,
        happened_at=NOW,
        trustuid=TRUST,
        actor="tester",
        correlation_id="before",
    )
    return NewEvent(envelope, codec.encode(ended, stream=STREAM, event_id=str(envelope.id), sealer=ring))


async def _outcomes(conn: Any) -> list[tuple[UUID, str]]:
    rows = await conn.fetch("select deployment_id, outcome from bank_deployment order by deployment_id")
    return [(row["deployment_id"], row["outcome"]) for row in rows]
