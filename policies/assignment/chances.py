"""From who is eligible to the probabilities that are published: cases in groups."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Floats, Ints
from policies.assignment.balance import Demand, Supply, balanced
from policies.assignment.draw import in_units
from policies.assignment.eligibility import Eligibility, lacked
from policies.assignment.result import CHANCES
from policies.assignment.rounding import UNIT


def chances_of(eligibility: Eligibility, floor: float) -> pl.DataFrame:
    """Every case that has eligible handlers, with the probability of each (`CHANCES`)."""
    cases = np.flatnonzero(eligibility.eligible.any(axis=1))
    somebody = np.flatnonzero(eligibility.eligible.any(axis=0))
    if not len(cases):
        return pl.DataFrame(schema=CHANCES)
    handlers = eligibility.handlers[somebody]
    eligible = eligibility.eligible[np.ix_(cases, somebody)]
    lacks = lacked(eligibility.cases["prefers"][cases], handlers)
    group, first = _numbered(eligible, lacks)
    demand = Demand(
        np.bincount(group).astype(float),
        np.bincount(group, _usual_effort(eligibility, cases, lacks)).astype(float),
        eligible[first],
        lacks[first],
    )
    units = in_units(balanced(demand, _supply(handlers), floor))
    listed = np.column_stack([eligible[first], units[:, -1] > 0])
    case, handler = np.nonzero(listed[group])
    names = pl.concat([handlers["handler"], pl.Series([None], dtype=pl.String)])
    return pl.DataFrame(
        {
            "group": group[case],
            "case_id": eligibility.cases["case_id"][cases[case]],
            "handler": names[handler],
            "probability": units[group[case], handler] / UNIT,
        },
        schema=CHANCES,
    )


def _supply(handlers: pl.DataFrame) -> Supply:
    slots = (pl.col("most_open").floor() - pl.col("open_cases")).fill_null(np.inf)
    return Supply(
        handlers["load"].to_numpy(),
        handlers["capacity"].to_numpy(),
        handlers.select(slots).to_series().to_numpy(),
    )


def _numbered(*facts: NDArray[Any]) -> tuple[Ints, Ints]:
    """Each case's group, of the same `facts` (rows), and the first case of each group."""
    known: dict[bytes, int] = {}
    rows = np.hstack([fact.astype(np.int64) for fact in facts])
    group = np.array([known.setdefault(row.tobytes(), len(known)) for row in rows], np.int64)
    return group, np.unique(group, return_index=True)[1]


def _usual_effort(eligibility: Eligibility, cases: Ints, lacks: Ints) -> Floats:
    """Each case's effort in the linear program: the mean of the cases equal but for recusals.

    So that a recusal does not make a case's own size change a handler's probability.
    """
    but_for_recusals = np.any(eligibility.obstacles[eligibility.takers.lasting :, cases], axis=0)
    same, _first = _numbered(but_for_recusals, lacks)
    effort = eligibility.cases["effort"].to_numpy()[cases]
    usual: Floats = (np.bincount(same, effort) / np.bincount(same))[same]
    return usual
