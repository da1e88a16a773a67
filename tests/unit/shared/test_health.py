"""Health: a sequencer that stands still or refuses to publish, and a consumer that is dead or failing, are seen."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import asyncpg
import pytest
from aiokafka import TopicPartition

from shared.consumer import Gap, Place, Slice, Subscription
from shared.eventstore import EventStore
from shared.messaging import Cluster
from shared.runtime import Health, sequencer_health, subscription_health
from shared.runtime.health import patience_seconds, report
from shared.sequencer import Sequencer


class Nobody:
    """A receiver that is never called: nothing here is connected."""

    async def assigned(self, _partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, Place]:
        raise NotImplementedError

    async def restarted(self, _partition: TopicPartition) -> None:
        raise NotImplementedError

    async def received(self, _slices: Sequence[Slice]) -> None:
        raise NotImplementedError

    async def overtaken(self, _gap: Gap) -> None:
        raise NotImplementedError

    async def idle(self, _partitions: Collection[TopicPartition]) -> None:
        raise NotImplementedError


def a_sequencer() -> Sequencer:
    return Sequencer(EventStore("talent", cast("asyncpg.Pool[Any]", None)), Cluster("127.0.0.1:9"))


def a_subscription() -> Subscription:
    return Subscription(Cluster("127.0.0.1:9"), Nobody(), service="talent", group="views", topics=["talent.events"])


async def test_a_sequencer_that_turns_is_well_and_one_that_stands_still_is_not() -> None:
    sequencer, health = a_sequencer(), Health()
    sequencer_health(sequencer, health)

    assert (await report(health.live)).status_code == 200
    sequencer.state.last_turn = time.monotonic() - patience_seconds - 1

    assert (await report(health.live)).status_code == 503


async def test_a_sequencer_that_refuses_to_publish_is_alive_but_not_ready() -> None:
    sequencer, health = a_sequencer(), Health()
    sequencer_health(sequencer, health)
    sequencer.state.refused = "Kafka holds event 7; this log has 3 events"

    answer = await report(health.live | health.ready)

    assert (await report(health.live)).status_code == 200
    assert answer.status_code == 503
    assert b"this log has 3 events" in bytes(answer.body)


async def test_a_consumer_that_does_not_run_is_dead() -> None:
    health = Health()
    subscription_health(a_subscription(), health)

    assert (await report(health.live)).status_code == 503


@pytest.mark.parametrize(("failing_s", "status"), [(0.0, 200), (patience_seconds - 1, 200), (patience_seconds, 503)])
async def test_a_consumer_whose_batches_fail_for_long_is_not_ready(
    failing_s: float, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription, health = a_subscription(), Health()
    found = replace(subscription.health(), running=True, polled_s_ago=1.0, failing_s=failing_s, error="batch_failed")
    monkeypatch.setattr(subscription, "health", lambda: found)
    subscription_health(subscription, health)

    assert (await report(health.live)).status_code == 200
    assert (await report(health.ready)).status_code == status


async def test_what_cannot_be_reached_is_said_and_not_raised() -> None:
    async def broken() -> str | None:
        raise OSError("secret-host refused")

    answer = await report({"database": broken})

    assert answer.status_code == 503
    assert b"cannot be reached" in bytes(answer.body)
    assert b"secret-host" not in bytes(answer.body)
