"""The Merkle tree of a log: SHA-256 as in RFC 6962, section 2.1; proofs are checked as in RFC 9162, section 2.1."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

empty_root = sha256().digest()
"""The root of a log without events."""


def leaf_hash(entry: bytes) -> bytes:
    """The leaf of an entry; an event's entry is its 32-byte hash."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that only grows. It keeps the roots of its complete subtrees: one hash for each bit set in its size."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add the next leaf hash."""
        complete = self.size
        while complete & 1:
            leaf = node_hash(self._subtrees.pop(), leaf)
            complete >>= 1
        self._subtrees.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self._subtrees:
            return empty_root
        *others, root = self._subtrees
        for subtree in reversed(others):
            root = node_hash(subtree, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What leads from a leaf to the root, the leaf's sibling first (RFC 6962, 2.1.1); `index` is within `leaves`."""
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root_of(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """What shows that the first `size` leaves, one at least, are the same in both trees (RFC 6962, 2.1.2)."""
    return _consistency_proof(leaves, size, is_known=True)


def _consistency_proof(leaves: Sequence[bytes], size: int, *, is_known: bool) -> list[bytes]:
    """`is_known`: this subtree is the whole old tree, whose root the asker has."""
    if size == len(leaves):
        return [] if is_known else [root_of(leaves)]
    split = _split(len(leaves))
    if size <= split:
        return [*_consistency_proof(leaves[:split], size, is_known=is_known), root_of(leaves[split:])]
    return [*_consistency_proof(leaves[split:], size - split, is_known=False), root_of(leaves[:split])]


def _split(size: int) -> int:
    """The largest power of two smaller than a size: how many leaves the left subtree has."""
    return 1 << (size - 1).bit_length() - 1


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that a tree has this leaf at this index (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(hash_, found)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            found = node_hash(found, hash_)
        node >>= 1
        last >>= 1
    return last == 0 and found == root


def extends(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that a new tree begins with an old one; each is (size, root) (RFC 9162, 2.1.4.2)."""
    (old_size, old_root), (new_size, new_root) = old, new
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    is_complete = old_size & old_size - 1 == 0
    path = [old_root, *proof] if is_complete else list(proof)
    if not path:
        return False
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    of_old = of_new = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            of_old, of_new = node_hash(hash_, of_old), node_hash(hash_, of_new)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            of_new = node_hash(of_new, hash_)
        node >>= 1
        last >>= 1
    return last == 0 and of_old == old_root and of_new == new_root
