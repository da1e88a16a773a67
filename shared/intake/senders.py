"""Senders: who says what, in which trust, and under which URNs its school goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.eventstore import CommandKey, EventStore
from shared.intake.reading import Item
from shared.intake.successions import Successions, successions_of


@dataclass(frozen=True, slots=True)
class Sender:
    """A proven sender of claims.

    Attributes:
        origin: what its claims are remembered under: a school's URN, or a trust's UID.
        trustuid: its trust; None when only its URN is proven: then this service's register says.
        urns: the schools that it may speak for; None: every school of its trust.
        is_trust: whether it may also make the claims that only a trust makes.
        publish: whether its receipts go to the origin's topic.
    """

    origin: str
    actor: str
    trustuid: str | None
    urns: frozenset[str] | None
    is_trust: bool = False
    publish: bool = False

    @property
    def time_is_over(self) -> bool:
        """Whether it may not even speak for its origin: the school goes on under a new URN, and long enough."""
        return self.urns is not None and self.origin not in self.urns


Said = tuple[Sender, Item]
"""What was said, and by whom."""


async def placed(
    store: EventStore,
    trusts_of: Callable[[Collection[str]], Awaitable[Mapping[str, str]]],
    said: Sequence[Said],
    now: datetime,
    *,
    redrive: bool = False,
) -> Sequence[Said]:
    """Each sender in the trust that this service's register says, and with every URN that its schools go by.

    What was answered under another URN of the school is remembered there, and has one answer. What waited may be said
    although the time of its URN has passed meanwhile.
    """
    homeless = {sender.origin for sender, _ in said if not sender.trustuid}
    trusts = await trusts_of(homeless) if homeless else {}
    said = [(s if s.trustuid else replace(s, trustuid=trusts.get(s.origin)), item) for s, item in said]
    told = await successions_of(store.pool, {urn for sender, _ in said for urn in sender.urns or ()}, now)
    if not told.told:
        return said
    known = await _answered_elsewhere(store, said, told)
    return [
        (replace(s, origin=known.get((s.origin, item.source, item.id), s.origin), urns=_urns(s, told, redrive)), item)
        for s, item in said
    ]


def _urns(sender: Sender, told: Successions, redrive: bool) -> frozenset[str] | None:  # noqa: FBT001 - as it was asked
    if sender.urns is None:
        return None
    return told.spoken_for(sender.urns) | (sender.urns if redrive else frozenset())


async def _answered_elsewhere(
    store: EventStore, said: Sequence[Said], told: Successions
) -> dict[tuple[str, str, str], str]:
    """Under which other URN of its school something was answered before, by its origin, its source and its id."""
    asked = {CommandKey(urn, i.source, i.id): (s.origin, i.source, i.id) for s, i, urn in _elsewhere(said, told)}
    if not asked:
        return {}
    _, known = await store.load((), list(asked))
    return {asked[key]: key.origin for key in known}


def _elsewhere(said: Sequence[Said], told: Successions) -> Iterator[tuple[Sender, Item, str]]:
    for sender, item in said:
        if sender.urns is not None:
            yield from ((sender, item, urn) for urn in told.earlier_or_later(sender.origin))
