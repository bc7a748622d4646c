"""The draw: exactly the stated probabilities, a fixed size, and only SHA-256 decides.

The pivotal method (Deville and Tillé 1998, Biometrika 85): two cases meet in a duel, the
loser's probability goes to the winner until it reaches one, and then the winner is drawn. The
cases of one handler meet first, those left meet within the unit, then within the office; so
the number drawn of every handler's cases in a unit, of every unit and of all is what was
expected, rounded up or down (Chauvet 2012, Bernoulli 18, on ordered pivotal sampling).

Every case has a ticket, SHA-256 of the seed and its id (`policies.tickets`): its first quarter
is the position of the case among its handler's, the others decide the duels it enters.
Anyone can repeat that with paper, patience and a hash function.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cases.numeric import Flags, Floats, Ints

ROUNDING = 1e-9  # a probability this near to zero or one is zero or one


def draw(
    pi: Floats,
    cell: Ints,
    unit_of_cell: Ints,
    ticket: Floats,
    part_of_unit: Ints | None = None,
) -> Flags:
    """Which cases are drawn, shape (cases,).

    `pi` are the inclusion probabilities, `cell` each case's cell, `ticket` its `tickets`,
    `part_of_unit` says which part of a draw in parts a unit is in (they stand in order). If the
    probabilities of a cell, of a unit, of a part or of all add up to a whole number, exactly
    so many are drawn of it; else that number rounded up or down.
    """
    # Step 0: what is certain is drawn without a duel; the others stand in a random order
    # within their cell.
    drawn = pi >= 1 - ROUNDING
    open_cases = np.flatnonzero(~drawn & (pi > 0))
    open_cases = open_cases[np.lexsort((ticket[open_cases, 0], cell[open_cases]))]
    probability = pi.tolist()
    units = unit_of_cell[cell].tolist()

    # Steps 1 to 3: duels within cells, then units, then the office, so that the number drawn is
    # fixed at each level (Chauvet 2012). At most one case of each group goes on to the next.
    left = _level(open_cases.tolist(), cell.tolist(), probability, ticket[:, 1].tolist(), drawn)
    left.sort(key=lambda case: units[case])
    left = _level(left, units, probability, ticket[:, 2].tolist(), drawn)
    parts = np.zeros(len(unit_of_cell), np.int64) if part_of_unit is None else part_of_unit
    part = parts[unit_of_cell[cell]].tolist()
    # The probabilities of a part add up to a whole number: what its last case holds is zero or
    # one but for rounding.
    for last in _level(left, part, probability, ticket[:, 3].tolist(), drawn):
        drawn[last] = probability[last] > 1 / 2
    return drawn


def _level(
    cases: Iterable[int],
    group: list[int],
    probability: list[float],
    ticket: list[float],
    drawn: Flags,
) -> list[int]:
    """Duels in order within each group; at most one case of each is left, with its probability."""
    left: list[int] = []
    for case in cases:
        if not left or group[left[-1]] != group[case]:
            left.append(case)
            continue
        rival = left.pop()
        stays, winner = _duel(rival, case, probability, ticket[case])
        if winner is not None:
            drawn[winner] = True
        if probability[stays] > 1 - ROUNDING:
            drawn[stays] = True
        elif probability[stays] > ROUNDING:
            left.append(stays)
    return left


def _duel(rival: int, case: int, probability: list[float], ticket: float) -> tuple[int, int | None]:
    """Which of two stays, with the probability it then has, and which is drawn, if one is.

    Deville and Tillé 1998, section 3; either case keeps its probability on average.
    """
    total = probability[rival] + probability[case]
    if total < 1:
        # One gets both probabilities, with odds pi_rival : pi_case; the other is out.
        stays = rival if ticket * total < probability[rival] else case
        probability[stays] = total
        return stays, None
    # One is drawn, the other keeps what is above one; the case stays with probability
    # (1 - pi_case) / (2 - total).
    case_stays = ticket * (2 - total) < 1 - probability[case]
    stays, winner = (case, rival) if case_stays else (rival, case)
    probability[stays] = total - 1
    return stays, winner
