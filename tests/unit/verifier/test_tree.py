"""The Merkle tree and its proofs, held against the vectors of Certificate Transparency for RFC 6962."""

from __future__ import annotations

import pytest

from tests.support.rfc6962 import ENTRIES, ROOTS
from verifier.tree import Tree, consistency_proof, empty_root, extends, includes, inclusion_proof, leaf_hash, root_of

LEAVES = [leaf_hash(entry) for entry in ENTRIES]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
LARGEST = 33


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_vectors(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size]
    assert empty_root.hex() == ROOTS[0]


@pytest.mark.parametrize(
    ("index", "size", "hashes"),
    [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [D, E, ROOTS[4]]), (2, 3, [ROOTS[2]]), (1, 5, [ROOTS[1], B, D])],
)
def test_the_inclusion_proofs_are_those_of_the_vectors(index: int, size: int, hashes: list[str]) -> None:
    proof = [bytes.fromhex(hash_) for hash_ in hashes]

    assert inclusion_proof(LEAVES[:size], index) == proof
    assert includes(bytes.fromhex(ROOTS[size]), size, index, LEAVES[index], proof)


@pytest.mark.parametrize(
    ("old", "new", "hashes"),
    [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[4]]), (2, 5, [B, D]), (8, 8, [])],
)
def test_the_consistency_proofs_are_those_of_the_vectors(old: int, new: int, hashes: list[str]) -> None:
    proof = [bytes.fromhex(hash_) for hash_ in hashes]

    assert consistency_proof(LEAVES[:new], old) == proof
    assert extends((old, bytes.fromhex(ROOTS[old])), (new, bytes.fromhex(ROOTS[new])), proof)


def test_a_proof_holds_for_its_leaf_place_and_tree_alone() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(LARGEST)]
    for size in range(1, LARGEST + 1):
        root = root_of(leaves[:size])
        for index in range(size):
            proof = inclusion_proof(leaves[:size], index)
            assert includes(root, size, index, leaves[index], proof)
            assert not includes(root, size, index, leaf_hash(b"other"), proof)
            assert not includes(root, size, (index + 1) % size, leaves[index], proof) or size == 1
            assert not includes(root, size, index, leaves[index], [*proof, proof[-1] if proof else root])
            assert not includes(root, size, index, leaves[index], proof[:-1]) or not proof
            assert not includes(root, size, index, leaves[index], _altered(proof)) or not proof
    assert not includes(root_of(leaves), LARGEST, LARGEST, leaves[0], [])
    assert not includes(root_of(leaves), LARGEST, -1, leaves[0], [])


def test_a_larger_tree_extends_what_it_begins_with_and_nothing_else() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(LARGEST)]
    roots = [root_of(leaves[:size]) for size in range(LARGEST + 1)]
    for new in range(1, LARGEST + 1):
        for old in range(1, new):
            proof = consistency_proof(leaves[:new], old)
            other = root_of([leaf_hash(b"other"), *leaves[1:old]])
            assert extends((old, roots[old]), (new, roots[new]), proof)
            assert not extends((old, other), (new, roots[new]), proof)
            assert not extends((old, roots[old]), (new, other), proof)
            assert not extends((old, roots[old]), (new, roots[new]), proof[:-1])
            assert not extends((old, roots[old]), (new, roots[new]), [*proof, proof[-1]])
            assert not extends((old, roots[old]), (new, roots[new]), _altered(proof))
        assert not extends((new, roots[new]), (new, roots[new - 1]), [])
    assert not extends((5, roots[5]), (4, roots[4]), [])
    assert not extends((0, roots[0]), (4, roots[4]), [])


def test_a_tree_keeps_one_hash_for_each_bit_of_its_size() -> None:
    tree = Tree()
    for number in range(1_000):
        tree.append(leaf_hash(bytes([number % 256])))

    assert len(tree._subtrees) == (1_000).bit_count()


def _altered(proof: list[bytes]) -> list[bytes]:
    """The same with a bit of its middle hash flipped."""
    middle = len(proof) // 2
    return [bytes([hash_[0] ^ 1]) + hash_[1:] if at == middle else hash_ for at, hash_ in enumerate(proof)]
