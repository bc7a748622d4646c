"""The root over lines is that of RFC 6962."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from ledger.tree import Tree

# Inputs and roots that implementations of Certificate Transparency are tested with.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
}


def test_known_roots() -> None:
    """Of one, two, three and seven lines."""
    lines = [bytes.fromhex(text) for text in INPUTS]
    assert {size: Tree().grown(lines[:size]).root().hex() for size in ROOTS} == ROOTS


def by_definition(lines: list[bytes]) -> bytes:
    """The root as section 2.1 defines it: split at the largest power of two below."""
    if len(lines) == 1:
        return hashlib.sha256(b"\x00" + lines[0]).digest()
    half = 1 << (len(lines) - 1).bit_length() - 1
    left, right = by_definition(lines[:half]), by_definition(lines[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.integers(0, 40))
def test_grown_in_two_steps(lines: list[bytes], cut: int) -> None:
    """The root is that of the definition, wherever the tree was kept in between."""
    assert Tree().grown(lines[:cut]).grown(lines[cut:]).root() == by_definition(lines)
