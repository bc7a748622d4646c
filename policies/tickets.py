"""Numbers for a draw that anybody can make again: SHA-256 of a seed and a name, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cases.integrity.canonical import Domain, digest_bytes
from cases.numeric import Floats


def tickets(domain: Domain, seed: str, names: Sequence[str]) -> Floats:
    """Four numbers in [0, 1) for each name, shape (names, 4): the quarters of its hash.

    The hash is that of `[seed, name]` in `domain`, so that no name of one draw has the
    numbers of a name of another draw. Of each quarter the 53 highest bits count, as many as
    a float holds.
    """
    digests = b"".join(digest_bytes(domain, [seed, name]) for name in names)
    quarters = np.frombuffer(digests, ">u8").reshape(-1, 4)
    return (quarters >> 11).astype(np.float64) * 2.0**-53
