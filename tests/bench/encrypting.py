"""What encryption costs an append: answers with two texts, sealed and in clear, all else the same.

`append` has its keys at hand: what is left is encryption, and longer records. `execute` finds its keys in the
vault: of streams that have theirs, as after the first event of a stream, and of new ones that are given theirs.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast
from uuid import UUID

from shared import eventstore, vault
from shared.clock import SystemClock
from shared.contracts.codec import Sealer
from shared.eventstore import EventStore, Part, Write, act, execute
from shared.runtime import connections
from shared.vault import Key, Keys, Vault
from tests.bench.appending import Say, a_context, a_stream, an_answer, encoded, saying
from tests.bench.measuring import Figures, Turns, rate
from tests.bench.servers import APP, Servers
from tests.bench.workload import SEALER

CLIENTS = 16
_PIECES = 3_000
_TEXT = "Attendance on Fridays is the gap; the year team rings every family by nine, and it begins to show. "
_numbers = itertools.count()


class Clear:
    """Leaves every text as it stands: no event is ever stored so but here."""

    def seal(self, _subject: str, text: str, _place: str) -> str:
        return text


@dataclass(frozen=True, slots=True)
class _ClearKeys(Clear):
    by_subject: Mapping[str, Key]


class _NoVault(Vault):
    """Has a key for everybody without asking anybody, and seals nothing."""

    async def keys(self, subjects: Iterable[str]) -> Keys:
        return cast("Keys", _ClearKeys(dict.fromkeys(subjects, SEALER.key)))


async def measure(servers: Servers, turns: Turns) -> Figures:
    """Events with texts, a command each, by sixteen clients."""
    async with AsyncExitStack() as opened:
        scripts = [eventstore.schema(APP), vault.schema(), vault.grants(APP, writer=True)]
        database = await opened.enter_async_context(servers.database(scripts))
        pool = await opened.enter_async_context(connections(database, "bench", CLIENTS, by_key=True))
        store, sealing, clear = (
            EventStore("collaboration", pool),
            Vault("collaboration", pool, bytes(32)),
            _NoVault("collaboration", pool, bytes(32)),
        )
        await sealing.start()
        await clear.start()
        contestants: dict[str, Callable[[], Awaitable[float]]] = {
            "append, encrypted texts": partial(_append, store, SEALER),
            "append, texts in clear": partial(_append, store, Clear()),
            "execute, encrypted texts": partial(_execute, store, sealing, has_keys=True),
            "execute, encrypted texts of new streams": partial(_execute, store, sealing, has_keys=False),
            "execute, texts in clear": partial(_execute, store, clear, has_keys=True),
        }
        return await turns(contestants, "events/s")


async def _append(store: EventStore, sealer: Sealer) -> float:
    async def one(name: str, events: Sequence[Any]) -> None:
        await store.append([Write([Part(name, 0, encoded(name, events, sealer))])])

    return await rate((partial(one, a_stream(), _said()) for _ in range(_PIECES)), CLIENTS)


async def _execute(store: EventStore, keys: Vault, *, has_keys: bool) -> float:
    names = [a_stream() for _ in range(_PIECES)]
    if has_keys:
        await keys.keys(f"stream:{name}" for name in names)
    acts = [act(saying, name, Say(_said()), a_context()) for name in names]
    clock = SystemClock()
    return await rate((partial(execute, store, keys, clock, [one]) for one in acts), CLIENTS)


def _said() -> list[Any]:
    """One answer with a comment of two sentences and a note of one."""
    return [replace(an_answer(), item_id=UUID(int=next(_numbers)), comment=_TEXT * 2, disadvantaged_note=_TEXT)]
