"""The draw: exactly the stated probabilities, a fixed size, and nothing but SHA-256 for luck.

The pivotal method (Deville and Tillé 1998, Biometrika 85): two cases duel, the loser's
chance goes to the winner until it reaches one, and then the winner is drawn. A handler's
cases duel first, what is left duels within the unit, then within the office; so the
number drawn of every handler's cases in a unit, of every unit and of all is what was
expected, rounded up or down (Chauvet 2012, Bernoulli 18, on ordered pivotal sampling).

Every case has a ticket, SHA-256 of `seed:case_id`: its first quarter is the case's place
among its handler's, the others decide the duels it enters. Anyone can repeat that with
paper, patience and a hash function.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

from cases.numeric import Flags, Floats, Ints

ROUNDING = 1e-9  # a chance this near to nought or one is nought or one


def tickets(seed: str, case_ids: Sequence[str]) -> Floats:
    """Four numbers in [0, 1) per case, shape (cases, 4): its ticket's quarters."""
    digests = b"".join(hashlib.sha256(f"{seed}:{case}".encode()).digest() for case in case_ids)
    quarters = np.frombuffer(digests, ">u8").reshape(-1, 4)
    return (quarters >> 11).astype(np.float64) * 2.0**-53


def draw(pi: Floats, cell: Ints, unit_of_cell: Ints, luck: Floats) -> Flags:
    """Which cases are drawn, shape (cases,).

    `pi` are the inclusion probabilities, `cell` each case's cell, `luck` its `tickets`.
    If the probabilities of a cell, of a unit or of all add up to a whole number, exactly
    so many are drawn of it; else that number rounded up or down.
    """
    drawn = pi >= 1 - ROUNDING
    open_cases = np.flatnonzero(~drawn & (pi > 0))
    open_cases = open_cases[np.lexsort((luck[open_cases, 0], cell[open_cases]))]
    chance = pi.tolist()
    units = unit_of_cell[cell].tolist()

    left = _level(open_cases.tolist(), cell.tolist(), chance, luck[:, 1].tolist(), drawn)
    left.sort(key=lambda case: units[case])
    left = _level(left, units, chance, luck[:, 2].tolist(), drawn)
    for last in _level(left, [0] * len(chance), chance, luck[:, 3].tolist(), drawn):
        drawn[last] = chance[last] > 1 / 2  # nought or one but for rounding
    return drawn


def _level(
    cases: Iterable[int],
    group: list[int],
    chance: list[float],
    luck: list[float],
    drawn: Flags,
) -> list[int]:
    """Duels in order within each group; at most one case of each is left, with its chance."""
    left: list[int] = []
    for case in cases:
        if not left or group[left[-1]] != group[case]:
            left.append(case)
            continue
        rival = left.pop()
        stays, won = _duel(rival, case, chance, luck[case])
        if won is not None:
            drawn[won] = True
        if chance[stays] > 1 - ROUNDING:
            drawn[stays] = True
        elif chance[stays] > ROUNDING:
            left.append(stays)
    return left


def _duel(one: int, other: int, chance: list[float], luck: float) -> tuple[int, int | None]:
    """Who stays, with the chance it then has, and who is drawn, if anyone is."""
    total = chance[one] + chance[other]
    if total < 1:
        stays = one if luck * total < chance[one] else other
        chance[stays] = total
        return stays, None
    other_stays = luck * (2 - total) < 1 - chance[other]
    stays, won = (other, one) if other_stays else (one, other)
    chance[stays] = total - 1
    return stays, won
