"""A replay on this stack: where its ledger, its stores and its Kafka are, and what is in the way said as a sentence."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import structlog
from aiokafka.errors import KafkaError

from deploy.databases import connected, pool, vault_of
from deploy.description import WRITERS
from deploy.errors import Unmet
from deploy.settings import stack_settings
from services.reporting.composition import all_projections
from services.reporting.read_models import as_of as moments
from services.reporting.read_models.rebuild import RebuildRefused
from services.reporting.replaying import FromKafka, FromLedger, FromStores, Replay, Report, Source, replay
from shared.messaging import events_topic
from shared.problems import Problem


async def replayed(models: Sequence[str], as_of: str, source: str, step: Report) -> Replay:
    """Read models of this stack as of a moment, from the `ledger`, the `store` or `kafka`.

    Args:
        models: their names; without any, all.

    Raises:
        Unmet: there is no such read model or moment, something cannot be read, or an event cannot be applied.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what these say is said here, in one sentence
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    known = {projection.name: projection for projection in all_projections}
    if unknown := [name for name in models if name not in known]:
        raise Unmet(f"There is no read model {', '.join(unknown)}.", f"There are {', '.join(sorted(known))}.")
    async with pool("reporting") as reporting, vault_of("reporting") as vault, _source(source, reporting) as events:
        try:
            async with reporting.acquire() as conn:
                moment = await moments.read(as_of, conn)
            return await replay(reporting, known, models or sorted(known), moment, events, vault.destroyed, step)
        except Problem as problem:
            raise Unmet(problem.detail) from None
        except RebuildRefused as refused:
            raise Unmet(f"Nothing was compared: {refused}.") from None


@asynccontextmanager
async def _source(name: str, reporting: asyncpg.Pool) -> AsyncIterator[Source]:
    async with AsyncExitStack() as on:
        if name == "store":
            yield FromStores({w.name: await on.enter_async_context(connected(w.database)) for w in WRITERS})
        elif name == "kafka":
            cluster = stack_settings().cluster
            try:
                yield FromKafka(cluster, {events_topic(writer.name): writer.name for writer in WRITERS})
            except KafkaError as error:
                raise Unmet(
                    f"Kafka at {cluster.bootstrap} could not be read to its end ({type(error).__name__}).",
                    "Is Baton up? `baton up`",
                ) from None
        else:
            yield FromLedger(reporting)
