"""What caused an event and what followed from it, across services: a tree, cut where it is too large to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.reporting.history.events import Found, by_ids, cause_of, caused_by
from services.reporting.known import Known

MOST = 24
"""So many events that followed are in it, and of one event's own at most `WIDEST`. The others are counted."""
WIDEST = 6
EARLIEST = 12
"""So many that led to it; reactions to reactions end before (`shared.reactions.reaction.deepest_chain`)."""

Effects = Mapping[UUID, Sequence[Found]]


@dataclass(frozen=True, slots=True)
class Node:
    """An event of the tree.

    Attributes:
        depth: how many in the tree led to it, one after the other.
        more: how many events it caused that are not in the tree.
    """

    event: Found
    depth: int
    more: int


async def causes_and_effects(conn: Any, event: Found, then: Known | None = None) -> tuple[Node, ...]:
    """An event, what led to it one after the other, and what followed: each comes below what caused it."""
    causes = await _causes(conn, event, then)
    effects, drawn = await _effects(conn, event, then)
    others = defaultdict[UUID | None, int](int)
    for effect in await caused_by(conn, [one.id for one in causes], then):
        others[cause_of(effect)] += 1
    above = (Node(one, depth, others[one.id] - 1) for depth, one in enumerate(causes))
    return (*above, *_tree(event, len(causes), effects, drawn))


async def _causes(conn: Any, event: Found, then: Known | None) -> list[Found]:
    """The first of all comes first."""
    found = [event]
    while (cause := cause_of(found[0])) and len(found) <= EARLIEST:
        known = (await by_ids(conn, [cause], then)).get(cause)
        if known is None:
            break
        found.insert(0, known)
    return found[:-1]


async def _effects(conn: Any, event: Found, then: Known | None) -> tuple[Effects, frozenset[UUID]]:
    """By what caused them, and which of all are in the tree: nearer ones before those that follow from them."""
    found: dict[UUID, list[Found]] = defaultdict(list)
    drawn, level = set[UUID](), [event]
    while level:
        for effect in await caused_by(conn, [one.id for one in level], then):
            if cause := cause_of(effect):
                found[cause].append(effect)
        level = [effect for one in level for effect in found[one.id][:WIDEST]][: MOST - len(drawn)]
        drawn |= {one.id for one in level}
    return found, frozenset(drawn)


def _tree(event: Found, depth: int, effects: Effects, drawn: frozenset[UUID]) -> Iterator[Node]:
    own = effects.get(event.id, ())
    below = [effect for effect in own if effect.id in drawn]
    yield Node(event, depth, len(own) - len(below))
    for effect in below:
        yield from _tree(effect, depth + 1, effects, drawn)
