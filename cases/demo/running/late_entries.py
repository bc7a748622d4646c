"""What two other organs enter late: the police, that a case is back; the court, what it did."""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.demo.draws import Draws, col

# Column of the simulated case -> the one that it is entered before, and how often and how many
# days at most it is entered late.
POLICE, COURT = (0.25, 6), (0.15, 10)
LATE = {
    "resubmitted_1": ("end_2", POLICE),
    "resubmitted_2": ("end_3", POLICE),
    "court_accepted": ("ended", COURT),
    "tried": ("ended", COURT),
    "ended": ("closed", COURT),
}
LEAST, MARGIN = 1.0, 0.7  # days late, and share of the time until the next step at most


def with_late_entries(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with `<step>_recorded` for each of these steps."""
    draw = Draws(rng, cases.height)
    return cases.with_columns(
        _entered(draw, step, before, *how).alias(f"{step}_recorded")
        for step, (before, how) in LATE.items()
    )


def _entered(draw: Draws, step: str, before: str, share: float, most: float) -> pl.Expr:
    lag = LEAST + (most - LEAST) * draw.share()
    room = MARGIN * (col(before) - col(step))
    late = pl.when(lag < room).then(lag).otherwise(room)
    return col(step) + pl.when(draw.happens(share)).then(late).otherwise(0.0)
