"""The tree, held against the published vectors and against the definition in RFC 6962, section 2.1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

# The test vectors of Google's certificate-transparency: eight leaves, and the root after each.
CONTENTS = [
    bytes.fromhex(content)
    for content in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

leaf_lists = st.lists(st.binary(max_size=4).map(leaf_hash), min_size=1, max_size=40)


def by_definition(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def test_the_published_roots_come_out() -> None:
    leaves = [leaf_hash(content) for content in CONTENTS]
    assert [root(leaves[: n + 1]).hex() for n in range(8)] == ROOTS
    assert root([]) == EMPTY_ROOT


@given(leaf_lists)
def test_the_frontier_gives_the_root_of_the_definition_and_survives_being_stored(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for leaf in leaves:
        frontier = Frontier.from_bytes(frontier.size, frontier.to_bytes())
        frontier.append(leaf)
    assert frontier.root() == by_definition(leaves)


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="right edge"):
        Frontier.from_bytes(3, b"\x00" * 32)


@given(leaf_lists, st.data())
def test_every_leaf_is_proved_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(leaves, index)
    assert verify_inclusion(leaves[index], index, len(leaves), proof, root(leaves))
    assert not verify_inclusion(leaf_hash(b"another"), index, len(leaves), proof, root(leaves))
    assert not verify_inclusion(leaves[index], index, len(leaves), [*proof, leaves[0]], root(leaves))
    assert not verify_inclusion(leaves[index], len(leaves), len(leaves), proof, root(leaves))
    if proof:
        assert not verify_inclusion(leaves[index], index, len(leaves), proof[:-1], root(leaves))


@given(leaf_lists, st.data())
def test_a_grown_log_is_consistent_with_its_past_and_a_rewritten_one_is_not(
    leaves: list[bytes], data: st.DataObject
) -> None:
    earlier = data.draw(st.integers(1, len(leaves)))
    proof = consistency_proof(leaves, earlier)
    past, now = root(leaves[:earlier]), root(leaves)
    assert verify_consistency(earlier, len(leaves), past, now, proof)
    rewritten = root([leaf_hash(b"rewritten"), *leaves[1:earlier]])
    assert not verify_consistency(earlier, len(leaves), rewritten, now, proof)
    assert not verify_consistency(earlier, len(leaves), past, leaf_hash(b"other"), proof)
    if earlier < len(leaves):
        assert not verify_consistency(earlier, len(leaves), past, now, [])
        assert not verify_consistency(earlier, len(leaves), past, now, [*proof, past])


def test_proofs_of_what_cannot_be_are_refused() -> None:
    leaves = [leaf_hash(content) for content in CONTENTS]
    with pytest.raises(ValueError, match="no leaf 8"):
        inclusion_proof(leaves, 8)
    with pytest.raises(ValueError, match="no tree of 9"):
        consistency_proof(leaves, 9)
    assert not verify_consistency(0, 8, EMPTY_ROOT, root(leaves), [])
