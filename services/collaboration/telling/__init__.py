"""What schools are told, and the two ways in which they are: by Kafka's topics, and by webhooks."""

from __future__ import annotations

from collections.abc import Sequence

from services.collaboration.telling.audience import events
from services.collaboration.telling.feed import Feed
from services.collaboration.telling.topics import Topics
from services.collaboration.telling.untelling import Untelling
from services.collaboration.telling.webhooks.deliveries import read_deliveries
from services.collaboration.telling.webhooks.delivering import Webhooks
from services.collaboration.telling.webhooks.posting import Poster
from services.collaboration.telling.webhooks.signing import keys_router
from shared.clock import Clock
from shared.contracts.envelope import Envelope
from shared.erasing import Clear
from shared.eventstore import EventStore
from shared.runtime import Part, Resources, read_gauge
from shared.sequencer import Sequencer
from shared.writer import Telling

_untold = read_gauge(
    "baton_untold_seconds", "Age of the oldest event that was not looked at yet for what schools are told", "way"
)


def _parts(resources: Resources, sequencer: Sequencer) -> Sequence[Part]:
    feed = Feed(sequencer.store, resources.vault, resources.clock)
    poster = Poster(resources.vault, loopback=resources.settings.environment == "development")
    return [Topics(feed, sequencer, resources.settings.cluster), Webhooks(feed, sequencer, poster)]


async def _gauges(store: EventStore, clock: Clock) -> None:
    for row in await store.pool.fetch(
        """select t.way, e.meta from telling t
           left join log l on l.logindex = t.next left join event e using (position)"""
    ):
        waits_since = clock.now() if row["meta"] is None else Envelope.of_meta(row["meta"]).time
        _untold.labels(store.service, row["way"]).set((clock.now() - waits_since).total_seconds())
    await read_deliveries(store.service, store.pool)


def _take_back(store: EventStore, resources: Resources) -> Clear:
    return Untelling(Feed(store, resources.vault, resources.clock), resources.settings.cluster)


telling = Telling(events, _parts, _gauges, lambda vault: [keys_router(vault)], _take_back)
