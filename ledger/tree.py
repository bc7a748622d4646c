"""The root of all records: a Merkle tree (RFC 6962, section 2.1), grown record by record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

LEAF, NODE = b"\x00", b"\x01"


@dataclass(frozen=True)
class Tree:
    """The tree over the first `size` lines, as the roots of its full subtrees, the largest first.

    >>> Tree().root().hex()[:8]
    'e3b0c442'
    """

    size: int = 0
    edge: tuple[bytes, ...] = ()

    def grown(self, lines: Iterable[bytes]) -> Tree:
        """The tree with these lines after its own."""
        size, edge = self.size, list(self.edge)
        for line in lines:
            edge.append(hashlib.sha256(LEAF + line).digest())
            size += 1
            filled = size
            while filled % 2 == 0:  # two subtrees of one size become one
                right = edge.pop()
                edge.append(_joined(edge.pop(), right))
                filled //= 2
        return Tree(size, tuple(edge))

    def joined(self, after: Tree) -> Tree:
        """The tree with another after its own, where that begins at a full subtree of this one.

        That is, where the size of this one is a multiple of a power of two that the other's size
        does not exceed.
        """
        size, edge = self.size, list(self.edge)
        for part, width in zip(after.edge, _widths(after.size), strict=True):
            edge.append(part)
            size += width
            filled = size // width
            while filled % 2 == 0:
                right = edge.pop()
                edge.append(_joined(edge.pop(), right))
                filled //= 2
        return Tree(size, tuple(edge))

    def root(self) -> bytes:
        """The root of the tree, 32 bytes; that of no line is the hash of nothing."""
        if not self.edge:
            return hashlib.sha256(b"").digest()
        *others, root = self.edge
        for left in reversed(others):
            root = _joined(left, root)
        return root


def _widths(size: int) -> list[int]:
    """The sizes of the full subtrees of a tree, the largest first."""
    return [1 << bit for bit in reversed(range(size.bit_length())) if size >> bit & 1]


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()
