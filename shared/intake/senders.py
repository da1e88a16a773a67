"""Senders: who says what, in which trust, and under which URNs its school goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
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
) -> tuple[Sequence[Said], Collection[CommandKey]]:
    """Each sender in the trust that this service's register says, and with every URN that its schools go by.

    What is said for a school that goes on under a new URN is remembered under that one, so that it has one answer,
    whichever topic it comes from. What was answered under an older one keeps that. What waited may be said although the
    time of its URN has passed meanwhile.

    Returns:
        What was said, and what of it was answered under an older URN.
    """
    senders = {sender for sender, _ in said}
    homeless = {s.origin for s in senders if not s.trustuid}
    trusts = await trusts_of(homeless) if homeless else {}
    today = {s: s if s.trustuid else replace(s, trustuid=trusts.get(s.origin)) for s in senders}
    told = await successions_of(store.pool, {urn for s in senders for urn in s.urns or ()}, now)
    if not told.told:
        return [(today[s], item) for s, item in said], ()
    today = {s: _school(of_trust, told, keeps=redrive) for s, of_trust in today.items()}
    schools = [(today[s], item) for s, item in said]
    older = {
        CommandKey(urn, i.source, i.id): (s.origin, i.source, i.id) for s, i in schools for urn in told.older(s.origin)
    }
    _, answered = await store.load((), list(older))
    known = {older[key]: key.origin for key in answered}
    return [
        (replace(s, origin=known.get((s.origin, item.source, item.id), s.origin)), item) for s, item in schools
    ], answered.keys()


def _school(sender: Sender, told: Successions, *, keeps: bool) -> Sender:
    """The sender as its school today: under its newest URN, if its own still works."""
    if sender.urns is None:
        return sender
    urns = told.spoken_for(sender.urns) | (sender.urns if keeps else frozenset())
    return replace(sender, urns=urns, origin=told.newest(sender.origin) if sender.origin in urns else sender.origin)
