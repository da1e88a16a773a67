"""What reporting hears of the writers' logs: every checkpoint once, and never two roots for one size unnoticed."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.reporting.checkpoints import Checkpoints, read_refused
from shared.clock import SystemClock
from shared.consumer import Subscription
from shared.messaging import Cluster
from shared.sealing.note import Signer
from tests.conftest import MakeTopic
from tests.integration.reporting.world import World, until


async def hears(world: World, topic: str, *records: tuple[bytes, bytes]) -> None:
    """Publish some records, and let a process of reporting hear them."""
    for key, value in records:
        await world.producer.send_and_wait(topic, value, key=key)
    subscription = Subscription(
        Cluster(world.kafka),
        Checkpoints(world.pool, SystemClock()),
        service="reporting",
        group=topic,
        topics=[topic],
    )
    before = await stored(world, topic)

    async def all_of_them() -> bool:
        return await stored(world, topic) == before + len(records)

    await subscription.start()
    try:
        await until(all_of_them)
    finally:
        await subscription.stop()


async def stored(world: World, topic: str) -> int:
    """How many records of the topic were taken."""
    taken: int = await world.pool.fetchval("select coalesce(max(next), 0) from offsets where topic = $1", topic)
    return taken


async def refused() -> float | None:
    return REGISTRY.get_sample_value("baton_checkpoints_refused", {"service": "reporting", "source": "talent"})


async def test_a_checkpoint_is_kept_once_and_another_root_for_its_size_is_an_alarm(
    world: World, make_topic: MakeTopic
) -> None:
    topic = await make_topic("audit.checkpoints")
    roots = [os.urandom(32) for _ in range(4)]
    note, of_cpd = (Signer(f"x/{name}", Ed25519PrivateKey.generate()).note for name in ("talent", "cpd"))
    first, second, forked = note(3, roots[0]), note(7, roots[1]), note(3, roots[2])

    await hears(
        world, topic, (b"talent", first.encode()), (b"cpd", of_cpd(3, roots[3]).encode()), (b"talent", b"garbage")
    )
    with capture_logs() as logged:
        await hears(
            world,
            topic,
            *((b"talent", text.encode()) for text in (first, forked, second, forked)),
            (b"talent", b"\xff"),
        )
    kept = await world.pool.fetch("select service, size, root, note from checkpoint order by service desc, size")
    assert [tuple(row)[:3] for row in kept] == [
        ("talent", 3, roots[0]),
        ("talent", 7, roots[1]),
        ("cpd", 3, roots[3]),
    ]
    assert [row["note"] for row in kept[:2]] == [first, second]
    against = await world.pool.fetch("select service, size, note from checkpoint_refused")
    assert [tuple(row) for row in against] == [("talent", 3, forked)], "both signed notes are evidence"
    assert [one["size"] for one in logged if one["event"] == "checkpoint_refused"] == [3]
    await read_refused("reporting", world.pool, ["talent", "cpd"])
    assert await refused() == 1
