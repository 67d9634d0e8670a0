"""Merkle trees as RFC 6962 has them (section 2.1): how a log of rows becomes one hash that nobody can argue with.

Pure. `Frontier` grows a tree from the left and keeps only its right edge, so that a log of any length is sealed and
verified in constant memory.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, Self

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    # Another prefix than a leaf's: nobody can pass off an inner node as a row.
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the full subtrees along the right edge, largest first: one for each bit set in the size."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        carry = self.size
        while carry & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            carry >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return EMPTY_ROOT
        *rest, root = self._peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root

    def peaks(self) -> list[tuple[int, bytes]]:
        """Each full subtree along the edge, from the left: how many leaves it has, and its root."""
        sizes = [1 << bit for bit in range(self.size.bit_length() - 1, -1, -1) if self.size >> bit & 1]
        return list(zip(sizes, self._peaks, strict=True))

    def copy(self) -> Self:
        twin = type(self)()
        twin.size, twin._peaks = self.size, list(self._peaks)
        return twin

    def to_bytes(self) -> bytes:
        return b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, size: int, peaks: bytes) -> Self:
        """Raises ValueError when that many peaks cannot belong to a tree of that size."""
        if size < 0 or len(peaks) != HASH_BYTES * size.bit_count():
            raise ValueError(f"{len(peaks)} bytes are not the right edge of a tree of {size} leaves")
        frontier = cls()
        frontier.size = size
        frontier._peaks = [peaks[i : i + HASH_BYTES] for i in range(0, len(peaks), HASH_BYTES)]
        return frontier


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes (not over their contents)."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that, with the leaf at `index`, give the root over `leaves`."""
    if not 0 <= index < len(leaves):
        raise ValueError(f"no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether `leaf` is at `index` of the tree of `size` leaves with that root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == expected_root


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """The hashes that show the tree over `leaves` to begin with the tree over its first `earlier` leaves."""
    if not 0 < earlier <= len(leaves):
        raise ValueError(f"no tree of {earlier} within one of {len(leaves)}")
    return _consistency(leaves, earlier, known=True)


def _consistency(leaves: Sequence[bytes], earlier: int, *, known: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if known else [root(leaves)]
    split = _split(len(leaves))
    if earlier <= split:
        return [*_consistency(leaves[:split], earlier, known=known), root(leaves[split:])]
    return [*_consistency(leaves[split:], earlier - split, known=False), root(leaves[:split])]


def verify_consistency(
    earlier: int, later: int, earlier_root: bytes, later_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the later tree begins with the earlier one (RFC 9162, section 2.1.4.2)."""
    if not 0 < earlier <= later:
        return False
    if earlier == later:
        return not proof and earlier_root == later_root
    # A full earlier tree is itself the first node of the way up, and so is left out of the proof.
    way = list(proof) if earlier & (earlier - 1) else [earlier_root, *proof]
    if not way:
        return False
    at, last = earlier - 1, later - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = way[0]
    for sibling in way[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == earlier_root and new == later_root


def _split(size: int) -> int:
    """The largest power of two below `size`: where RFC 6962 divides a tree."""
    return 1 << (size - 1).bit_length() - 1
