"""The Merkle tree of RFC 6962, §2.1, over a service's log: its hashes, and which of them roots and proofs are made of.

Pure. Of the tree only the roots of complete subtrees of 256^level leaves are stored, as C2SP's tiles of height 8 have
it (https://c2sp.org/tlog-tiles); everything between two stored levels is hashed anew when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256
from typing import NamedTuple

tile_height = 8
tile_width = 1 << tile_height


def leaf_hash(event_hash: bytes) -> bytes:
    """The hash of a leaf: of an event's own hash."""
    return sha256(b"\x00" + event_hash).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def root_of(roots: Sequence[bytes]) -> bytes:
    """The root over adjacent subtrees whose sizes fall from left to right, as they do in a range of leaves."""
    return reduce(lambda right, left: node_hash(left, right), reversed(roots))


def folded(hashes: Sequence[bytes]) -> bytes:
    """The root of a complete subtree, from all of its nodes at one height: a power of two of them."""
    while len(hashes) > 1:
        hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


class Stored(NamedTuple):
    """A node that is stored: the root of the `number`th complete subtree of 256^level leaves."""

    level: int
    number: int
    hash: bytes


class Subtree(NamedTuple):
    """The `number`th complete subtree of 2^height leaves."""

    height: int
    number: int

    @property
    def level(self) -> int:
        """The stored level that it is made from: the next one at or below it. 0: the leaves."""
        return self.height // tile_height

    @property
    def nodes(self) -> range:
        """The numbers of its nodes on that level."""
        each = 1 << self.height % tile_height
        return range(self.number * each, (self.number + 1) * each)


class Leaves(NamedTuple):
    """Adjacent leaves, from `start` up to before `end`: a tree's, or those that a proof has a hash of."""

    start: int
    end: int

    @property
    def subtrees(self) -> list[Subtree]:
        """The complete subtrees that they fall into, largest first; `start` is a multiple of the largest's size."""
        found, start = [], self.start
        for height in reversed(range((self.end - self.start).bit_length())):
            if (self.end - self.start) >> height & 1:
                found.append(Subtree(height, start >> height))
                start += 1 << height
        return found


@dataclass(slots=True)
class CompactRange:
    """What has to be known of the first `size` leaves to add further ones: the roots of their complete subtrees.

    Attributes:
        roots: largest subtree first; at most one for each bit of `size`.
    """

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    @property
    def root(self) -> bytes:
        """The root of the tree. There is none over nothing."""
        return root_of(self.roots)

    def extend(self, event_hashes: Iterable[bytes]) -> list[Stored]:
        """Add a leaf for each event; the nodes that are to be stored because they are complete now."""
        complete = []
        for event_hash in event_hashes:
            found, height = leaf_hash(event_hash), 0
            while self.size >> height & 1:
                found = node_hash(self.roots.pop(), found)
                height += 1
                if height % tile_height == 0:
                    complete.append(Stored(height // tile_height, self.size >> height, found))
            self.roots.append(found)
            self.size += 1
        return complete


def inclusion(index: int, size: int) -> list[Leaves]:
    """The leaves whose roots prove that a leaf is in a tree: PATH of RFC 6962, §2.1.1, from the leaf upwards."""
    path, tree = [], Leaves(0, size)
    while tree.end - tree.start > 1:
        middle = _middle(tree)
        left, right = Leaves(tree.start, middle), Leaves(middle, tree.end)
        tree, other = (left, right) if index < middle else (right, left)
        path.append(other)
    return path[::-1]


def consistency(older: int, newer: int) -> list[Leaves]:
    """The leaves whose roots prove that a tree began as an older one: PROOF of RFC 6962, §2.1.2."""
    proof, tree, whole = [], Leaves(0, newer), True
    while tree.end != older:
        middle = _middle(tree)
        left, right = Leaves(tree.start, middle), Leaves(middle, tree.end)
        if older <= middle:
            proof.append(right)
            tree = left
        else:
            proof.append(left)
            tree, whole = right, False
    return [*([] if whole else [tree]), *proof[::-1]]


def roots_of(older: int, newer: int, older_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both trees as a consistency proof has them (RFC 9162, §2.1.4.2), for 0 < older < newer.

    Raises:
        ValueError: the proof has too few hashes or too many.
    """
    rest = iter(proof if older & (older - 1) else [older_root, *proof])
    fn, sn = older - 1, newer - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    try:
        fr = sr = next(rest)
        while sn:
            hash_ = next(rest)
            if fn & 1 or fn == sn:
                fr, sr = node_hash(hash_, fr), node_hash(hash_, sr)
                while not fn & 1 and fn:
                    fn, sn = fn >> 1, sn >> 1
            else:
                sr = node_hash(sr, hash_)
            fn, sn = fn >> 1, sn >> 1
    except StopIteration:
        raise ValueError("the proof ends too early") from None
    if next(rest, None) is not None:
        raise ValueError("the proof has more hashes than it needs")
    return fr, sr


def _middle(tree: Leaves) -> int:
    """Where a tree is divided: after the largest power of two of leaves that is smaller than all of it."""
    return tree.start + (1 << (tree.end - tree.start - 1).bit_length() - 1)
