"""Brings to each webhook what is for its school: queued in the order of the log, posted, and tried again for a day.

One process posts, the leader. A stream's events are posted in their order: while one is not taken, the later ones of
its stream wait, and other streams go on. What a row names is read, and its texts are opened, when it is posted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import orjson
import structlog
from prometheus_client import Counter
from uuid_utils.compat import uuid7

from services.collaboration.telling import wire
from services.collaboration.telling.feed import Feed
from services.collaboration.telling.webhooks import deliveries
from services.collaboration.telling.webhooks.posting import GONE, Poster
from shared.runtime import Ticking
from shared.sequencer import Sequencer

log = structlog.get_logger()

TAKEN, FAILED, GIVEN_UP, GONE_FOR_GOOD = "taken", "failed", "given_up", "gone"
_posts = Counter("baton_webhook_posts", "Posts to schools' webhooks, by what came of them", ["service", "outcome"])


class Webhooks:
    """Queues what is for schools that have webhooks, and posts it."""

    def __init__(self, feed: Feed, sequencer: Sequencer, poster: Poster) -> None:
        self._feed = feed
        self._sequencer = sequencer
        self._pool = sequencer.store.pool
        self._service = sequencer.store.service
        self._poster = poster
        self._ticking = Ticking(self.turn)
        self._posting: dict[UUID, asyncio.Task[None]] = {}
        for outcome in (TAKEN, FAILED, GIVEN_UP, GONE_FOR_GOOD):
            _posts.labels(self._service, outcome)  # 0 is shown as well

    async def start(self) -> None:
        """Queue and post from now on, in the background."""
        await self._poster.start()
        await self._ticking.start()

    async def stop(self) -> None:
        """Stop at once: what was under way is posted again."""
        await self._ticking.stop()
        for task in self._posting.values():
            task.cancel()
        await asyncio.gather(*self._posting.values(), return_exceptions=True)
        await self._poster.stop()

    async def turn(self) -> None:
        """Queue what is new, and begin to post what is due, to each webhook beside the others; only the leader does."""
        if not self._sequencer.state.publishes:
            return
        while await self._queue():
            pass
        self._forget_done()
        due = await deliveries.due(self._pool)
        for hook in await self._pool.fetch(_hooks, list(due)):
            if hook["id"] not in self._posting:
                self._posting[hook["id"]] = asyncio.create_task(self._post(hook, due.get(hook["id"], ())))

    async def _queue(self) -> bool:
        """Queue one part of the log for the webhooks that there are, after what is open for those that are new."""
        start: int = await self._pool.fetchval("select next from telling where way = 'webhooks'")
        end, told = await self._feed.read(start)
        new = [row["urn"] for row in await self._pool.fetch("select distinct urn from webhook where not begun")]
        if end == start and not new:
            return False
        first = await self._feed.open_items(new, start) if new else []
        async with self._sequencer.leading() as connection:
            begun = await connection.fetch(
                "update webhook set begun = true where not begun and urn = any($1) returning id", new
            )
            await deliveries.queue(connection, begun, first)
            hooks = await connection.fetch("select id from webhook where begun and gone_at is null")
            await deliveries.queue(connection, hooks, told)
            await deliveries.forget_given_up(connection)
            await connection.execute("update telling set next = $2 where way = 'webhooks' and next = $1", start, end)
        return True

    def _forget_done(self) -> None:
        """What failed of itself, with Postgres or the vault away, is due as before."""
        for hook_id, task in [*self._posting.items()]:
            if task.done():
                del self._posting[hook_id]
                if (error := task.exception()) is not None:
                    log.warning("webhook_not_posted", webhook=str(hook_id), error=type(error).__name__)

    async def _post(self, hook: asyncpg.Record, logindexes: Sequence[int]) -> None:
        """Post to one webhook what is due, until one is not taken."""
        if hook["wants_test"]:
            await self._test(hook)
        entries = await self._feed.at(logindexes)
        opened = await self._feed.opened(entries)
        for entry in entries:
            body = wire.structured(hook["urn"], entry, opened[entry])
            problem = await self._poster.post(hook["url"], wire.content_type, body)
            outcome = await self._settle(hook["id"], entry.logindex, problem)
            _posts.labels(self._service, outcome).inc()
            if problem is not None:
                log.warning("webhook_not_taken", webhook=str(hook["id"]), logindex=entry.logindex, problem=problem)
                return

    async def _settle(self, hook_id: UUID, logindex: int, problem: str | None) -> str:
        """Keep what came of a post: taken, gone, failed (it is tried again), or given_up."""
        if problem is None:
            await deliveries.taken(self._pool, hook_id, logindex)
            return TAKEN
        if problem == GONE:
            await deliveries.gone(self._pool, hook_id)
            return GONE_FOR_GOOD
        return GIVEN_UP if await deliveries.failed(self._pool, hook_id, logindex, problem) else FAILED

    async def _test(self, hook: asyncpg.Record) -> None:
        """Post something that means nothing, once."""
        event = {
            "specversion": "1.0",
            "id": str(uuid7()),
            "type": f"uk.mat.{self._service}.WebhookTested.v1",
            "source": f"/{self._service}",
            "toschool": hook["urn"],
            "datacontenttype": "application/json",
            "data": {"webhook_id": str(hook["id"])},
        }
        problem = await self._poster.post(hook["url"], wire.content_type, orjson.dumps(event))
        await self._pool.execute("update webhook set test_answer = $2 where id = $1", hook["id"], problem or TAKEN)


_hooks = """
select * from (
    select id, urn, url, gone_at, test_asked_at is not null and test_answer is null as wants_test from webhook
) as hook where (id = any($1) and gone_at is null) or wants_test
"""
