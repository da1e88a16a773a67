"""What a store keeps beside its events and follows from them: heads of streams, nodes of the tree, checkpoints.

Nothing of it is evidence. But what is appended next is chained to a head, and what is proven next is led through nodes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import asyncpg

from verifier.checkpoint import Checkpoint
from verifier.finding import Finding
from verifier.history import Trusted
from verifier.note import MalformedError, SignatureError
from verifier.tree import Tree

# An append that was refused may leave a head of version 0 behind.
_HEADS = """
select coalesce(h.name, e.stream) as stream, h.version as kept, coalesce(e.version, 0) as last
from stream h full join (
    select distinct on (stream) stream, version, hash from event order by stream, version desc
) e on e.stream = h.name
where (h.version, h.hash) is distinct from (coalesce(e.version, 0), coalesce(e.hash, decode(repeat('00', 32), 'hex')))
order by 1
"""
_LEVELS = "select distinct level from merkle_node union select 1 order by 1"
_NODES = "select number, hash from merkle_node where level = $1 order by number"
_SIGNED = "select coalesce(max(size), 0) from checkpoint"
_CHECKPOINTS = "select size, root, note from checkpoint order by size"
_WIDTH = 256


async def checkpoints(store: asyncpg.Connection, service: str, counting: Trusted) -> AsyncIterator[Finding]:
    """Let the checkpoints of a store count, by their notes; those that are not stored as they were signed are found."""
    async for size, root, text in store.cursor(_CHECKPOINTS):
        try:
            checkpoint = Checkpoint.of(text)
            counts = counting.take(checkpoint) or _need_not_count(checkpoint, counting)
            as_signed = counts and (checkpoint.size, checkpoint.root) == (size, root)
        except (MalformedError, SignatureError):
            as_signed = False
        if not as_signed:
            says = f"the checkpoint of {size} events is not stored as it was signed"
            yield Finding(kind="derived", service=service, says=says)


def _need_not_count(checkpoint: Checkpoint, counting: Trusted) -> bool:
    """It is of a log under another name, as after a store was restored, or no witness was asked to sign it."""
    own = [key for key in counting.keys if key.name == checkpoint.origin]
    named = {signature.name for signature in checkpoint.note.signatures}
    return checkpoint.note.is_signed_by(own) if own else named.isdisjoint(key.name for key in counting.keys)


async def heads(store: asyncpg.Connection, service: str) -> AsyncIterator[Finding]:
    """The streams whose head, which the next event is chained to, is not their last event."""
    async for stream, kept, last in store.cursor(_HEADS):
        here = f"its last event is version {last}" if last else "it has no event"
        if kept is None:
            says = f"the head of {stream} is not there, and {here}"
        elif kept == last:
            says = f"the head of {stream} has another hash, and {here}"
        else:
            says = f"the head of {stream} says version {kept}, and {here}"
        yield Finding(kind="derived", service=service, says=says, stream=stream, version=kept)


class Nodes:
    """The nodes of a store, level by level, to be held against the tree over its events while these are read.

    The root over a level's nodes is that of the events below them, so a level is right when the tree had this root.
    """

    def __init__(self) -> None:
        self._roots: dict[int, list[tuple[int, bytes]]] = {}
        self._lacking: list[str] = []

    @classmethod
    async def of(cls, store: asyncpg.Connection) -> Nodes:
        """Those that are stored; as many have to be as make what was signed."""
        nodes, signed = cls(), await store.fetchval(_SIGNED)
        for level in [row["level"] for row in await store.fetch(_LEVELS)]:
            over, width = Tree(), _WIDTH**level
            async for number, hash_ in store.cursor(_NODES, level):
                if number == over.size:
                    over.append(hash_)
            if over.size < signed // width:
                nodes._lacking.append(f"node {over.size} of level {level} of the tree is not there")
            nodes._roots.setdefault(over.size * width, []).append((level, over.root()))
        return nodes

    def compare(self, tree: Tree) -> None:
        """Called for each size of the tree over the events."""
        if found := self._roots.get(tree.size):
            self._roots[tree.size] = [(level, root) for level, root in found if root != tree.root()]

    def findings(self, service: str) -> Iterator[Finding]:
        """What does not follow from the events."""
        wrong = sorted(level for size, levels in self._roots.items() if size for level, _ in levels)
        says = [
            *self._lacking,
            *(f"the nodes of level {level} of the tree are not those of its events" for level in wrong),
        ]
        return (Finding(kind="derived", service=service, says=one) for one in says)
