"""What a plan would buy, before anything is drawn: quickly, so that one can try.

The figures are those that the plan will have; of a frame of more than `ENOUGH` cases nearly so,
since there several cases of similar low risk stand as one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import polars as pl

from cases.language.messages import Sayable
from policies.spot_check.design import Design
from policies.spot_check.plan import Outlook, PlanParameters, margin_of
from policies.spot_check.planning import (
    cost_of_floor,
    design_of,
    free_capacity,
    outlook_of,
    probabilities,
)

ENOUGH = 4_000  # cases
POINTS = 9  # of the frontier


class Point(NamedTuple):
    """A plan on the frontier: the margin it has, and the defects it is expected to find."""

    margin: float
    finds: float


@dataclass(frozen=True)
class Prospect:
    """What a plan would buy.

    `outlook` and `notes` are those that the plan will have. `floor_cost` is how many more defects
    it would be expected to find with the lowest floor.
    """

    outlook: tuple[Outlook, ...]
    floor_cost: float
    notes: tuple[Sayable, ...]


@dataclass(frozen=True)
class Prospects:
    """All plans of one frame and one capacity, whatever their knob.

    `drawn` of the `frame_cases` would be drawn besides the `by_rule` (columns of a frame).
    """

    design: Design
    by_rule: pl.DataFrame
    drawn: int
    frame_cases: int
    notes: tuple[Sayable, ...]

    @classmethod
    def of(cls, by_rule: pl.DataFrame, others: pl.DataFrame, parameters: PlanParameters) -> Self:
        """Of the `candidates` of a frame; `Refused` for quotas that cannot be kept."""
        free, notes = free_capacity(by_rule, parameters)
        size = min(free, others.height)
        design = pooled(design_of(others, size, parameters))
        return cls(design, by_rule, size, by_rule.height + others.height, notes)

    def at(self, parameters: PlanParameters) -> Prospect:
        """With the knob as in these parameters; `Refused` for a margin that cannot be had."""
        pi = probabilities(self.design, parameters, self.frame_cases)
        return Prospect(
            outlook_of(self.design, pi, self.by_rule, self.frame_cases),
            cost_of_floor(self.design, pi, parameters, self.frame_cases),
            self.notes,
        )

    @cached_property
    def frontier(self) -> tuple[Point, ...]:
        """The best plans there are, from survey to search, at equal steps of what they find.

        None where nothing is left to chance.
        """
        if not 0 < self.drawn < self.design.count.sum():
            return ()
        certain, design = float(self.by_rule["risk"].sum()), self.design
        shares = np.linspace(0.0, 1.0, POINTS).tolist()
        return tuple(
            Point(
                margin_of(design.anticipated_variance(pi), self.frame_cases),
                certain + design.expected_defects(pi),
            )
            for pi in map(design.at_search_share, shares)
        )


def pooled(design: Design, enough: int = ENOUGH) -> Design:
    """A design on about `enough` entries, of which each stands for cases of one cell.

    Those in one entry have equal shares of the sum of squared risks, so that high risks, which
    search and variance depend on, stay apart. Sums of risks are kept.
    """
    if len(design.risk) <= enough:
        return design
    order = np.lexsort((design.risk, design.cell))
    risk, cell = design.risk[order], design.cell[order]
    mass = np.cumsum(risk**2 + np.mean(risk**2))
    part = np.floor(mass / mass[-1] * enough)
    first = np.flatnonzero(np.append(True, (np.diff(part) > 0) | (np.diff(cell) > 0)))
    count = np.diff(first, append=len(risk)).astype(np.float64)
    return replace(design, risk=np.add.reduceat(risk, first) / count, cell=cell[first], count=count)
