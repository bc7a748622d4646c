"""Numbers for a draw that anybody can make again: SHA-256 of a seed and a name, nothing else.

A draw is of a format. In format 1 the name of a case follows the seed and a colon
(`policies.seeds.tickets`); what was kept in it is drawn again so for ever. New draws are of
`FORMAT`, in which each use of a seed has a domain of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cases.integrity.canonical import Domain, digests_of_pairs
from cases.numeric import Floats
from policies import seeds

OLD, FORMAT = 1, 2  # formats of a draw: the first one, and that of new draws
FORMATS = (OLD, FORMAT)


def tickets_of(draw_format: int, domain: Domain, seed: str, names: Sequence[str]) -> Floats:
    """As `tickets`, for a draw of `draw_format`, one of `FORMATS`."""
    return seeds.tickets(seed, names) if draw_format == OLD else tickets(domain, seed, names)


def tickets(domain: Domain, seed: str, names: Sequence[str]) -> Floats:
    """Four numbers in [0, 1) for each name, shape (names, 4): the quarters of its hash.

    The hash is that of `[seed, name]` in `domain`, so that no name of one draw has the
    numbers of a name of another draw. Of each quarter the 53 highest bits count, as many as
    a float holds.
    """
    digests = b"".join(digests_of_pairs(domain, seed, names))
    quarters = np.frombuffer(digests, ">u8").reshape(-1, 4)
    return (quarters >> 11).astype(np.float64) * 2.0**-53
