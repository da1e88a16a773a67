"""The tree against RFC 6962: its recursive definition, known answers, and the verifier, which is another's code."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sealing.tree import (
    CompactRange,
    Leaves,
    Stored,
    consistency,
    folded,
    inclusion,
    leaf_hash,
    node_hash,
    roots_of,
)
from tests.support.rfc6962 import ENTRIES, ROOTS
from verifier.tree import extends, includes


def leaves(count: int) -> list[bytes]:
    return [sha256(number.to_bytes(4)).digest() for number in range(count)]


def naive_root(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, §2.1, word for word."""
    if len(entries) == 1:
        return leaf_hash(entries[0])
    k = 1 << (len(entries) - 1).bit_length() - 1
    return node_hash(naive_root(entries[:k]), naive_root(entries[k:]))


def hash_of(part: Leaves, hashes: Sequence[bytes]) -> bytes:
    return naive_root(hashes[part.start : part.end])


def test_the_known_answers_hold() -> None:
    for count, root in enumerate(ROOTS[1:], start=1):
        tree = CompactRange()
        tree.extend(ENTRIES[:count])

        assert tree.root.hex() == naive_root(ENTRIES[:count]).hex() == root


@given(st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_however_it_grew_its_root_is_the_naive_trees(parts: list[int]) -> None:
    tree, hashes = CompactRange(), leaves(sum(parts))
    for start, end in itertools.pairwise(itertools.accumulate(parts, initial=0)):
        tree.extend(hashes[start:end])

    assert (tree.size, tree.root) == (len(hashes), naive_root(hashes))


def test_what_is_stored_is_the_root_of_each_complete_tile() -> None:
    tree, hashes = CompactRange(), leaves(1_000)

    assert tree.extend(hashes) == [
        Stored(1, number, naive_root(hashes[number * 256 : (number + 1) * 256])) for number in range(3)
    ]
    assert [s.level for s in CompactRange(65_535, [b""] * 16).extend([b""])] == [1, 2]


@given(st.integers(1, 5_000_000))
def test_the_subtrees_of_a_tree_cover_it_once_and_are_few(size: int) -> None:
    at = 0
    for subtree in Leaves(0, size).subtrees:
        assert subtree.number << subtree.height == at
        assert subtree.nodes.start << 8 * subtree.level == at
        assert len(subtree.nodes) <= 128
        at += 1 << subtree.height
    assert at == size


def test_every_inclusion_proof_holds_and_of_no_other_leaf() -> None:
    hashes = leaves(70)
    for size in range(1, 71):
        root = naive_root(hashes[:size])
        for index in range(size):
            proof = [hash_of(part, hashes) for part in inclusion(index, size)]

            assert includes(root, size, index, leaf_hash(hashes[index]), proof)
            assert not includes(root, size, index, leaf_hash(b"another"), proof)


def test_every_consistency_proof_holds_by_our_own_check_and_the_verifiers() -> None:
    hashes = leaves(70)
    roots = {size: naive_root(hashes[:size]) for size in range(1, 71)}
    for older, newer in itertools.combinations(range(1, 71), 2):
        proof = [hash_of(part, hashes) for part in consistency(older, newer)]

        assert extends((older, roots[older]), (newer, roots[newer]), proof)
        assert roots_of(older, newer, roots[older], proof) == (roots[older], roots[newer])
        assert roots_of(older, newer, b"x" * 32, proof) != (b"x" * 32, roots[newer])
        for wrong in (proof[:-1], [*proof, bytes(32)]):
            with pytest.raises(ValueError, match="proof"):
                roots_of(older, newer, roots[older], wrong)


def test_a_complete_subtree_is_folded_from_any_height() -> None:
    hashes = leaves(64)

    assert folded([leaf_hash(h) for h in hashes]) == naive_root(hashes)
    assert folded([naive_root(hashes[:32]), naive_root(hashes[32:])]) == naive_root(hashes)
